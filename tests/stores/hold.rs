//! Holding up whoever appends, from outside the program, for as long as it is wanted.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection, Row as _, SqliteConnection};

use super::{Database, Place};

/// Appends wait while this is held: all of them, or those that would go to the first free position
/// of partition 0.
pub(crate) enum Hold {
    /// The lock on the file.
    File(SqliteConnection),
    /// A row at that position, or a lock on the table, of a transaction that is not committed.
    Row(PgConnection),
}

impl Database {
    /// Holds up every append, wherever it would go.
    pub(crate) async fn hold_all(&self) -> Hold {
        match &self.place {
            Place::DataDir(_) => self.hold().await,
            Place::Url(url) => {
                let mut raw = PgConnection::connect(url).await.unwrap();
                let lock = "BEGIN; LOCK TABLE events IN EXCLUSIVE MODE";
                sqlx::raw_sql(lock).execute(&mut raw).await.unwrap();
                Hold::Row(raw)
            }
        }
    }

    pub(crate) async fn hold(&self) -> Hold {
        match &self.place {
            Place::DataDir(dir) => {
                let url = format!("sqlite://{}", dir.join("log.db").display());
                let mut raw = SqliteConnection::connect(&url).await.unwrap();
                sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut raw).await.unwrap();
                Hold::File(raw)
            }
            Place::Url(url) => {
                let mut raw = PgConnection::connect(url).await.unwrap();
                sqlx::raw_sql(
                    "BEGIN; INSERT INTO events SELECT partition, position + 1, tenant, -99, \
                     aggregate_kind, aggregate_id, -99, event_type, event_version, payload, \
                     payload_hash, leaf_hash, resource_owner, actor_home, actor_kind, actor_id, \
                     actor_authenticated, command, command_id, correlation, caller_address, \
                     created_at FROM events WHERE partition = 0 ORDER BY position DESC LIMIT 1",
                )
                .execute(&mut raw)
                .await
                .unwrap();
                Hold::Row(raw)
            }
        }
    }
}

impl Hold {
    /// Waits until an append stands before it. SQLite does not tell who waits for the file.
    pub(crate) async fn met(&mut self) {
        match self {
            Self::File(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            Self::Row(raw) => {
                let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted \
                             AND locktype = 'transactionid'";
                while sqlx::query(waits).fetch_one(&mut *raw).await.unwrap().get::<i64, _>(0) == 0 {
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    /// Lets everybody pass, as if it had never been.
    pub(crate) async fn release(self) {
        match self {
            Self::File(mut raw) => {
                sqlx::raw_sql("ROLLBACK").execute(&mut raw).await.unwrap();
            }
            Self::Row(mut raw) => {
                sqlx::raw_sql("ROLLBACK").execute(&mut raw).await.unwrap();
            }
        }
    }
}
