//! The public keys of API clients.

use chrono::{DateTime, Utc};
use domain::{ClientId, Event, KeyId, TenantId};
use eventlog::Recorded;

use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

static KEYS: Table = Table {
    name: "client_keys_v1",
    columns: &[
        Column::text("tenant"),
        Column::text("key_id"),
        Column::text("client_id"),
        Column::text("public_key"),
        Column::int("expires_at").nullable(),
    ],
    key: 2,
    indexes: &[&["key_id"]],
};

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientKeyRow {
    pub tenant: TenantId,
    pub client: ClientId,
    /// RSA, in PEM form.
    pub public_key: String,
    pub expires_at: Option<DateTime<Utc>>,
}

/// Keeps one row for each key.
#[derive(Debug)]
pub(crate) struct ClientKeys;

impl Projection for ClientKeys {
    fn name(&self) -> &'static str {
        KEYS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&KEYS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of keys")]
        match event {
            Event::ClientKeyAdded(fact) => {
                let (key, pem) = (fact.key.as_str(), &fact.public_key);
                changes.upsert(&KEYS, values![tenant, key, fact.client.0, pem, fact.expires_at])
            }
            Event::ClientKeyRemoved(fact) => {
                changes.delete(&KEYS, values![tenant, fact.key.as_str()])
            }
            _ => Ok(()),
        }
    }
}

const ONE: &str = "select tenant, client_id, public_key, expires_at
    from client_keys_v1 where key_id = $1";

pub(crate) const STATEMENTS: &[&str] = &[ONE];

/// The key of that id, whosever it is.
pub async fn one(views: &Views, key: &KeyId) -> Result<Option<ClientKeyRow>, ViewError> {
    let rows = views.any(ONE, &values![key.as_str()]).await?;
    let Some(mut row) = rows.into_iter().next() else { return Ok(None) };
    let found = ClientKeyRow {
        tenant: row.tenant()?,
        client: ClientId(row.uuid()?),
        public_key: row.text()?,
        expires_at: row.maybe_time()?,
    };
    views.check(&found.tenant, KEYS.name)?;
    Ok(Some(found))
}

#[cfg(test)]
mod tests {
    use domain::{ClientKeyAdded, ClientKeyRemoved};
    use uuid::Uuid;

    use super::*;
    use crate::sample::told;

    #[test]
    fn a_key_has_a_row_until_it_is_removed() {
        let (client, key) = (ClientId(Uuid::nil()), KeyId("k1".to_owned()));
        let public_key = "pem".to_owned();
        let added = ClientKeyAdded { client, key: key.clone(), public_key, expires_at: None };
        let rows = told(ClientKeys, &[added.into()]);
        assert_eq!(rows, [format!("client_keys_v1 + acme k1 {client} pem -")]);
        let removed = ClientKeyRemoved { client, key };
        assert_eq!(told(ClientKeys, &[removed.into()]), ["client_keys_v1 - acme k1"]);
    }
}
