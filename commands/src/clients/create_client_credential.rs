//! Gives an API client another token and secret to sign EdgeGrid calls with (Akamai IAM v3,
//! "Create a credential").

use chrono::{DateTime, Months, Utc};
use domain::{
    Aggregate, ClientCredentialCreated, ClientId, ClientKind, ClientUsage, CredentialId, Event,
    Right, Tenant,
};
use eventlog::{SealError, TenantKeys, VaultKind, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::mint::{LOWER_ALPHABET, WIDE_ALPHABET};
use crate::sign_ins::AKA90;
use crate::{Command, Context, Mint, Refusal, Rejection, Secret};

/// How long a credential works unless it is told otherwise, and the longest it may be told to.
pub const CREDENTIAL_LIFETIME: Months = Months::new(24);

/// Gives an API client another token and secret to sign EdgeGrid calls with; the secret is shown
/// once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateClientCredential {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateClientCredentialRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
}

impl Rejection for CreateClientCredentialRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
        }
    }
}

/// What a new credential consists of.
#[derive(Debug)]
pub struct FreshCredential {
    pub credential: CredentialId,
    pub client_token: String,
    pub access_token: String,
    pub secret: Secret,
}

impl FreshCredential {
    /// The credential as it comes to be.
    pub(super) fn fact(
        &self,
        client: ClientId,
        expires_at: DateTime<Utc>,
    ) -> ClientCredentialCreated {
        ClientCredentialCreated {
            client,
            credential: self.credential,
            client_token: self.client_token.clone(),
            access_token: self.access_token.clone(),
            expires_at,
        }
    }

    /// What the vault keeps of it.
    pub(super) fn kept(&self) -> VaultWrite {
        self.secret.kept_as(self.client_token.clone())
    }
}

/// A fresh token in the vendor's shape.
fn token(mint: &Mint<'_>) -> Result<String, SealError> {
    let part = || mint.text(LOWER_ALPHABET, 16);
    Ok(format!("akab-{}-{}", part()?, part()?))
}

/// What a client signs with beside each of its credentials. It stays the same, since whoever
/// rotates a credential is told a new client token and secret, and nothing else.
pub fn access_token(keys: &TenantKeys, client: ClientId) -> Result<String, SealError> {
    let hash = keys.derived("access token", &client.to_string())?;
    let symbol = |byte: &u8| {
        let at = usize::from(*byte) % LOWER_ALPHABET.len();
        LOWER_ALPHABET.get(at).copied().map(char::from)
    };
    let text: String = hash.0.iter().filter_map(symbol).collect();
    let (one, other) = text.split_at(text.len() / 2);
    Ok(format!("akab-{one}-{other}"))
}

/// When a credential that comes to be now expires: in two years, or, where its client follows its
/// user, when a password of today would.
pub(super) fn first_expiry(
    kind: ClientKind,
    usage: &ClientUsage,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let expiry = if usage.follows_user(kind) {
        AKA90.expires_at(now)
    } else {
        now.checked_add_months(CREDENTIAL_LIFETIME)
    };
    expiry.unwrap_or(now)
}

impl Command for CreateClientCredential {
    type Rejection = CreateClientCredentialRejection;
    type Fresh = FreshCredential;
    const NAME: &'static str = "CreateClientCredential";
    const NUMBERS: usize = 1;

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshCredential, SealError> {
        let credential = CredentialId(mint.number()?);
        let client_token = token(mint)?;
        let access_token = access_token(mint.keys(), self.client)?;
        // The vendor's are base64 of 32 bytes; signers use the text as it is.
        let clear = mint.text(WIDE_ALPHABET, 43)? + "=";
        let stored = json!({"client_secret": clear, "access_token": access_token}).to_string();
        let owner = self.client.to_string();
        let secret = mint.secret(VaultKind::EdgeGrid, owner, clear, stored.as_bytes())?;
        Ok(FreshCredential { credential, client_token, access_token, secret })
    }

