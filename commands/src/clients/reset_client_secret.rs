//! Gives an API client a new secret. The one before, and whatever else the client could sign in
//! with, works some hours longer or not at all (Capture, `clients/reset_secret`).

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ActorKind, Aggregate, ClientId, ClientSecretReset, Credential, Event, Right, Tenant};
use eventlog::{SealError, VaultKind, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{drop_secret, secret_id};
use crate::mint::{CAPTURE_ALPHABET, numbers_dropped};
use crate::{Command, Context, Mint, Refusal, Rejection, Secret};

/// A week.
const HOURS_MAX: i64 = 168;

/// Gives an API client a new secret, and shows it once. The one before, and whatever else it could
/// sign in with, works some hours longer or not at all.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetClientSecret {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    /// How long the former secret works too, 0 to 168.
    pub hours_to_live: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResetClientSecretRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("a former secret lives 0 to {HOURS_MAX} hours, not {0}")]
    HoursOutOfRange(i64),
}

impl Rejection for ResetClientSecretRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::HoursOutOfRange(_) => Refusal::invalid("hours_out_of_range", "hoursToLive"),
        }
    }
}

impl ResetClientSecret {
    /// What could work beyond `ends_at` and was issued before: any credential could, since its
    /// expiry may be put off.
    fn fact(&self, tenant: &Tenant, now: DateTime<Utc>) -> Option<ClientSecretReset> {
        let client = tenant.clients.get(self.client)?;
        let ends_at = now + TimeDelta::try_hours(self.hours_to_live)?;
        let outlives = |expires_at: DateTime<Utc>| expires_at > ends_at;
        let could_outlive =
            |held: &Credential| !held.is_deleted() && held.ends_at.is_none_or(outlives);
        let credentials = client.credentials.iter().filter(|(_, held)| could_outlive(held));
        let tokens = tenant
            .tokens
            .held_by(ActorKind::Client, &self.client.to_string())
            .filter(|(_, token)| !token.revoked && token.expires_at.is_none_or(outlives))
            .map(|(id, _)| id.clone())
            .collect();
        Some(ClientSecretReset {
            client: self.client,
            generation: client.secret_generation + 1,
            grace_until: (self.hours_to_live > 0).then_some(ends_at),
            ends_at,
            credentials: credentials.map(|(id, _)| *id).collect(),
            tokens,
        })
    }
}

impl Command for ResetClientSecret {
    type Rejection = ResetClientSecretRejection;
    /// The new secret; which number it gets is decided in the lane.
    type Fresh = Secret;
    const NAME: &'static str = "ResetClientSecret";
    const URGENT: bool = true;

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<Secret, SealError> {
        let clear = mint.text(CAPTURE_ALPHABET, 32)?;
        let stored = clear.clone().into_bytes();
        mint.secret(VaultKind::ClientSecret, self.client.to_string(), clear, &stored)
    }

    fn target(&self, _: &Tenant, _: &Context<Secret>) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<Secret>,
    ) -> Result<Vec<Event>, ResetClientSecretRejection> {
        use ResetClientSecretRejection as No;

        if !(0..=HOURS_MAX).contains(&self.hours_to_live) {
            return Err(No::HoursOutOfRange(self.hours_to_live));
        }
        let fact = self.fact(tenant, context.now).ok_or(No::ClientUnknown(self.client))?;
        Ok(vec![fact.into()])
    }

    fn vault(&self, tenant: &Tenant, context: &Context<Secret>) -> Vec<VaultWrite> {
        let Some(client) = tenant.clients.get(self.client) else { return Vec::new() };
        let former = client.secret_generation;
        let dropped = numbers_dropped(former, self.hours_to_live > 0);
        let dropped = dropped.map(|it| drop_secret(tenant, client, it));
        let kept = context.fresh.kept_as(secret_id(&client.capture_id, former + 1));
        [kept].into_iter().chain(dropped).collect()
    }

    fn reply(fresh: &Secret) -> Map<String, Value> {
        Map::from_iter([("secret".to_owned(), fresh.expose().into())])
    }
}

