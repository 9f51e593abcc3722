//! Has nothing sent to a webhook until it is resumed. The server does so itself when a receiver
//! says that it is gone.

use domain::{ActorKind, Aggregate, Event, PauseReason, Right, Tenant, WebhookId, WebhookPaused};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{WebhookUnknown, held};
use crate::{Command, Context, Mint};

/// Has nothing sent to a webhook until it is resumed; what is recorded meanwhile waits.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PauseWebhook {
    #[schemars(with = "uuid::Uuid")]
    pub webhook: WebhookId,
}

impl Command for PauseWebhook {
    type Rejection = WebhookUnknown;
    type Fresh = ();
    const NAME: &'static str = "PauseWebhook";
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

    fn decide(&self, tenant: &Tenant, context: &Context) -> Result<Vec<Event>, WebhookUnknown> {
        let webhook = self.webhook;
        if held(tenant, webhook)?.is_paused {
            return Ok(Vec::new());
        }
        let is_ours = context.actor.kind == ActorKind::System;
        let reason = if is_ours { PauseReason::Gone } else { PauseReason::Asked };
        Ok(vec![WebhookPaused { webhook, reason }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::Actor;

    use super::super::sample::{id, tenant};
    use super::*;

    #[test]
    fn a_webhook_is_paused_once_and_says_why() {
        let mut tenant = tenant();
        let decide = |tenant: &Tenant, number, kind| {
            let actor = Actor { kind, ..Actor::system() };
            let context = Context { actor, ..Context::sample(()) };
            PauseWebhook { webhook: id(number) }.decide(tenant, &context)
        };
        for (kind, reason) in
            [(ActorKind::System, PauseReason::Gone), (ActorKind::Client, PauseReason::Asked)]
        {
            let fact = WebhookPaused { webhook: id(1), reason };
            assert_eq!(decide(&tenant, 1, kind), Ok(vec![fact.into()]));
        }
        assert_eq!(decide(&tenant, 2, ActorKind::User), Err(WebhookUnknown(id(2))));
        tenant.webhooks.switch(id(1), true);
        assert_eq!(decide(&tenant, 1, ActorKind::User), Ok(vec![]));
    }
}
