//! Which attributes of records API clients may touch, where they may not touch all.

use std::collections::BTreeSet;

use domain::{AccessKind, ClientId, Event, TenantId};
use eventlog::Recorded;

use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static SCHEMAS: Table = Table {
    name: "access_schemas_v1",
    columns: &[
        Column::text("tenant"),
        Column::text("client_id"),
        Column::text("kind"),
        Column::text("attributes"),
    ],
    key: 3,
    indexes: &[],
};

/// Keeps one row for each schema.
#[derive(Debug)]
pub(crate) struct AccessSchemas;

impl Projection for AccessSchemas {
    fn name(&self) -> &'static str {
        SCHEMAS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&SCHEMAS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of schemas")]
        match event {
            Event::AccessSchemaSet(fact) => {
                let attributes = Value::json(&fact.after)?;
                let row = values![tenant, fact.client.0, fact.kind.as_str(), attributes];
                changes.upsert(&SCHEMAS, row)
            }
            Event::ClientDeleted(fact) => changes.delete(&SCHEMAS, values![tenant, fact.client.0]),
            _ => Ok(()),
        }
    }
}

const ONE: &str = "select attributes from access_schemas_v1
    where tenant = $1 and client_id = $2 and kind = $3";

pub(crate) const STATEMENTS: &[&str] = &[ONE];

/// The paths that a client may touch in this way; `None` when it may touch all.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
    kind: AccessKind,
) -> Result<Option<BTreeSet<String>>, ViewError> {
    let params = values![client.0, kind.as_str()];
    let rows = views.rows(SCHEMAS.name, tenant, ONE, &params).await?;
    rows.into_iter().next().map(|mut row| row.json()).transpose()
}

#[cfg(test)]
mod tests {
    use domain::AccessSchemaSet;
    use uuid::Uuid;

    use super::*;
    use crate::sample::told;

    #[test]
    fn a_schema_has_a_row() {
        let set = AccessSchemaSet {
            client: ClientId(Uuid::nil()),
            entity_type: "user".to_owned(),
            kind: AccessKind::WriteWithToken,
            before: None,
            after: ["email".to_owned()].into(),
        };
        let expected =
            format!(r#"access_schemas_v1 + acme {} write_with_token ["email"]"#, Uuid::nil());
        assert_eq!(told(AccessSchemas, &[set.into()]), [expected]);
    }
}
