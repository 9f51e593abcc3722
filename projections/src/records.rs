//! Records of people. What one says is kept as it came with the event: sealed.

use domain::{Event, Personal, RecordContent, RecordId, TenantId};
use eventlog::Recorded;
use uuid::Uuid;

use crate::projection::{Marks, made, marked, modified};
use crate::value::Row;
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static RECORDS: Table = Table {
    name: "records_v1",
    columns: marked![
        Column::text("tenant"),
        Column::int("record_id"),
        Column::text("uuid"),
        Column::text("content"),
    ],
    key: 2,
    indexes: &[&["tenant", "uuid"]],
};

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    pub record: RecordId,
    /// Also whose key it is sealed under.
    pub uuid: Uuid,
    /// Sealed; [`eventlog::TenantKeys::open_personal`] opens it.
    pub content: Personal<RecordContent>,
    pub marks: Marks,
}

/// Keeps one row for each record.
#[derive(Debug)]
pub(crate) struct Records;

impl Projection for Records {
    fn name(&self) -> &'static str {
        RECORDS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&RECORDS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of records")]
        match event {
            Event::RecordCreated(fact) => {
                let content = Value::json(&fact.content)?;
                let row = values![tenant, fact.record.0, fact.uuid, content];
                changes.upsert(&RECORDS, row.into_iter().chain(made(recorded)))
            }
            Event::RecordChanged(fact) => {
                let content = ("content", Value::json(&fact.content)?);
                let set = [content].into_iter().chain(modified(recorded));
                changes.update(&RECORDS, values![tenant, fact.record.0], set)
            }
            Event::SubjectErased(fact) if fact.about.kind == "record" => {
                let Ok(record) = fact.about.id.parse::<i64>() else { return Ok(()) };
                let erased = Value::json(&Personal::<RecordContent>::Erased)?;
                changes.update(&RECORDS, values![tenant, record], [("content", erased)])
            }
            _ => Ok(()),
        }
    }
}

macro_rules! select {
    () => {
        "select record_id, uuid, content,
        created_by, created_at, modified_by, modified_at, sequence
        from records_v1 where tenant = $1 and "
    };
}

const ONE: &str = concat!(select!(), "record_id = $2");
const BY_UUID: &str = concat!(select!(), "uuid = $2");

pub(crate) const STATEMENTS: &[&str] = &[ONE, BY_UUID];

/// The record of that id.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    record: RecordId,
) -> Result<Option<RecordRow>, ViewError> {
    let rows = views.rows(RECORDS.name, tenant, ONE, &values![record.0]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// The record of that UUID.
pub async fn by_uuid(
    views: &Views,
    tenant: &TenantId,
    uuid: Uuid,
) -> Result<Option<RecordRow>, ViewError> {
    let rows = views.rows(RECORDS.name, tenant, BY_UUID, &values![uuid]).await?;
    rows.into_iter().next().map(read).transpose()
}

fn read(mut row: Row) -> Result<RecordRow, ViewError> {
    Ok(RecordRow {
        record: RecordId(row.int()?),
        uuid: row.uuid()?,
        content: row.json()?,
        marks: Marks::read(&mut row)?,
    })
}

#[cfg(test)]
mod tests {
    use domain::{RecordChanged, RecordCreated};

    use super::*;
    use crate::sample::told;

    #[test]
    fn a_record_has_a_row_as_it_was_changed_last() {
        let (record, uuid) = (RecordId(7), Uuid::nil());
        let entity_type = "user".to_owned();
        let content = Personal::<RecordContent>::Erased;
        let created = RecordCreated { record, uuid, entity_type, content };
        let changed = RecordChanged { record, content: Personal::Erased };
        let rows = told(Records, &[created.into(), changed.into()]);
        assert_eq!(rows, [format!(r#"records_v1 + acme 7 {uuid} "erased" ada 1 ada 2 1"#)]);
    }
}
