//! Changes where events are sent, or which.

use domain::{Aggregate, Event, Right, Rights, Tenant, WebhookContent, WebhookId, WebhookUpdated};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ContentFault, WebhookUnknown, content, held, reading};
use crate::names::bytes_of;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Changes where events are sent, or which; what is absent stays. It goes on where it was.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateWebhook {
    #[schemars(with = "uuid::Uuid")]
    pub webhook: WebhookId,
    /// `https`, or `http` on the server's own machine; no user, no query, no fragment.
    pub url: Option<String>,
    /// At most 1,024 characters.
    pub description: Option<String>,
    /// Types of events, as `group.moved`, or families, as `group.*`; all if there are none.
    pub event_types: Option<Vec<String>>,
    /// Kinds of what events are about, as `group`; all if there are none.
    pub aggregate_kinds: Option<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateWebhookRejection {
    #[error(transparent)]
    Unknown(WebhookUnknown),
    #[error(transparent)]
    Content(ContentFault),
}

impl Rejection for UpdateWebhookRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Unknown(unknown) => unknown.refusal(),
            Self::Content(fault) => fault.refusal(),
        }
    }
}

impl Command for UpdateWebhook {
    type Rejection = UpdateWebhookRejection;
    type Fresh = ();
    const NAME: &'static str = "UpdateWebhook";

    fn needs(&self) -> Right {
        Right::TokenAdmin
    }

    fn confers(&self) -> Rights {
        reading()
    }

    fn weight(&self) -> usize {
        let texts = [&self.url, &self.description].into_iter().flatten().map(String::len);
        let lists = [&self.event_types, &self.aggregate_kinds].into_iter().flatten();
        size_of_val(self) + texts.sum::<usize>() + lists.map(|it| bytes_of(it)).sum::<usize>()
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::webhook(self.webhook)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, UpdateWebhookRejection> {
        use UpdateWebhookRejection as No;

        let before = held(tenant, self.webhook).map_err(No::Unknown)?.content.clone();
        let mut after = before.clone();
        for (wanted, text) in
            [(&self.url, &mut after.url), (&self.description, &mut after.description)]
        {
            if let Some(wanted) = wanted {
                text.clone_from(wanted);
            }
        }
        for (wanted, named) in [
            (&self.event_types, &mut after.event_types),
            (&self.aggregate_kinds, &mut after.aggregate_kinds),
        ] {
            if let Some(wanted) = wanted {
                *named = wanted.iter().cloned().collect();
            }
        }
        let after: WebhookContent = content::checked(after).map_err(No::Content)?;
        if after == before {
            return Ok(Vec::new());
        }
        Ok(vec![WebhookUpdated { webhook: self.webhook, before, after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample::{content, id, tenant};
    use super::*;

    fn decide(mut body: Value) -> Result<Vec<Event>, UpdateWebhookRejection> {
        if body["webhook"].is_null() {
            body["webhook"] = json!(id(1));
        }
        let command: UpdateWebhook = serde_json::from_value(body).unwrap();
        command.decide(&tenant(), &Context::sample(()))
    }

    #[test]
    fn what_is_absent_stays() {
        let event_types: std::collections::BTreeSet<_> = ["group.*".to_owned()].into();
        let after = WebhookContent { event_types, ..content() };
        let fact = WebhookUpdated { webhook: id(1), before: content(), after };
        assert_eq!(decide(json!({"eventTypes": ["group.*"]})), Ok(vec![fact.into()]));
        assert_eq!(decide(json!({"url": "https://RECEIVER.example"})), Ok(vec![]));
        assert_eq!(decide(json!({"aggregateKinds": []})), Ok(vec![]));
    }

    #[test]
    fn refuses_what_is_unknown_or_cannot_be() {
        use UpdateWebhookRejection as No;
        let unknown = decide(json!({"webhook": id(2)}));
        assert_eq!(unknown, Err(No::Unknown(WebhookUnknown(id(2)))));
        let plain = decide(json!({"url": "http://receiver.example/"}));
        assert_eq!(plain, Err(No::Content(ContentFault::UrlNotHttps)));
    }
}
