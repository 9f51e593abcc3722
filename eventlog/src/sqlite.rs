//! The log in an SQLite file of this process: one connection writes, others read.

mod append;
mod fault;
mod open;

use std::path::Path;

use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{SqlSafeStr, SqliteConnection};
use tokio::sync::Mutex;

use crate::store::{Installation, Store, Value, bind_all};
use crate::{Appended, Batch, LogError};
use fault::fault;

/// The log in `log.db` of a data directory.
#[derive(Debug)]
pub struct SqliteLog {
    /// The only one that writes, so that writers wait here, in order, and not at the file's lock.
    writer: Mutex<SqliteConnection>,
    readers: SqlitePool,
    installation: Installation,
}

impl SqliteLog {
    /// Opens the log of a data directory, and makes both if they are not there.
    pub async fn open(data_dir: &Path) -> Result<Self, LogError> {
        let (writer, installation) = open::writer(data_dir).await?;
        let readers = open::readers(data_dir);
        Ok(Self { writer: Mutex::new(writer), readers, installation })
    }

    /// Opens the log of a data directory to read it and nothing else, as beside a server that
    /// serves it. One whose schema is not the one that this program knows is
    /// [`LogError::Unusable`].
    pub async fn open_to_read(data_dir: &Path) -> Result<Self, LogError> {
        let (reader, installation) = open::only_reader(data_dir).await?;
        let readers = open::readers(data_dir);
        Ok(Self { writer: Mutex::new(reader), readers, installation })
    }
}

impl Store for SqliteLog {
    type Row = SqliteRow;

    const NAME: &'static str = "sqlite";
    const HEADS: &'static str = "SELECT partition, position, leaf_hash FROM events \
         WHERE partition = 0 ORDER BY position DESC LIMIT 1";

    fn installation(&self) -> Installation {
        self.installation
    }

    async fn append(&self, batch: &Batch) -> Result<Appended, LogError> {
        if append::writes_nothing(batch) {
            let mut reader = self.readers.acquire().await.map_err(fault)?;
            let holds = append::hold(&mut reader, &batch.bases).await?;
            return Ok(if holds { Appended::Landed } else { Appended::Moved });
        }
        append::append(&mut *self.writer.lock().await, batch).await
    }

    async fn scrub(&self) -> Result<(), LogError> {
        open::scrub(&mut *self.writer.lock().await).await
    }

    async fn fetch(
        &self,
        sql: impl SqlSafeStr + Send,
        values: &[Value<'_>],
    ) -> Result<Vec<SqliteRow>, LogError> {
        if values.iter().any(Value::holds_nul) {
            return Ok(Vec::new());
        }
        let query = bind_all!(sqlx::query(sql), values);
        query.fetch_all(&self.readers).await.map_err(fault)
    }

    async fn change(
        &self,
        sql: impl SqlSafeStr + Send,
        values: &[Value<'_>],
    ) -> Result<Vec<SqliteRow>, LogError> {
        let query = bind_all!(sqlx::query(sql), values);
        query.fetch_all(&mut *self.writer.lock().await).await.map_err(fault)
    }
}
