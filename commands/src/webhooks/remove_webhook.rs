//! Has nothing sent to a webhook any more, and drops its secrets.

use domain::{Aggregate, Event, Right, Tenant, WebhookId, WebhookRemoved};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;

use super::secret::drop_secret;
use super::{WebhookUnknown, held};
use crate::{Command, Context, Mint};

/// Has nothing sent to a webhook any more.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoveWebhook {
    #[schemars(with = "uuid::Uuid")]
    pub webhook: WebhookId,
}

impl Command for RemoveWebhook {
    type Rejection = WebhookUnknown;
    type Fresh = ();
    const NAME: &'static str = "RemoveWebhook";
    const URGENT: bool = true;

    fn needs(&self) -> Right {
        Right::TokenAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::webhook(self.webhook)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, WebhookUnknown> {
        let before = held(tenant, self.webhook)?.content.clone();
        Ok(vec![WebhookRemoved { webhook: self.webhook, before }.into()])
    }

    fn vault(&self, tenant: &Tenant, _: &Context) -> Vec<VaultWrite> {
        let newest = tenant.webhooks.get(self.webhook).map_or(0, |it| it.secret_generation);
        let numbers = (newest - 1).max(1)..=newest;
        numbers.map(|number| drop_secret(&tenant.id, self.webhook, number)).collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::WebhookSecretReset;

    use super::super::sample::{content, id, tenant};
    use super::*;
    use crate::mint::sample::kept_and_dropped;

    #[test]
    fn its_secrets_go_with_it() {
        let mut tenant = tenant();
        let (command, context) = (RemoveWebhook { webhook: id(1) }, Context::sample(()));
        let fact = WebhookRemoved { webhook: id(1), before: content() };
        assert_eq!(command.decide(&tenant, &context), Ok(vec![fact.into()]));
        let dropped = |tenant: &Tenant| {
            let [_, dropped] = kept_and_dropped(&command.vault(tenant, &context))
                .map(|ids| ids.iter().map(|id| id[id.len() - 2..].to_owned()).collect::<String>());
            dropped
        };
        assert_eq!(dropped(&tenant), ".1");
        let (webhook, grace_until) = (id(1), None);
        tenant.webhooks.secret_reset(&WebhookSecretReset { webhook, generation: 3, grace_until });
        assert_eq!(dropped(&tenant), ".2.3");
    }

    #[test]
    fn refuses_what_is_not_there() {
        let command = RemoveWebhook { webhook: id(2) };
        let no = command.decide(&tenant(), &Context::sample(()));
        assert_eq!(no, Err(WebhookUnknown(id(2))));
    }
}
