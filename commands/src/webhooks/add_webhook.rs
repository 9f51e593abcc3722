//! Has a tenant's events sent to a web address.

use domain::{Aggregate, Event, Right, Rights, Tenant, WebhookAdded, WebhookContent, WebhookId};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{ContentFault, OrdinalUnknown, content, reading, secret};
use crate::names::bytes_of;
use crate::{Command, Context, Mint, Refusal, Rejection, Secret};

/// How many a tenant may have.
const WEBHOOKS_MAX: usize = 50;

/// Has events sent to a web address, one POST each, signed with a secret that is shown once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddWebhook {
    /// `https`, or `http` on the server's own machine; no user, no query, no fragment.
    pub url: String,
    /// At most 1,024 characters.
    #[serde(default)]
    pub description: String,
    /// Types of events, as `group.moved`, or families, as `group.*`; all if there are none.
    #[serde(default)]
    pub event_types: Vec<String>,
    /// Kinds of what events are about, as `group`; all if there are none.
    #[serde(default)]
    pub aggregate_kinds: Vec<String>,
    /// The first event sent lies behind this ordinal. If absent, it is the webhook's own
    /// registration.
    pub after: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddWebhookRejection {
    #[error(transparent)]
    Content(ContentFault),
    #[error(transparent)]
    After(OrdinalUnknown),
    #[error("a tenant has at most {WEBHOOKS_MAX} webhooks")]
    TooMany,
}

impl Rejection for AddWebhookRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Content(fault) => fault.refusal(),
            Self::After(_) => OrdinalUnknown::refusal(),
            Self::TooMany => Refusal::conflict("too_many_webhooks", Vec::new()),
        }
    }
}

/// A new webhook's id, and its first secret.
#[derive(Debug)]
pub struct FreshWebhook {
    pub webhook: WebhookId,
    pub secret: Secret,
}

impl Command for AddWebhook {
    type Rejection = AddWebhookRejection;
    type Fresh = FreshWebhook;
    const NAME: &'static str = "AddWebhook";

    fn needs(&self) -> Right {
        Right::TokenAdmin
    }

    fn confers(&self) -> Rights {
        reading()
    }

    fn weight(&self) -> usize {
        let texts = self.url.len() + self.description.len();
        size_of_val(self) + texts + bytes_of(&self.event_types) + bytes_of(&self.aggregate_kinds)
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshWebhook, SealError> {
        let webhook = WebhookId(mint.uuid()?);
        Ok(FreshWebhook { webhook, secret: secret::draw(mint, webhook)? })
    }

    fn target(&self, _: &Tenant, context: &Context<FreshWebhook>) -> Aggregate {
        Aggregate::webhook(context.fresh.webhook)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshWebhook>,
    ) -> Result<Vec<Event>, AddWebhookRejection> {
        use AddWebhookRejection as No;

        let wanted = WebhookContent {
            url: self.url.clone(),
            description: self.description.clone(),
            event_types: self.event_types.iter().cloned().collect(),
            aggregate_kinds: self.aggregate_kinds.iter().cloned().collect(),
        };
        let wanted = content::checked(wanted).map_err(No::Content)?;
        let after = self.after.unwrap_or(context.newest);
        let after = OrdinalUnknown::check(after, context.newest).map_err(No::After)?;
        if tenant.webhooks.len() >= WEBHOOKS_MAX {
            return Err(No::TooMany);
        }
        let webhook = context.fresh.webhook;
        Ok(vec![WebhookAdded { webhook, content: wanted, after }.into()])
    }

    fn vault(&self, tenant: &Tenant, context: &Context<FreshWebhook>) -> Vec<VaultWrite> {
        let FreshWebhook { webhook, secret } = &context.fresh;
        vec![secret.kept_as(secret::secret_id(&tenant.id, *webhook, 1))]
    }

    fn reply(fresh: &FreshWebhook) -> Map<String, Value> {
        Map::from_iter([
            ("webhook".to_owned(), fresh.webhook.to_string().into()),
            ("secret".to_owned(), fresh.secret.expose().into()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use serde_json::json;

    use super::super::sample::{id, tenant};
    use super::*;
    use crate::mint::sample;

    fn fresh(tenant: &Tenant) -> FreshWebhook {
        let keys = sample::keys(&tenant.id);
        let mut command: AddWebhook = serde_json::from_value(json!({"url": ""})).unwrap();
        command.draw(&mut sample::mint(&tenant.id, &keys, 0)).unwrap()
    }

    fn decide(tenant: &Tenant, body: Value) -> Result<WebhookAdded, AddWebhookRejection> {
        let command: AddWebhook = serde_json::from_value(body).unwrap();
        let context = Context { newest: 9, ..Context::sample(fresh(tenant)) };
        match <[Event; 1]>::try_from(command.decide(tenant, &context)?) {
            Ok([Event::WebhookAdded(fact)]) => Ok(fact),
            other => panic!("not one webhook: {other:?}"),
        }
    }

    #[test]
    fn it_begins_behind_the_newest_event_or_where_it_is_told_to() {
        let url = "https://receiver.example/";
        let added = decide(&tenant(), json!({"url": url, "eventTypes": ["group.*"]})).unwrap();
        assert_eq!((added.after, added.content.url.as_str()), (9, url));
        let after = |after: i64| decide(&tenant(), json!({"url": url, "after": after}));
        assert_eq!(after(0).unwrap().after, 0);
        for after_none in [-1, 10] {
            let no = OrdinalUnknown { after: after_none, newest: 9 };
            assert_eq!(after(after_none), Err(AddWebhookRejection::After(no)));
        }
        let bad = decide(&tenant(), json!({"url": "nowhere"})).unwrap_err();
        assert_eq!((bad.refusal().code, bad.refusal().member), ("url_malformed", Some("url")));
    }

    #[test]
    fn its_secret_is_base64_of_32_bytes_and_lies_in_the_vault() {
        let tenant = tenant();
        let fresh = fresh(&tenant);
        let bare = fresh.secret.expose().strip_prefix("whsec_").unwrap();
        assert_eq!(BASE64_STANDARD.decode(bare).unwrap().len(), 32);
        let expected = format!("acme/{}.1", fresh.webhook);
        let command: AddWebhook = serde_json::from_value(json!({"url": ""})).unwrap();
        let writes = command.vault(&tenant, &Context::sample(fresh));
        assert_eq!(sample::kept_and_dropped(&writes)[0], [expected]);
    }

    #[test]
    fn there_is_a_most() {
        let mut tenant = tenant();
        for number in 2..=50 {
            super::super::sample::add(&mut tenant, id(number));
        }
        let one_more = decide(&tenant, json!({"url": "https://receiver.example/"}));
        assert_eq!(one_more, Err(AddWebhookRejection::TooMany));
    }
}