#[cfg(test)]
mod tests {
    use domain::{CredentialId, TokenId, TokenIssued, TokenRevoked};

    use super::*;
    use crate::clients::sample::{give_credential, id, tenant};
    use crate::mint::sample::{self, kept_and_dropped};

    fn context(tenant: &Tenant) -> Context<Secret> {
        let mut command = ResetClientSecret { client: id(2), hours_to_live: 0 };
        let keys = sample::keys(&tenant.id);
        Context::sample(command.draw(&mut sample::mint(&tenant.id, &keys, 0)).unwrap())
    }

    fn give_token(tenant: &mut Tenant, token: &str, expires_at: Option<DateTime<Utc>>) {
        tenant.tokens.issued(&TokenIssued {
            token: TokenId(token.to_owned()),
            name: String::new(),
            holder: ActorKind::Client,
            holder_id: id(2).to_string(),
            rights: [].into(),
            organization: None,
            expires_at,
        });
    }

    fn check(hours_to_live: i64, credentials: &[i64], tokens: &[&str]) {
        let mut tenant = tenant();
        let context = context(&tenant);
        give_credential(&mut tenant, 2, 7, 1);
        give_credential(&mut tenant, 2, 8, 1000);
        give_token(&mut tenant, "endless", None);
        give_token(&mut tenant, "short", Some(context.now + TimeDelta::hours(1)));
        give_token(&mut tenant, "revoked", None);
        tenant.tokens.revoked(&TokenRevoked { token: TokenId("revoked".to_owned()) });
        let ends_at = context.now + TimeDelta::hours(hours_to_live);
        let fact = ClientSecretReset {
            client: id(2),
            generation: 2,
            grace_until: (hours_to_live > 0).then_some(ends_at),
            ends_at,
            credentials: credentials.iter().copied().map(CredentialId).collect(),
            tokens: tokens.iter().map(|id| TokenId((*id).to_owned())).collect(),
        };
        let command = ResetClientSecret { client: id(2), hours_to_live };
        assert_eq!(command.decide(&tenant, &context), Ok(vec![fact.into()]));
    }

    #[test]
    fn all_that_would_outlive_the_former_secret_ends_with_it() {
        check(0, &[7, 8], &["endless", "short"]);
        check(168, &[7, 8], &["endless"]);
    }

    #[test]
    fn at_most_two_secrets_live() {
        let mut tenant = tenant();
        let context = context(&tenant);
        let writes = |tenant: &Tenant, hours_to_live| {
            let writes = ResetClientSecret { client: id(2), hours_to_live }.vault(tenant, &context);
            kept_and_dropped(&writes).map(|ids| ids.join(" "))
        };
        assert_eq!(writes(&tenant, 0), ["capture2.2", "capture2.1"]);
        assert_eq!(writes(&tenant, 5), ["capture2.2", ""]);
        let reset = ResetClientSecret { client: id(2), hours_to_live: 5 };
        tenant.clients.secret_reset(&reset.fact(&tenant, context.now).unwrap());
        assert_eq!(writes(&tenant, 5), ["capture2.3", "capture2.1"]);
        assert_eq!(writes(&tenant, 0), ["capture2.3", "capture2.1 capture2.2"]);
    }

    #[test]
    fn refuses_an_unknown_client_and_more_than_a_week() {
        use ResetClientSecretRejection as No;
        let tenant = tenant();
        let context = context(&tenant);
        let refused = |client, hours_to_live| {
            let command = ResetClientSecret { client: id(client), hours_to_live };
            command.decide(&tenant, &context).unwrap_err()
        };
        assert_eq!(refused(9, 0), No::ClientUnknown(id(9)));
        assert_eq!(refused(2, 169), No::HoursOutOfRange(169));
        assert_eq!(refused(2, -1), No::HoursOutOfRange(-1));
    }
}
