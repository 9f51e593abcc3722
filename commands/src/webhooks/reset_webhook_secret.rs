//! Gives a webhook a new secret. The one before signs some hours longer beside it, or not at all.

use chrono::TimeDelta;
use domain::{Aggregate, Event, Right, Rights, Tenant, WebhookId, WebhookSecretReset};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::secret::{self, drop_secret, secret_id};
use super::{WebhookUnknown, held, reading};
use crate::mint::numbers_dropped;
use crate::{Command, Context, Mint, Refusal, Rejection, Secret};

/// A week.
const HOURS_MAX: i64 = 168;

/// Gives a webhook a new secret, and shows it once. The one before signs some hours longer beside
/// it, or not at all.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetWebhookSecret {
    #[schemars(with = "uuid::Uuid")]
    pub webhook: WebhookId,
    /// How long the former secret signs too, 0 to 168; 0 if absent.
    #[serde(default)]
    pub hours_to_live: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResetWebhookSecretRejection {
    #[error(transparent)]
    Unknown(WebhookUnknown),
    #[error("a former secret signs 0 to {HOURS_MAX} hours longer, not {0}")]
    HoursOutOfRange(i64),
}

impl Rejection for ResetWebhookSecretRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Unknown(unknown) => unknown.refusal(),
            Self::HoursOutOfRange(_) => Refusal::invalid("hours_out_of_range", "hoursToLive"),
        }
    }
}

impl Command for ResetWebhookSecret {
    type Rejection = ResetWebhookSecretRejection;
    /// The new secret; which number it gets is decided in the lane.
    type Fresh = Secret;
    const NAME: &'static str = "ResetWebhookSecret";
    const URGENT: bool = true;

    fn needs(&self) -> Right {
        Right::TokenAdmin
    }

    fn confers(&self) -> Rights {
        reading()
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<Secret, SealError> {
        secret::draw(mint, self.webhook)
    }

    fn target(&self, _: &Tenant, _: &Context<Secret>) -> Aggregate {
        Aggregate::webhook(self.webhook)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<Secret>,
    ) -> Result<Vec<Event>, ResetWebhookSecretRejection> {
        use ResetWebhookSecretRejection as No;

        let hours = self.hours_to_live;
        if !(0..=HOURS_MAX).contains(&hours) {
            return Err(No::HoursOutOfRange(hours));
        }
        let webhook = self.webhook;
        let generation = held(tenant, webhook).map_err(No::Unknown)?.secret_generation + 1;
        let grace_until = (hours > 0).then(|| context.now + TimeDelta::hours(hours));
        Ok(vec![WebhookSecretReset { webhook, generation, grace_until }.into()])
    }

    fn vault(&self, tenant: &Tenant, context: &Context<Secret>) -> Vec<VaultWrite> {
        let Ok(webhook) = held(tenant, self.webhook) else { return Vec::new() };
        let former = webhook.secret_generation;
        let kept = context.fresh.kept_as(secret_id(&tenant.id, self.webhook, former + 1));
        let dropped = numbers_dropped(former, self.hours_to_live > 0);
        let dropped = dropped.map(|number| drop_secret(&tenant.id, self.webhook, number));
        [kept].into_iter().chain(dropped).collect()
    }

    fn reply(fresh: &Secret) -> Map<String, Value> {
        Map::from_iter([("secret".to_owned(), fresh.expose().into())])
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{id, tenant};
    use super::*;
    use crate::mint::sample::{self, kept_and_dropped};

    fn context(tenant: &Tenant) -> Context<Secret> {
        let mut command = ResetWebhookSecret { webhook: id(1), hours_to_live: 0 };
        let keys = sample::keys(&tenant.id);
        Context::sample(command.draw(&mut sample::mint(&tenant.id, &keys, 0)).unwrap())
    }

    #[test]
    fn the_former_secret_ends_at_once_or_later() {
        let mut tenant = tenant();
        let context = context(&tenant);
        let place = |number| secret_id(&tenant.id, id(1), number);
        let [first, second, third] = [1, 2, 3].map(place);
        let writes = |tenant: &Tenant, hours_to_live| {
            let command = ResetWebhookSecret { webhook: id(1), hours_to_live };
            kept_and_dropped(&command.vault(tenant, &context)).map(|ids| ids.join(" "))
        };
        assert_eq!(writes(&tenant, 0), [second.clone(), first.clone()]);
        assert_eq!(writes(&tenant, 5), [second.clone(), String::new()]);
        let grace_until = Some(context.now + TimeDelta::hours(5));
        let fact = WebhookSecretReset { webhook: id(1), generation: 2, grace_until };
        let command = ResetWebhookSecret { webhook: id(1), hours_to_live: 5 };
        assert_eq!(command.decide(&tenant, &context), Ok(vec![fact.clone().into()]));
        tenant.webhooks.secret_reset(&fact);
        assert_eq!(writes(&tenant, 5), [third.clone(), first.clone()]);
        assert_eq!(writes(&tenant, 0), [third, format!("{first} {second}")]);
    }

    #[test]
    fn refuses_what_is_unknown_and_more_than_a_week() {
        use ResetWebhookSecretRejection as No;
        let tenant = tenant();
        let refused = |number, hours_to_live| {
            let command = ResetWebhookSecret { webhook: id(number), hours_to_live };
            command.decide(&tenant, &context(&tenant)).unwrap_err()
        };
        assert_eq!(refused(2, 0), No::Unknown(WebhookUnknown(id(2))));
        assert_eq!(refused(1, 169), No::HoursOutOfRange(169));
        assert_eq!(refused(1, -1), No::HoursOutOfRange(-1));
    }
}
