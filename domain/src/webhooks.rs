//! Webhooks: web addresses that a tenant has its events sent to. Their secrets are only in the
//! vault, and how far each has come is no fact: a receiver that answers late changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Event, WebhookId};

/// Where events are sent, and which.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookContent {
    pub url: String,
    pub description: String,
    /// Types of events, or families of them (`group.*`); all where there are none.
    pub event_types: BTreeSet<String>,
    /// Kinds of what events are about; all where there are none.
    pub aggregate_kinds: BTreeSet<String>,
}

impl WebhookContent {
    /// Whether an event of this type, about a thing of this kind, is sent.
    pub fn takes(&self, event_type: &str, aggregate_kind: &str) -> bool {
        let is_type = |wanted: &String| match wanted.strip_suffix('*') {
            Some(family) => event_type.starts_with(family),
            None => wanted == event_type,
        };
        (self.event_types.is_empty() || self.event_types.iter().any(is_type))
            && (self.aggregate_kinds.is_empty() || self.aggregate_kinds.contains(aggregate_kind))
    }
}

/// Whether there are events of this type, or of this family (`group.*`).
pub fn is_event_filter(text: &str) -> bool {
    let mut types = Event::TYPES.iter().map(|(name, _)| *name);
    match text.strip_suffix(".*") {
        Some(family) => types.any(|name| name.split('.').next() == Some(family)),
        None => types.any(|name| name == text),
    }
}

/// Events are sent to an address from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookAdded {
    pub webhook: WebhookId,
    pub content: WebhookContent,
    /// The first one sent lies behind this ordinal.
    pub after: i64,
}

/// Other events are sent, or to another address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookUpdated {
    pub webhook: WebhookId,
    pub before: WebhookContent,
    pub after: WebhookContent,
}

/// A webhook signs with a new secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSecretReset {
    pub webhook: WebhookId,
    /// Number of the new secret; the first one is 1.
    pub generation: i64,
    /// Until then the former secret signs too.
    pub grace_until: Option<DateTime<Utc>>,
}

/// A webhook goes on behind another ordinal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRewound {
    pub webhook: WebhookId,
    pub after: i64,
}

/// Why a webhook rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// Somebody wanted it so.
    Asked,
    /// Its receiver said that it is there no more.
    Gone,
}

/// Nothing is sent until it is resumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookPaused {
    pub webhook: WebhookId,
    pub reason: PauseReason,
}

/// A webhook that was paused goes on where it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookResumed {
    pub webhook: WebhookId,
}

/// Nothing is sent any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRemoved {
    pub webhook: WebhookId,
    pub before: WebhookContent,
}

/// What decisions need of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub content: WebhookContent,
    pub is_paused: bool,
    /// Number of the newest secret.
    pub secret_generation: i64,
}

/// The webhooks of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhooks {
    by_id: BTreeMap<WebhookId, Webhook>,
}

impl Webhooks {
    pub fn get(&self, id: WebhookId) -> Option<&Webhook> {
        self.by_id.get(&id)
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub fn added(&mut self, fact: &WebhookAdded) {
        let content = fact.content.clone();
        let webhook = Webhook { content, is_paused: false, secret_generation: 1 };
        self.by_id.insert(fact.webhook, webhook);
    }

    pub fn updated(&mut self, fact: &WebhookUpdated) {
        if let Some(webhook) = self.by_id.get_mut(&fact.webhook) {
            webhook.content = fact.after.clone();
        }
    }

    pub fn secret_reset(&mut self, fact: &WebhookSecretReset) {
        if let Some(webhook) = self.by_id.get_mut(&fact.webhook) {
            webhook.secret_generation = fact.generation;
        }
    }

    /// It was paused, or resumed.
    pub fn switch(&mut self, id: WebhookId, is_paused: bool) {
        if let Some(webhook) = self.by_id.get_mut(&id) {
            webhook.is_paused = is_paused;
        }
    }

    pub fn removed(&mut self, fact: &WebhookRemoved) {
        self.by_id.remove(&fact.webhook);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(event_types: &[&str], aggregate_kinds: &[&str], expected: [bool; 3]) {
        let set = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let (event_types, aggregate_kinds) = (set(event_types), set(aggregate_kinds));
        let content = WebhookContent { event_types, aggregate_kinds, ..WebhookContent::default() };
        let events = [
            ("group.moved", "group"),
            ("group.created", "group"),
            ("membership.set", "membership"),
        ];
        assert_eq!(events.map(|(name, kind)| content.takes(name, kind)), expected);
    }

    #[test]
    fn filters_narrow_down_and_none_lets_everything_through() {
        check(&[], &[], [true, true, true]);
        check(&["group.moved"], &[], [true, false, false]);
        check(&["group.*"], &[], [true, true, false]);
        check(&["group.moved", "membership.*"], &[], [true, false, true]);
        check(&[], &["membership"], [false, false, true]);
        check(&["group.*"], &["membership"], [false, false, false]);
    }

    #[test]
    fn a_filter_names_a_type_or_a_family_that_there_is() {
        for good in ["group.moved", "group.*", "allow_list.*"] {
            assert!(is_event_filter(good), "{good}");
        }
        for bad in ["", "*", ".*", "group", "group.", "group.painted", "gro.*", "group.mov*"] {
            assert!(!is_event_filter(bad), "{bad}");
        }
    }
}
