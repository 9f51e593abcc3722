//! Changes what is kept with an API client, or with all that have nothing of their own (Capture,
//! `settings/set`, `set_multi`, `delete`, and the same for defaults).

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Aggregate, ClientId, ClientSettingsChanged, DefaultSettingsChanged, Event, Right,
    SettingChange, Settings, Tenant,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::names::{bytes_of, is_name};
use crate::{Command, Context, Mint, Refusal, Rejection};

const KEY_MAX: usize = 256;
/// Per client, and of defaults.
const SETTINGS_MAX: usize = 1000;

/// Changes settings of an API client, or the defaults of all of them.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeSettings {
    /// The defaults are meant if absent.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub client: Option<ClientId>,
    /// Values by key; a key has 1 to 256 characters, a value may be anything but `null`.
    #[serde(default)]
    pub set: BTreeMap<String, Value>,
    /// Keys that go; no harm where there is no such key.
    #[serde(default)]
    pub delete: Vec<String>,
    /// Whether every key that is not in `set` goes.
    #[serde(default)]
    pub delete_others: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeSettingsRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("a key has 1 to {KEY_MAX} characters, not all of them blank")]
    KeyInvalid,
    #[error("{0} has no value")]
    ValueMissing(String),
    #[error("there may be {SETTINGS_MAX} settings, not {0}")]
    TooMany(usize),
}

impl Rejection for ChangeSettingsRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::KeyInvalid => Refusal::invalid("key_invalid", "set"),
            Self::ValueMissing(_) => Refusal::invalid("value_missing", "set"),
            Self::TooMany(_) => Refusal::invalid("too_many", "set"),
        }
    }
}

impl ChangeSettings {
    fn check(&self) -> Result<(), ChangeSettingsRejection> {
        if !self.set.keys().all(|key| is_name(key, KEY_MAX)) {
            return Err(ChangeSettingsRejection::KeyInvalid);
        }
        match self.set.iter().find(|(_, value)| value.is_null()) {
            Some((key, _)) => Err(ChangeSettingsRejection::ValueMissing(key.clone())),
            None => Ok(()),
        }
    }

    /// What changes in these settings, by key.
    fn changes(&self, held: &Settings) -> Vec<SettingChange> {
        let set = self.set.iter().filter_map(|(key, value)| {
            let (before, after) = (held.get(key).cloned(), Some(value.clone()));
            (before != after).then(|| SettingChange { key: key.clone(), before, after })
        });
        let named: BTreeSet<_> = self.delete.iter().collect();
        let goes = |key: &String| {
            !self.set.contains_key(key) && (self.delete_others || named.contains(key))
        };
        let deleted = held.iter().filter(|(key, _)| goes(key)).map(|(key, value)| {
            let (before, after) = (Some(value.clone()), None);
            SettingChange { key: key.clone(), before, after }
        });
        set.chain(deleted).collect()
    }
}

impl Command for ChangeSettings {
    type Rejection = ChangeSettingsRejection;
    type Fresh = ();
    const NAME: &'static str = "ChangeSettings";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn weight(&self) -> usize {
        let set = self.set.iter().map(|(key, value)| key.len() + value.to_string().len());
        size_of_val(self) + set.sum::<usize>() + bytes_of(&self.delete)
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, tenant: &Tenant, _: &Context) -> Aggregate {
        self.client.map_or_else(|| Aggregate::client_defaults(&tenant.id), Aggregate::client)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, ChangeSettingsRejection> {
        use ChangeSettingsRejection as No;

        self.check()?;
        let none = Settings::new();
        let held = match self.client {
            Some(client) => {
                tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
                tenant.client_settings.of(client).unwrap_or(&none)
            }
            None => tenant.client_settings.defaults(),
        };
        let changes = self.changes(held);
        let more = changes.iter().filter(|change| change.before.is_none()).count();
        let fewer = changes.iter().filter(|change| change.after.is_none()).count();
        let after = held.len() + more - fewer;
        if more > 0 && after > SETTINGS_MAX {
            return Err(No::TooMany(after));
        }
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![match self.client {
            Some(client) => ClientSettingsChanged { client, changes }.into(),
            None => DefaultSettingsChanged { tenant: tenant.id.clone(), changes }.into(),
        }])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clients::sample::{id, tenant};

    /// The tenant's client 2 has `a` = 1 and `b` = 2, and so have the defaults.
    fn decide(body: Value) -> Result<Vec<Event>, ChangeSettingsRejection> {
        let (mut tenant, context) = (tenant(), Context::sample(()));
        for client in [Some(id(2)), None] {
            let set = [("a".to_owned(), json!(1)), ("b".to_owned(), json!(2))].into();
            let command = ChangeSettings { client, set, ..ChangeSettings::default() };
            for event in command.decide(&tenant, &context).unwrap() {
                tenant.apply(&event);
            }
        }
        let command: ChangeSettings = serde_json::from_value(body).unwrap();
        command.decide(&tenant, &context)
    }

    /// Key, before, after, in text.
    fn changed(mut body: Value) -> Vec<String> {
        let shown = |value: Option<Value>| value.map_or("-".to_owned(), |value| value.to_string());
        let mut all = Vec::new();
        for client in [json!(id(2)), Value::Null] {
            body["client"] = client;
            let changes = match decide(body.clone()).unwrap().pop() {
                Some(Event::ClientSettingsChanged(fact)) => fact.changes,
                Some(Event::DefaultSettingsChanged(fact)) => fact.changes,
                _ => Vec::new(),
            };
            let lines = changes.into_iter();
            all.push(
                lines.map(|it| format!("{} {} {}", it.key, shown(it.before), shown(it.after))),
            );
        }
        let [own, defaults] = [all.remove(0), all.remove(0)].map(Iterator::collect::<Vec<_>>);
        assert_eq!(own, defaults);
        own
    }

    #[test]
    fn only_what_is_another_after_is_a_change() {
        assert_eq!(changed(json!({"set": {"a": 1, "b": "x", "c": [3]}})), ["b 2 \"x\"", "c - [3]"]);
        assert_eq!(changed(json!({"delete": ["a", "z"]})), ["a 1 -"]);
        assert_eq!(changed(json!({"set": {"a": 1}, "deleteOthers": true})), ["b 2 -"]);
        assert_eq!(changed(json!({"set": {"a": 3}, "delete": ["a"]})), ["a 1 3"]);
        assert!(changed(json!({"set": {"a": 1}})).is_empty());
    }

    #[test]
    fn refuses_what_is_unknown_or_cannot_be_kept() {
        use ChangeSettingsRejection as No;
        assert_eq!(decide(json!({"client": id(9)})), Err(No::ClientUnknown(id(9))));
        assert_eq!(decide(json!({"set": {" ": 1}})), Err(No::KeyInvalid));
        assert_eq!(decide(json!({"set": {"k": null}})), Err(No::ValueMissing("k".to_owned())));
        let many = (0..999).map(|n| (format!("k{n}"), json!(n))).collect::<serde_json::Map<_, _>>();
        assert_eq!(decide(json!({"set": many})), Err(No::TooMany(1001)));
        assert!(decide(json!({"set": many, "deleteOthers": true})).is_ok());
    }
}
