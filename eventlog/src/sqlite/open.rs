//! Opening `log.db`: its connections, its schema, and its first rows.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use uuid::Uuid;

use super::append::insert_events;
use super::fault::{fault, is_busy};
use crate::store::{
    INSTALL, INSTALLED, Installation, Schema, Step, TAKEN, check_taken, installed, migrated,
    migrator,
};
use crate::{LogError, genesis};

const STEPS: [Step; 4] = [
    (1, "log", include_str!("../../../migrations/sqlite/0001_log.sql")),
    (2, "proof", include_str!("../../../migrations/sqlite/0002_proof.sql")),
    (4, "webhooks", include_str!("../../../migrations/sqlite/0004_webhooks.sql")),
    (5, "access records", include_str!("../../../migrations/sqlite/0005_access_records.sql")),
];

/// How long a connection waits for the file's lock: other processes hold it for one append.
const BUSY: Duration = Duration::from_secs(5);
const READERS: u32 = 4;

fn options(data_dir: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(data_dir.join("log.db")).busy_timeout(BUSY)
}

/// Connects what reads, when it is first asked to. It cannot write.
pub(super) fn readers(data_dir: &Path) -> SqlitePool {
    let pool = SqlitePoolOptions::new().max_connections(READERS).test_before_acquire(false);
    pool.connect_lazy_with(options(data_dir).read_only(true))
}

/// Connects what writes, and brings the schema up to date.
pub(super) async fn writer(data_dir: &Path) -> Result<(SqliteConnection, Installation), LogError> {
    std::fs::create_dir_all(data_dir).map_err(|error| {
        LogError::Unusable(format!("there is no data directory {}: {error}", data_dir.display()))
    })?;
    let deadline = Instant::now() + BUSY;
    loop {
        match first_steps(data_dir).await {
            // The change to WAL needs the file for itself and does not wait for it.
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            done => return done,
        }
    }
}

/// Connects what cannot write, where the schema is up to date.
pub(super) async fn only_reader(
    data_dir: &Path,
) -> Result<(SqliteConnection, Installation), LogError> {
    if !data_dir.join("log.db").exists() {
        return Err(LogError::Unusable(format!("there is no store in {}", data_dir.display())));
    }
    let options = options(data_dir).read_only(true);
    let mut reader = options.connect().await.map_err(fault)?;
    schema(&mut reader).await?.check_made()?;
    let taken = sqlx::query_as(TAKEN).fetch_all(&mut reader).await.map_err(fault)?;
    check_taken(&STEPS, &taken)?;
    let found = sqlx::query(INSTALLED).fetch_all(&mut reader).await.map_err(fault)?;
    Ok((reader, installed(&found)?))
}

async fn first_steps(data_dir: &Path) -> Result<(SqliteConnection, Installation), LogError> {
    let options = options(data_dir)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // What is deleted is overwritten, in the file and in what is written to it next.
        .pragma("secure_delete", "ON");
    let mut writer = options.connect().await.map_err(fault)?;
    // All in one transaction: of two processes that start at once, one finds everything done.
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await.map_err(fault)?;
    schema(&mut tx).await?.check()?;
    migrated(migrator(&STEPS).run_direct(None, &mut *tx, false).await, fault)?;
    let installation = install(&mut tx).await?;
    tx.commit().await.map_err(fault)?;
    Ok((writer, installation))
}

/// Brings the write-ahead log into the file and cuts it off: it holds pages as they were before.
pub(super) async fn scrub(writer: &mut SqliteConnection) -> Result<(), LogError> {
    let checkpoint = sqlx::query_as::<_, (i64, i64, i64)>("PRAGMA wal_checkpoint(TRUNCATE)");
    let (busy, ..) = checkpoint.fetch_one(writer).await.map_err(fault)?;
    if busy != 0 {
        tracing::warn!("a reader keeps the write-ahead log from being cut off");
    }
    Ok(())
}

async fn schema(connection: &mut SqliteConnection) -> Result<Schema, LogError> {
    let (tables, ours) = sqlx::query_as::<_, (i64, bool)>(
        "SELECT count(*), count(*) FILTER (WHERE name = 'installation') > 0 FROM sqlite_master \
         WHERE type = 'table'",
    )
    .fetch_one(connection)
    .await
    .map_err(fault)?;
    Ok(Schema { tables, ours })
}

/// Writes the installation's row and the genesis of its one partition, if they are not there.
async fn install(connection: &mut SqliteConnection) -> Result<Installation, LogError> {
    let id = Uuid::now_v7();
    let fresh = sqlx::query(INSTALL).bind(id.as_bytes().as_slice()).bind(1_i64);
    let fresh = fresh.execute(&mut *connection).await.map_err(fault)?;
    if fresh.rows_affected() > 0 {
        insert_events(connection, &[genesis(id, 0)]).await.map_err(fault)?;
    }
    installed(&sqlx::query(INSTALLED).fetch_all(connection).await.map_err(fault)?)
}