    fn target(&self, _: &Tenant, _: &Context<FreshCredential>) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshCredential>,
    ) -> Result<Vec<Event>, CreateClientCredentialRejection> {
        let unknown = CreateClientCredentialRejection::ClientUnknown(self.client);
        let found = tenant.clients.get(self.client).ok_or(unknown)?;
        let expires_at = first_expiry(found.kind, &found.usage, context.now);
        Ok(vec![context.fresh.fact(self.client, expires_at).into()])
    }

    fn vault(&self, _: &Tenant, context: &Context<FreshCredential>) -> Vec<VaultWrite> {
        vec![context.fresh.kept()]
    }

    fn reply(fresh: &FreshCredential) -> Map<String, Value> {
        Map::from_iter([
            ("credential".to_owned(), fresh.credential.0.into()),
            ("clientToken".to_owned(), fresh.client_token.as_str().into()),
            ("accessToken".to_owned(), fresh.access_token.as_str().into()),
            ("clientSecret".to_owned(), fresh.secret.expose().into()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{id, tenant};
    use crate::mint::sample;

    #[test]
    fn a_credential_has_the_vendors_shape_and_works_for_two_years() {
        let tenant = tenant();
        let keys = sample::keys(&tenant.id);
        let mut command = CreateClientCredential { client: id(2) };
        let fresh = command.draw(&mut sample::mint(&tenant.id, &keys, 7)).unwrap();
        let shape: Vec<_> = fresh.client_token.split('-').map(str::len).collect();
        assert_eq!((shape, fresh.secret.expose().len()), (vec![4, 16, 16], 44));
        let context = Context::sample(fresh);
        let [Event::ClientCredentialCreated(fact)] =
            &command.decide(&tenant, &context).unwrap()[..]
        else {
            panic!("not one credential");
        };
        assert_eq!(fact.credential, CredentialId(7));
        assert_eq!((fact.expires_at - context.now).num_days(), 730);
        let [VaultWrite::Insert(row)] = &command.vault(&tenant, &context)[..] else {
            panic!("not one secret");
        };
        assert_eq!(row.public_id, fact.client_token);
        let opened: Value = serde_json::from_slice(&keys.open(row).unwrap()).unwrap();
        assert_eq!(opened["client_secret"], context.fresh.secret.expose());
        assert_eq!(opened["access_token"], fact.access_token);
    }

    #[test]
    fn a_client_has_one_access_token_all_its_life_and_no_other_client_has_it() {
        let tenant = tenant();
        let keys = sample::keys(&tenant.id);
        let drawn = |n| {
            let mut command = CreateClientCredential { client: id(n) };
            command.draw(&mut sample::mint(&tenant.id, &keys, 7)).unwrap()
        };
        let (one, next, other) = (drawn(2), drawn(2), drawn(1));
        assert_eq!(one.access_token, next.access_token);
        assert_eq!(one.access_token.split('-').map(str::len).collect::<Vec<_>>(), [4, 16, 16]);
        assert_ne!(one.access_token, other.access_token);
        assert_ne!(one.client_token, next.client_token);
    }

    #[test]
    fn a_client_that_follows_its_user_has_one_for_as_long_as_a_password() {
        let now = Context::sample(()).now;
        let check = |kind, allows_account_switch, days| {
            let usage = ClientUsage { allows_account_switch, ..ClientUsage::default() };
            assert_eq!((first_expiry(kind, &usage, now) - now).num_days(), days);
        };
        check(ClientKind::UserClient, true, 90);
        check(ClientKind::UserClient, false, 730);
        check(ClientKind::Client, true, 730);
    }

    #[test]
    fn refuses_an_unknown_client() {
        let tenant = tenant();
        let keys = sample::keys(&tenant.id);
        let mut command = CreateClientCredential { client: id(9) };
        let fresh = command.draw(&mut sample::mint(&tenant.id, &keys, 7)).unwrap();
        let refused = Err(CreateClientCredentialRejection::ClientUnknown(id(9)));
        assert_eq!(command.decide(&tenant, &Context::sample(fresh)), refused);
    }
}
