//! Has a webhook go on behind another ordinal: events are sent again, or passed over.

use domain::{Aggregate, Event, Right, Rights, Tenant, WebhookId, WebhookRewound};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{OrdinalUnknown, WebhookUnknown, held, reading};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Has a webhook go on behind another ordinal: events are sent again, or passed over.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RewindWebhook {
    #[schemars(with = "uuid::Uuid")]
    pub webhook: WebhookId,
    /// The next event sent lies behind this ordinal; 0 is before all of them.
    pub after: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RewindWebhookRejection {
    #[error(transparent)]
    Unknown(WebhookUnknown),
    #[error(transparent)]
    After(OrdinalUnknown),
}

impl Rejection for RewindWebhookRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Unknown(unknown) => unknown.refusal(),
            Self::After(_) => OrdinalUnknown::refusal(),
        }
    }
}

impl Command for RewindWebhook {
    type Rejection = RewindWebhookRejection;
    type Fresh = ();
    const NAME: &'static str = "RewindWebhook";

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

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context,
    ) -> Result<Vec<Event>, RewindWebhookRejection> {
        use RewindWebhookRejection as No;

        let webhook = self.webhook;
        held(tenant, webhook).map_err(No::Unknown)?;
        let after = OrdinalUnknown::check(self.after, context.newest).map_err(No::After)?;
        Ok(vec![WebhookRewound { webhook, after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{id, tenant};
    use super::*;

    #[test]
    fn it_goes_to_any_event_that_there_is() {
        use RewindWebhookRejection as No;
        let decide = |number, after| {
            let command = RewindWebhook { webhook: id(number), after };
            command.decide(&tenant(), &Context { newest: 9, ..Context::sample(()) })
        };
        for after in [0, 9] {
            let fact = WebhookRewound { webhook: id(1), after };
            assert_eq!(decide(1, after), Ok(vec![fact.into()]));
        }
        let none = OrdinalUnknown { after: 10, newest: 9 };
        assert_eq!(decide(1, 10), Err(No::After(none)));
        assert_eq!(decide(2, 0), Err(No::Unknown(WebhookUnknown(id(2)))));
    }
}
