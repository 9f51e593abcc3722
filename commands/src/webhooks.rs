//! Commands on webhooks. To have events sent somewhere is to hand out a token that reads them, and
//! asks for the same rights: `token.admin`, and `events.read` to hand on.

mod add_webhook;
mod content;
mod pause_webhook;
mod remove_webhook;
mod reset_webhook_secret;
mod resume_webhook;
mod rewind_webhook;
mod secret;
mod update_webhook;

use domain::{Right, Rights, Tenant, Webhook, WebhookId};

use crate::{Refusal, Rejection};

pub use add_webhook::{AddWebhook, AddWebhookRejection, FreshWebhook};
pub use content::ContentFault;
pub use pause_webhook::PauseWebhook;
pub use remove_webhook::RemoveWebhook;
pub use reset_webhook_secret::{ResetWebhookSecret, ResetWebhookSecretRejection};
pub use resume_webhook::ResumeWebhook;
pub use rewind_webhook::{RewindWebhook, RewindWebhookRejection};
pub use secret::{SECRET_PREFIX, secret_id};
pub use update_webhook::{UpdateWebhook, UpdateWebhookRejection};

/// Nothing of that id gets events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no webhook {0}")]
pub struct WebhookUnknown(pub WebhookId);

impl Rejection for WebhookUnknown {
    fn refusal(&self) -> Refusal {
        Refusal::not_found("webhook_unknown", "webhook")
    }
}

fn held(tenant: &Tenant, webhook: WebhookId) -> Result<&Webhook, WebhookUnknown> {
    tenant.webhooks.get(webhook).ok_or(WebhookUnknown(webhook))
}

/// What is handed on with every event that is sent.
fn reading() -> Rights {
    [Right::EventsRead].into()
}

/// An ordinal that there is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("after is 0 or the ordinal of an event, and not {after}; the newest one is {newest}")]
pub struct OrdinalUnknown {
    pub after: i64,
    pub newest: i64,
}

impl OrdinalUnknown {
    fn check(after: i64, newest: i64) -> Result<i64, Self> {
        if (0..=newest).contains(&after) { Ok(after) } else { Err(Self { after, newest }) }
    }

    fn refusal() -> Refusal {
        Refusal::invalid("ordinal_unknown", "after")
    }
}

#[cfg(test)]
mod sample;
