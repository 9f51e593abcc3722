//! What goes into a statement and comes out of a row: whole numbers, text, and bytes; nothing else
//! is stored, so that both stores keep the same.

use sqlx::{ColumnIndex, Database, Decode, Postgres, Row, Type};

/// A value bound to a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl Value<'_> {
    /// Whether it is a text with a NUL in it. PostgreSQL can keep none, so no row is found by one,
    /// and it takes none in a question either.
    pub(crate) fn holds_nul(&self) -> bool {
        matches!(self, Self::Text(text) if text.contains('\0'))
    }
}

/// Binds values in their order, whichever driver the query is for.
macro_rules! bind_all {
    ($query:expr, $values:expr) => {
        $values.iter().fold($query, |query, value| match *value {
            $crate::store::Value::Int(n) => query.bind(n),
            $crate::store::Value::Text(text) => query.bind(text),
            $crate::store::Value::Bytes(bytes) => query.bind(bytes),
        })
    };
}
pub(crate) use bind_all;

/// Binds an event, in the order of its columns, whichever driver the query is for.
macro_rules! bind_event {
    ($query:expr, $event:expr) => {{
        let event: &$crate::Recorded = $event;
        $query
            .bind(i64::from(event.partition))
            .bind(event.position)
            .bind(event.tenant.as_str())
            .bind(event.ordinal)
            .bind(event.aggregate.kind.as_str())
            .bind(event.aggregate.id.as_str())
            .bind(event.sequence)
            .bind(event.event_type.as_str())
            .bind(i64::from(event.event_version))
            .bind(event.payload.as_slice())
            .bind(event.payload_hash.0.as_slice())
            .bind(event.leaf_hash.0.as_slice())
            .bind(event.resource_owner.as_str())
            .bind(event.actor.home.as_str())
            .bind(event.actor.kind.as_str())
            .bind(event.actor.id.as_str())
            .bind(event.actor.authenticated.as_str())
            .bind(event.command.as_str())
            .bind(event.command_id.as_bytes().as_slice())
            .bind(event.correlation.as_str())
            .bind(event.caller_address.as_deref())
            .bind(event.created_at.timestamp_micros())
    }};
}
pub(crate) use bind_event;

/// Reads a row by the index of its columns.
pub(crate) trait Cells {
    fn int(&self, index: usize) -> Result<i64, sqlx::Error>;
    fn text(&self, index: usize) -> Result<String, sqlx::Error>;
    fn bytes(&self, index: usize) -> Result<Vec<u8>, sqlx::Error>;
    fn maybe_bytes(&self, index: usize) -> Result<Option<Vec<u8>>, sqlx::Error>;
}

impl<R: Row> Cells for R
where
    usize: ColumnIndex<R>,
    i64: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    String: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    Option<Vec<u8>>: for<'r> Decode<'r, R::Database> + Type<R::Database>,
{
    fn int(&self, index: usize) -> Result<i64, sqlx::Error> {
        cell(self, index)
    }
    fn text(&self, index: usize) -> Result<String, sqlx::Error> {
        cell(self, index)
    }
    fn bytes(&self, index: usize) -> Result<Vec<u8>, sqlx::Error> {
        cell(self, index)
    }
    fn maybe_bytes(&self, index: usize) -> Result<Option<Vec<u8>>, sqlx::Error> {
        cell(self, index)
    }
}

/// What PostgreSQL keeps in a column is of its type. SQLite keeps anything there, so each of its
/// cells is looked at.
fn cell<'r, R, T>(row: &'r R, index: usize) -> Result<T, sqlx::Error>
where
    R: Row,
    usize: ColumnIndex<R>,
    T: Decode<'r, R::Database> + Type<R::Database>,
{
    if R::Database::NAME == Postgres::NAME {
        row.try_get_unchecked(index)
    } else {
        row.try_get(index)
    }
}
