//! The addresses that API clients may call from, where they may not from everywhere.

use domain::{ClientId, Event, TenantId};
use eventlog::Recorded;

use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static LISTS: Table = Table {
    name: "client_allow_lists_v1",
    columns: &[Column::text("tenant"), Column::text("client_id"), Column::text("blocks")],
    key: 2,
    indexes: &[],
};

/// Keeps one row for each client that has a list.
#[derive(Debug)]
pub(crate) struct ClientAllowLists;

impl Projection for ClientAllowLists {
    fn name(&self) -> &'static str {
        LISTS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&LISTS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of these lists")]
        match event {
            Event::ClientAllowListSet(fact) => {
                let blocks = Value::json(&fact.after)?;
                changes.upsert(&LISTS, values![tenant, fact.client.0, blocks])
            }
            Event::ClientAllowListCleared(fact) => {
                changes.delete(&LISTS, values![tenant, fact.client.0])
            }
            Event::ClientDeleted(fact) => changes.delete(&LISTS, values![tenant, fact.client.0]),
            _ => Ok(()),
        }
    }
}

const ONE: &str = "select blocks from client_allow_lists_v1 where tenant = $1 and client_id = $2";

pub(crate) const STATEMENTS: &[&str] = &[ONE];

/// The blocks of a client, in the order they were given; empty when it may call from everywhere.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
) -> Result<Vec<String>, ViewError> {
    let rows = views.rows(LISTS.name, tenant, ONE, &values![client.0]).await?;
    rows.into_iter().next().map_or(Ok(Vec::new()), |mut row| row.json())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::{ClientAllowListCleared, ClientAllowListSet, ClientDeleted};
    use uuid::Uuid;

    use super::*;
    use crate::sample::told;

    const ID: ClientId = ClientId(Uuid::nil());

    #[test]
    fn a_list_has_a_row_until_it_is_cleared_or_its_client_is_gone() {
        let after = vec!["10.0.0.0/8".to_owned()];
        let set = ClientAllowListSet { client: ID, before: vec![], after: after.clone() };
        let set = Event::from(set);
        let rows = told(ClientAllowLists, std::slice::from_ref(&set));
        assert_eq!(rows, [format!(r#"client_allow_lists_v1 + acme {ID} ["10.0.0.0/8"]"#)]);
        let cleared = ClientAllowListCleared { client: ID, before: after };
        let deleted = ClientDeleted {
            client: ID,
            name: "Bo".to_owned(),
            features: BTreeSet::new(),
            tags: BTreeSet::new(),
            credentials: vec![],
            was_active: true,
        };
        for end in [cleared.into(), deleted.into()] {
            let rows = told(ClientAllowLists, &[set.clone(), end]);
            assert_eq!(rows, [format!("client_allow_lists_v1 - acme {ID}")]);
        }
    }
}
