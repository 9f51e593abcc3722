//! Hands out a bearer token. Its text is shown once; the vault keeps a hash of its secret half.

use chrono::{DateTime, Utc};
use domain::{
    ActorKind, Aggregate, ClientId, Event, OrganizationId, Right, Rights, Tenant, TokenId,
    TokenIssued, UserId,
};
use eventlog::{SealError, VaultKind, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::mint::{LOWER_ALPHABET, WIDE_ALPHABET};
use crate::names::{bytes_of, is_name};
use crate::{Command, Context, Mint, Refusal, Rejection, Secret};

const NAME_MAX: usize = 256;

/// Hands out a bearer token, and shows it once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IssueToken {
    /// 1 to 256 characters, to tell it from others.
    pub name: String,
    #[serde(default)]
    pub holder: Holder,
    /// What its bearer may do: `group.admin`, `org.feature.write`, ...
    pub rights: Vec<String>,
    /// Where given, rights that are about an organization hold in this one only.
    #[schemars(with = "Option<String>")]
    pub organization: Option<OrganizationId>,
    /// It works for ever if absent.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Whom a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Holder {
    User(#[schemars(with = "String")] UserId),
    Client(#[schemars(with = "uuid::Uuid")] ClientId),
    /// Itself.
    #[default]
    Token,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssueTokenRejection {
    #[error("a token's name has 1 to {NAME_MAX} characters, not all of them blank")]
    NameInvalid,
    #[error("there is no right {0}")]
    RightUnknown(String),
    #[error("there is no user {0}")]
    UserUnknown(UserId),
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("there is no organization {0}")]
    OrganizationUnknown(OrganizationId),
    #[error("the token would have expired at {0}")]
    Expired(DateTime<Utc>),
}

impl Rejection for IssueTokenRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::NameInvalid => Refusal::invalid("name_invalid", "name"),
            Self::RightUnknown(_) => Refusal::invalid("right_unknown", "rights"),
            Self::UserUnknown(_) => Refusal::not_found("user_unknown", "holder"),
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "holder"),
            Self::OrganizationUnknown(_) => {
                Refusal::not_found("organization_unknown", "organization")
            }
            Self::Expired(_) => Refusal::invalid("expired", "expiresAt"),
        }
    }
}

/// A new token: its public half, and its whole text under lock.
#[derive(Debug)]
pub struct FreshToken {
    pub token: TokenId,
    /// `cht_<public half>_<secret half>`; the vault has a hash of the secret half.
    pub text: Secret,
}

impl IssueToken {
    fn rights(&self) -> Result<Rights, IssueTokenRejection> {
        let read = |name: &String| {
            Right::from_name(name).ok_or_else(|| IssueTokenRejection::RightUnknown(name.clone()))
        };
        self.rights.iter().map(read).collect()
    }

    /// Kind and id of whom it speaks for.
    fn holder(
        &self,
        tenant: &Tenant,
        token: &TokenId,
    ) -> Result<(ActorKind, String), IssueTokenRejection> {
        use IssueTokenRejection as No;

        match &self.holder {
            Holder::User(user) if tenant.users.get(user).is_none() => {
                Err(No::UserUnknown(user.clone()))
            }
            Holder::Client(client) if tenant.clients.get(*client).is_none() => {
                Err(No::ClientUnknown(*client))
            }
            Holder::User(user) => Ok((ActorKind::User, user.to_string())),
            Holder::Client(client) => Ok((ActorKind::Client, client.to_string())),
            Holder::Token => Ok((ActorKind::Token, token.to_string())),
        }
    }
}

impl Command for IssueToken {
    type Rejection = IssueTokenRejection;
    type Fresh = FreshToken;
    const NAME: &'static str = "IssueToken";

    fn needs(&self) -> Right {
        Right::TokenAdmin
    }

    fn organization(&self) -> Option<&OrganizationId> {
        self.organization.as_ref()
    }

