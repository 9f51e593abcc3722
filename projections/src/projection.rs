//! What a projection is: a declaration of tables and a pure function from event to row changes.

use chrono::{DateTime, Utc};
use domain::Event;
use eventlog::Recorded;

use crate::value::Row;
use crate::{Changes, ProjectError, Table, Value, ViewError};

/// A read model. What it writes depends on the event alone, so that it can be thrown away and
/// built again, at any position.
pub trait Projection: Send + Sync + 'static {
    /// Its name with its version, which is that of its first table.
    fn name(&self) -> &'static str;

    fn tables(&self) -> Vec<&'static Table>;

    /// Whether the past is told from rows that were folded for it; otherwise from today's.
    fn is_folded_for_the_past(&self) -> bool {
        true
    }

    /// What the event changes.
    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError>;
}

/// Who made a thing and who changed it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    pub modified_by: String,
    pub modified_at: DateTime<Utc>,
    /// Of the aggregate's last event.
    pub sequence: i64,
}

/// Columns that end with those of [`Marks`].
macro_rules! marked {
    ($($column:expr),* $(,)?) => {
        &[
            $($column,)*
            crate::Column::text("created_by"),
            crate::Column::int("created_at"),
            crate::Column::text("modified_by"),
            crate::Column::int("modified_at"),
            crate::Column::int("sequence"),
        ]
    };
}
pub(crate) use marked;

impl Marks {
    pub(crate) fn read(row: &mut Row) -> Result<Self, ViewError> {
        Ok(Self {
            created_by: row.text()?,
            created_at: row.time()?,
            modified_by: row.text()?,
            modified_at: row.time()?,
            sequence: row.int()?,
        })
    }
}

/// The columns of [`Marks`] for a thing that this event makes.
pub(crate) fn made(recorded: &Recorded) -> [Value; 5] {
    let (by, at) = (&recorded.actor.id, recorded.created_at);
    [by.into(), at.into(), by.into(), at.into(), recorded.sequence.into()]
}

/// The columns of [`Marks`] that an event changes.
pub(crate) fn modified(recorded: &Recorded) -> [(&'static str, Value); 3] {
    [
        ("modified_by", Value::from(&recorded.actor.id)),
        ("modified_at", recorded.created_at.into()),
        ("sequence", recorded.sequence.into()),
    ]
}
