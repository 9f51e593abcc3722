//! The database of one test.

use std::path::PathBuf;
use std::sync::Arc;

use eventlog::{EventLog, LogError, SqliteLog};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use uuid::Uuid;

use super::Store;

/// Where a database is, as the program is told.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    DataDir(PathBuf),
}

#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) place: Place,
}

impl Database {
    pub(super) async fn create(store: Store) -> Self {
        match store {
            Store::Sqlite => {
                let name = format!("chancery-test-{}", Uuid::now_v7().simple());
                Self { place: Place::DataDir(std::env::temp_dir().join(name)) }
            }
        }
    }

    /// Opens the log once more, as another node would.
    pub(crate) async fn open(&self) -> Result<Arc<dyn EventLog>, LogError> {
        match &self.place {
            Place::DataDir(dir) => Ok(Arc::new(SqliteLog::open(dir).await?)),
        }
    }

    /// Opens the log, which must go well.
    pub(crate) async fn log(&self) -> Arc<dyn EventLog> {
        self.open().await.unwrap()
    }

    /// Runs statements past the program, with the fence around events lifted.
    pub(crate) async fn tamper(&self, statements: &str) {
        match &self.place {
            Place::DataDir(dir) => {
                let url = format!("sqlite://{}", dir.join("log.db").display());
                let mut raw = SqliteConnection::connect(&url).await.unwrap();
                let lifted = format!(
                    "DROP TRIGGER events_stay; DROP TRIGGER events_stay_as_they_are; {statements}"
                );
                sqlx::raw_sql(AssertSqlSafe(lifted)).execute(&mut raw).await.unwrap();
                raw.close().await.unwrap();
            }
        }
    }

    pub(super) async fn remove(&self) {
        match &self.place {
            Place::DataDir(dir) => {
                let _ = std::fs::remove_dir_all(dir);
            }
        }
    }
}