    fn confers(&self) -> Rights {
        self.rights.iter().filter_map(|name| Right::from_name(name)).collect()
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.name.len() + bytes_of(&self.rights)
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshToken, SealError> {
        let token = TokenId(mint.text(LOWER_ALPHABET, 16)?);
        let secret = mint.text(WIDE_ALPHABET, 43)?;
        let (stored, text) = (Sha256::digest(&secret), format!("cht_{token}_{secret}"));
        let text = mint.secret(VaultKind::Bearer, token.to_string(), text, &stored)?;
        Ok(FreshToken { token, text })
    }

    fn target(&self, _: &Tenant, context: &Context<FreshToken>) -> Aggregate {
        Aggregate::token(&context.fresh.token)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshToken>,
    ) -> Result<Vec<Event>, IssueTokenRejection> {
        use IssueTokenRejection as No;

        if !is_name(&self.name, NAME_MAX) {
            return Err(No::NameInvalid);
        }
        let rights = self.rights()?;
        let token = context.fresh.token.clone();
        let (holder, holder_id) = self.holder(tenant, &token)?;
        match &self.organization {
            Some(id) if !tenant.organizations.contains(id) => {
                return Err(No::OrganizationUnknown(id.clone()));
            }
            Some(_) | None => {}
        }
        if let Some(expires_at) = self.expires_at.filter(|at| *at <= context.now) {
            return Err(No::Expired(expires_at));
        }
        let fact = TokenIssued {
            token,
            name: self.name.clone(),
            holder,
            holder_id,
            rights,
            organization: self.organization.clone(),
            expires_at: self.expires_at,
        };
        Ok(vec![fact.into()])
    }

    fn vault(&self, _: &Tenant, context: &Context<FreshToken>) -> Vec<VaultWrite> {
        vec![context.fresh.text.kept_as(context.fresh.token.to_string())]
    }

    fn reply(fresh: &FreshToken) -> Map<String, Value> {
        Map::from_iter([
            ("token".to_owned(), fresh.token.as_str().into()),
            ("secret".to_owned(), fresh.text.expose().into()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use domain::OrganizationCreated;
    use serde_json::json;

    use super::*;
    use crate::clients::sample::{id, tenant};
    use crate::mint::sample;

    fn decide(body: Value) -> Result<TokenIssued, IssueTokenRejection> {
        let mut tenant = tenant();
        let (organization, name) = (OrganizationId("5".to_owned()), "Emea".to_owned());
        tenant.organizations.created(&OrganizationCreated { organization, name });
        let keys = sample::keys(&tenant.id);
        let mut command: IssueToken = serde_json::from_value(body).unwrap();
        let fresh = command.draw(&mut sample::mint(&tenant.id, &keys, 0)).unwrap();
        let context = Context::sample(fresh);
        match <[Event; 1]>::try_from(command.decide(&tenant, &context)?) {
            Ok([Event::TokenIssued(fact)]) => Ok(fact),
            other => panic!("not one token: {other:?}"),
        }
    }

    #[test]
    fn a_token_speaks_for_whom_it_is_given_to() {
        let own = decide(json!({"name": "ci", "rights": []})).unwrap();
        assert_eq!((own.holder, &own.holder_id), (ActorKind::Token, &own.token.0));
        let held = decide(json!({
            "name": "ci", "holder": {"client": id(2).to_string()}, "rights": ["group.admin"],
            "organization": "5", "expiresAt": "2026-02-01T00:00:00Z",
        }));
        let held = held.unwrap();
        assert_eq!((held.holder, held.holder_id), (ActorKind::Client, id(2).to_string()));
        assert_eq!(held.rights, [Right::GroupAdmin].into());
    }

    #[test]
    fn only_a_hash_of_its_secret_half_is_kept() {
        let tenant = tenant();
        let keys = sample::keys(&tenant.id);
        let mut command: IssueToken =
            serde_json::from_value(json!({"name": "ci", "rights": []})).unwrap();
        let fresh = command.draw(&mut sample::mint(&tenant.id, &keys, 0)).unwrap();
        let parts: Vec<_> = fresh.text.expose().split('_').collect();
        let [prefix, public, secret] = parts[..] else { panic!("not three parts") };
        assert_eq!((prefix, public, secret.len()), ("cht", fresh.token.as_str(), 43));
        let hash = Sha256::digest(secret).to_vec();
        let writes = command.vault(&tenant, &Context::sample(fresh));
        let [VaultWrite::Insert(row)] = &writes[..] else { panic!("not one secret") };
        assert_eq!((keys.open(row).unwrap(), &row.public_id), (hash, &row.owner));
    }

    #[test]
    fn refuses_what_is_unknown_or_over() {
        use IssueTokenRejection as No;
        let past = Context::sample(()).now;
        let with = |member: &str, value: Value| {
            let mut body = json!({"name": "ci", "rights": []});
            body[member] = value;
            decide(body)
        };
        let user = UserId("A-B-1".to_owned());
        assert_eq!(with("name", json!(" ")), Err(No::NameInvalid));
        assert_eq!(with("rights", json!(["ninja"])), Err(No::RightUnknown("ninja".to_owned())));
        assert_eq!(with("holder", json!({"user": user})), Err(No::UserUnknown(user)));
        assert_eq!(with("holder", json!({"client": id(9)})), Err(No::ClientUnknown(id(9))));
        let unknown = No::OrganizationUnknown(OrganizationId("6".to_owned()));
        assert_eq!(with("organization", json!("6")), Err(unknown));
        assert_eq!(with("expiresAt", json!(past)), Err(No::Expired(past)));
    }
}
