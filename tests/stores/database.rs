//! The database of one test.

use std::path::PathBuf;
use std::sync::Arc;

use eventlog::{EventLog, LogError, PostgresLog, SqliteLog};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use uuid::Uuid;

use super::Store;

/// Few, so that tests see more than one and still start fast.
pub(crate) const PARTITIONS: i32 = 4;

/// Where a database is, as the program is told.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    DataDir(PathBuf),
    Url(String),
}

#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) place: Place,
}

fn server() -> String {
    std::env::var("TEST_DATABASE_URL")
        .unwrap_or_else(|_| panic!("no PostgreSQL server is named; run the tests by: tests/run"))
}

/// The URL of another database on the same server.
fn on_server(database: &str) -> String {
    let server = server();
    let (place, query) = server.split_once('?').map_or((&*server, None), |(p, q)| (p, Some(q)));
    let (place, _) = place.rsplit_once('/').unwrap();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{place}/{database}{query}")
}

async fn ask_server(statement: String) {
    let mut admin = PgConnection::connect(&server()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
}

impl Database {
    pub(super) async fn create(store: Store) -> Self {
        let name = format!("chancery_test_{}", Uuid::now_v7().simple());
        let place = match store {
            Store::Sqlite => Place::DataDir(std::env::temp_dir().join(name)),
            Store::Postgres => {
                ask_server(format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
                    .await;
                Place::Url(on_server(&name))
            }
        };
        Self { place }
    }

    pub(super) async fn remove(&self) {
        match &self.place {
            Place::DataDir(dir) => {
                let _ = std::fs::remove_dir_all(dir);
            }
            Place::Url(url) => {
                let name = url.split('?').next().unwrap().rsplit('/').next().unwrap();
                ask_server(format!("DROP DATABASE {name} WITH (FORCE)")).await;
            }
        }
    }

    /// Opens the log once more, as another node would.
    pub(crate) async fn open(&self) -> Result<Arc<dyn EventLog>, LogError> {
        Ok(match &self.place {
            Place::DataDir(dir) => Arc::new(SqliteLog::open(dir).await?),
            Place::Url(url) => Arc::new(PostgresLog::connect(url, PARTITIONS).await?),
        })
    }

    /// Opens the log, which must go well.
    pub(crate) async fn log(&self) -> Arc<dyn EventLog> {
        self.open().await.unwrap()
    }

    /// Runs statements before the program was ever here.
    pub(crate) async fn execute_on_empty(&self, statements: &str) {
        if let Place::DataDir(dir) = &self.place {
            std::fs::create_dir_all(dir).unwrap();
            std::fs::File::create(dir.join("log.db")).unwrap();
        }
        self.execute(statements).await.unwrap();
    }

    /// Opens the log where there is none and can be none.
    pub(crate) async fn nowhere(&self) -> Result<Arc<dyn EventLog>, LogError> {
        Ok(match &self.place {
            Place::DataDir(dir) => {
                std::fs::create_dir_all(dir).unwrap();
                std::fs::write(dir.join("file"), "no directory").unwrap();
                Arc::new(SqliteLog::open(&dir.join("file")).await?)
            }
            Place::Url(_) => {
                Arc::new(PostgresLog::connect(&on_server("no_such_database"), PARTITIONS).await?)
            }
        })
    }

    /// Runs statements past the program, with the fences around events and checkpoints lifted.
    pub(crate) async fn tamper(&self, statements: &str) {
        match &self.place {
            Place::DataDir(_) => {
                let fences = ["events", "tenant_checkpoints", "installation_checkpoints"].map(|it| {
                    format!("DROP TRIGGER IF EXISTS {it}_stay; DROP TRIGGER IF EXISTS {it}_stay_as_they_are;")
                });
                self.execute(&format!("{} {statements}", fences.concat())).await.unwrap();
            }
            Place::Url(_) => {
                let lift = "SET session_replication_role = replica";
                self.execute(&format!("{lift}; {statements}")).await.unwrap();
            }
        }
    }

    /// Runs statements past the program, where the read models are.
    pub(crate) async fn execute_on_views(&self, statements: &str) {
        self.run("views.db", statements).await.unwrap();
    }

    /// Runs statements past the program.
    pub(crate) async fn execute(&self, statements: &str) -> Result<(), sqlx::Error> {
        self.run("log.db", statements).await
    }

    async fn run(&self, file: &str, statements: &str) -> Result<(), sqlx::Error> {
        let sql = sqlx::raw_sql(AssertSqlSafe(statements.to_owned()));
        match &self.place {
            Place::DataDir(dir) => {
                let url = format!("sqlite://{}", dir.join(file).display());
                let mut raw = SqliteConnection::connect(&url).await?;
                sql.execute(&mut raw).await?;
                raw.close().await
            }
            Place::Url(url) => {
                let mut raw = PgConnection::connect(url).await?;
                sql.execute(&mut raw).await?;
                raw.close().await
            }
        }
    }
}
