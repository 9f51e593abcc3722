//! Has a webhook that was paused go on where it was.

use domain::{Aggregate, Event, Right, Rights, Tenant, WebhookId, WebhookResumed};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{WebhookUnknown, held, reading};
use crate::{Command, Context, Mint};

/// Has a webhook that was paused go on where it was.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResumeWebhook {
    #[schemars(with = "uuid::Uuid")]
    pub webhook: WebhookId,
}

impl Command for ResumeWebhook {
    type Rejection = WebhookUnknown;
    type Fresh = ();
    const NAME: &'static str = "ResumeWebhook";

    fn needs(&self) -> Right {
        Right::TokenAdmin
    }

    fn confers(&self) -> Rights {
        reading()
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::webhook(self.webhook)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, WebhookUnknown> {
        let webhook = self.webhook;
        let is_paused = held(tenant, webhook)?.is_paused;
        Ok(is_paused.then(|| WebhookResumed { webhook }.into()).into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{id, tenant};
    use super::*;

    #[test]
    fn only_what_rests_is_resumed() {
        let mut tenant = tenant();
        let decide = |tenant: &Tenant, number| {
            ResumeWebhook { webhook: id(number) }.decide(tenant, &Context::sample(()))
        };
        assert_eq!(decide(&tenant, 1), Ok(vec![]));
        tenant.webhooks.switch(id(1), true);
        assert_eq!(decide(&tenant, 1), Ok(vec![WebhookResumed { webhook: id(1) }.into()]));
        assert_eq!(decide(&tenant, 2), Err(WebhookUnknown(id(2))));
    }
}
