//! For cases: a tenant with webhook 1, which gets everything.

use domain::{Tenant, TenantId, WebhookAdded, WebhookContent, WebhookId};
use uuid::Uuid;

pub(super) fn id(number: u128) -> WebhookId {
    WebhookId(Uuid::from_u128(number))
}

pub(super) fn content() -> WebhookContent {
    WebhookContent { url: "https://receiver.example/".to_owned(), ..WebhookContent::default() }
}

pub(super) fn add(tenant: &mut Tenant, webhook: WebhookId) {
    tenant.webhooks.added(&WebhookAdded { webhook, content: content(), after: 0 });
}

pub(super) fn tenant() -> Tenant {
    let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
    add(&mut tenant, id(1));
    tenant
}
