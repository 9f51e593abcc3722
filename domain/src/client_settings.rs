//! What applications keep with their API clients: values by key, for one client or, where that one
//! has none, for all of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ClientDeleted, ClientId, TenantId};

/// What became of one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingChange {
    pub key: String,
    /// `None` when there was no such key.
    pub before: Option<Value>,
    /// `None` when there is no such key any more.
    pub after: Option<Value>,
}

/// Some settings of one client changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSettingsChanged {
    pub client: ClientId,
    pub changes: Vec<SettingChange>,
}

/// Some settings changed that hold for every client which has none of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultSettingsChanged {
    pub tenant: TenantId,
    pub changes: Vec<SettingChange>,
}

/// Values by key.
pub type Settings = BTreeMap<String, Value>;

/// All settings of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSettings {
    defaults: Settings,
    by_client: BTreeMap<ClientId, Settings>,
}

impl ClientSettings {
    pub fn defaults(&self) -> &Settings {
        &self.defaults
    }

    /// A client's own settings; `None` when it has none.
    pub fn of(&self, client: ClientId) -> Option<&Settings> {
        self.by_client.get(&client)
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.defaults.len() + self.by_client.values().map(Settings::len).sum::<usize>()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn changed(&mut self, fact: &ClientSettingsChanged) {
        let settings = self.by_client.entry(fact.client).or_default();
        change(settings, &fact.changes);
        if settings.is_empty() {
            self.by_client.remove(&fact.client);
        }
    }

    pub fn defaults_changed(&mut self, fact: &DefaultSettingsChanged) {
        change(&mut self.defaults, &fact.changes);
    }

    pub fn client_deleted(&mut self, fact: &ClientDeleted) {
        self.by_client.remove(&fact.client);
    }
}

fn change(settings: &mut Settings, changes: &[SettingChange]) {
    for SettingChange { key, after, .. } in changes {
        match after {
            Some(value) => settings.insert(key.clone(), value.clone()),
            None => settings.remove(key),
        };
    }
}
