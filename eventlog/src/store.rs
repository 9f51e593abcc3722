//! What SQLite and PostgreSQL share: the same words, sent by whichever store it is. A store of its
//! own brings its append, its connections, and how it tells one fault from another.

mod access;
mod cursors;
mod decode;
mod install;
mod log;
mod proofs;
mod search;
mod sql;
mod value;

use std::future::Future;

use sqlx::SqlSafeStr;
use uuid::Uuid;

use crate::{Appended, Batch, LogError};

pub(crate) use install::{
    INSTALL, INSTALLED, Schema, Step, TAKEN, check_taken, installed, migrated, migrator,
};
pub(crate) use sql::{EVENT_COLUMNS, event_columns};
pub(crate) use value::{Cells, Value, bind_all, bind_event};

/// What was fixed when the store was first opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Installation {
    pub(crate) id: Uuid,
    pub(crate) partitions: i32,
}

/// A store of events; every one is an [`crate::EventLog`].
pub(crate) trait Store: Send + Sync + 'static {
    type Row: Cells + Send;

    /// What the store is called.
    const NAME: &'static str;
    /// Selects partition, position and leaf hash of the newest row of each partition.
    const HEADS: &'static str;

    fn installation(&self) -> Installation;

    /// Writes a batch, all of it or nothing.
    fn append(&self, batch: &Batch) -> impl Future<Output = Result<Appended, LogError>> + Send;

    /// Lets go of what deleted rows left behind.
    fn scrub(&self) -> impl Future<Output = Result<(), LogError>> + Send;

    /// Runs a query on a connection for readers.
    fn fetch(
        &self,
        sql: impl SqlSafeStr + Send,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<Self::Row>, LogError>> + Send;

    /// Runs a statement that writes, and returns what it is `RETURNING`.
    fn change(
        &self,
        sql: impl SqlSafeStr + Send,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<Self::Row>, LogError>> + Send;
}
