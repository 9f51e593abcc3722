//! A few connections to lend out. Simpler than a pool, and sure of three things: lending costs no
//! round trip; a connection whose statement did not end is never lent again; and when one turns
//! out to be dead, those idle beside it are taken to be dead too.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgRow};
use sqlx::query::Query;
use sqlx::{ConnectOptions as _, Error, PgConnection, Postgres};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::fault::is_lost;

const CONNECT: Duration = Duration::from_secs(5);
/// Longer than the server's own limit for a statement, so that the server speaks first if it can.
const ANSWER: Duration = Duration::from_secs(12);

#[derive(Debug)]
pub(super) struct Connections {
    options: PgConnectOptions,
    permits: Semaphore,
    idle: Mutex<Vec<PgConnection>>,
}

fn too_late() -> Error {
    Error::Io(std::io::ErrorKind::TimedOut.into())
}

pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    timeout(CONNECT, options.connect()).await.map_err(|_| too_late())?
}

impl Connections {
    pub(super) fn new(options: PgConnectOptions, at_most: usize) -> Self {
        Self { options, permits: Semaphore::new(at_most), idle: Mutex::default() }
    }

    /// Runs one statement and returns its rows.
    pub(super) async fn rows(
        &self,
        query: Query<'_, Postgres, PgArguments>,
    ) -> Result<Vec<PgRow>, Error> {
        self.run(async |connection| query.fetch_all(connection).await).await
    }

    /// Runs one statement and returns its only row.
    pub(super) async fn row(
        &self,
        query: Query<'_, Postgres, PgArguments>,
    ) -> Result<PgRow, Error> {
        self.run(async |connection| query.fetch_one(connection).await).await
    }

    /// Runs one statement and returns how many rows it wrote.
    pub(super) async fn written(
        &self,
        query: Query<'_, Postgres, PgArguments>,
    ) -> Result<u64, Error> {
        let done = self.run(async |connection| query.execute(connection).await).await?;
        Ok(done.rows_affected())
    }

    /// Lends a connection for one statement. Whoever stops waiting in mid-statement takes the
    /// connection down with them.
    async fn run<T>(
        &self,
        statement: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let permit = timeout(ANSWER, self.permits.acquire()).await.map_err(|_| too_late())?;
        let _permit = permit.map_err(|_| Error::PoolClosed)?;
        let idle = self.idle().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => connect(&self.options).await?,
        };
        let outcome = timeout(ANSWER, statement(&mut connection)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(too_late()));
        match &outcome {
            Err(error) if is_lost(error) => self.idle().clear(),
            Ok(_) | Err(_) => self.idle().push(connection),
        }
        outcome
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<PgConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
