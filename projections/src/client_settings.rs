//! Settings of API clients, and their defaults.

use std::collections::BTreeMap;

use domain::{ClientId, Event, SettingChange, Settings, TenantId};
use eventlog::Recorded;

use crate::value::Row;
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static SETTINGS: Table = Table {
    name: "client_settings_v1",
    columns: &[
        Column::text("tenant"),
        Column::text("client_id"),
        Column::text("setting"),
        Column::text("value"),
    ],
    key: 3,
    indexes: &[],
};

/// Stands for all clients that have no value of their own.
const DEFAULTS: &str = "";

/// Keeps one row for each value.
#[derive(Debug)]
pub(crate) struct ClientSettings;

impl Projection for ClientSettings {
    fn name(&self) -> &'static str {
        SETTINGS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&SETTINGS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of settings")]
        match event {
            Event::ClientSettingsChanged(fact) => {
                changed(recorded, &fact.client.to_string(), &fact.changes, changes)
            }
            Event::DefaultSettingsChanged(fact) => {
                changed(recorded, DEFAULTS, &fact.changes, changes)
            }
            Event::ClientDeleted(fact) => {
                changes.delete(&SETTINGS, values![&recorded.tenant, fact.client.0])
            }
            _ => Ok(()),
        }
    }
}

fn changed(
    recorded: &Recorded,
    client: &str,
    facts: &[SettingChange],
    changes: &mut Changes,
) -> Result<(), ProjectError> {
    facts.iter().try_for_each(|SettingChange { key, after, .. }| {
        let row = values![&recorded.tenant, client, key].to_vec();
        match after {
            Some(value) => changes.upsert(&SETTINGS, row.into_iter().chain([Value::json(value)?])),
            None => changes.delete(&SETTINGS, row),
        }
    })
}

const EFFECTIVE: &str = "select setting, value from client_settings_v1
    where tenant = $1 and client_id in ('', $2) order by client_id, setting";
const DEFAULT: &str = "select setting, value from client_settings_v1
    where tenant = $1 and client_id = '' order by setting";
const OWN: &str = "select setting, value from client_settings_v1
    where tenant = $1 and client_id = $2 order by setting";
const ALL: &str = "select c.capture_id, s.setting, s.value from client_settings_v1 s
    join clients_v1 c on c.tenant = s.tenant and c.client_id = s.client_id
    where s.tenant = $1 order by c.capture_id, s.setting";

pub(crate) const STATEMENTS: &[&str] = &[EFFECTIVE, DEFAULT, OWN, ALL];

/// What holds for a client: its own values, and the defaults of other keys.
pub async fn effective(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
) -> Result<Settings, ViewError> {
    // The defaults come first, and what comes later counts.
    read(views.rows(SETTINGS.name, tenant, EFFECTIVE, &values![client.0]).await?)
}

/// What holds for every client that has no value of its own.
pub async fn defaults(views: &Views, tenant: &TenantId) -> Result<Settings, ViewError> {
    read(views.rows(SETTINGS.name, tenant, DEFAULT, &[]).await?)
}

/// A client's own values.
pub async fn own(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
) -> Result<Settings, ViewError> {
    read(views.rows(SETTINGS.name, tenant, OWN, &values![client.0]).await?)
}

/// The own values of all clients that have any, by their Capture ids.
pub async fn all(
    views: &Views,
    tenant: &TenantId,
) -> Result<BTreeMap<String, Settings>, ViewError> {
    let mut all = BTreeMap::<_, Settings>::new();
    for mut row in views.rows(SETTINGS.name, tenant, ALL, &[]).await? {
        all.entry(row.text()?).or_default().insert(row.text()?, row.json()?);
    }
    Ok(all)
}

fn read(rows: Vec<Row>) -> Result<Settings, ViewError> {
    rows.into_iter().map(|mut row| Ok((row.text()?, row.json()?))).collect()
}

#[cfg(test)]
mod tests {
    use domain::{ClientSettingsChanged, DefaultSettingsChanged};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::sample::told;

    #[test]
    fn a_value_has_a_row_until_it_is_deleted() {
        let client = ClientId(Uuid::nil());
        let change = |key: &str, after| SettingChange { key: key.to_owned(), before: None, after };
        let changes = vec![change("a", Some(json!("x"))), change("b", None)];
        let rows = told(
            ClientSettings,
            &[
                ClientSettingsChanged { client, changes: changes.clone() }.into(),
                DefaultSettingsChanged { tenant: TenantId::new("acme").unwrap(), changes }.into(),
            ],
        );
        let expected = [
            "client_settings_v1 - acme  b".to_owned(),
            format!("client_settings_v1 - acme {client} b"),
            r#"client_settings_v1 + acme  a "x""#.to_owned(),
            format!(r#"client_settings_v1 + acme {client} a "x""#),
        ];
        assert_eq!(rows, expected);
    }
}
