//! The log on PostgreSQL, 15 or newer, shared by any number of nodes.

mod address;
mod append;
mod connections;
mod fault;
mod install;

use sqlx::SqlSafeStr;
use sqlx::postgres::{PgConnectOptions, PgRow};

use crate::store::{Installation, Store, Value, bind_all};
use crate::{Appended, Batch, LogError};
use connections::Connections;

/// Appends wait for each other at the tail anyway; a few may be under way for several partitions.
const FOR_APPENDS: usize = 4;
const FOR_THE_REST: usize = 8;

/// The log in a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresLog {
    appends: Connections,
    rest: Connections,
    installation: Installation,
}

impl PostgresLog {
    /// Connects to the database of a `postgres://` URL and brings its schema up to date.
    /// `partitions` counts only when the database is empty: it is fixed from then on.
    pub async fn connect(url: &str, partitions: i32) -> Result<Self, LogError> {
        let options = address::parse(url)?;
        let installation = install::install(&options, partitions).await?;
        Ok(Self::of(options, installation))
    }

    /// Connects to a database to read it and nothing else: no statement can change anything, and a
    /// role that may select is enough. One whose schema is not the one that this program knows is
    /// [`LogError::Unusable`].
    pub async fn connect_to_read(url: &str) -> Result<Self, LogError> {
        let options = address::parse(url)?.options([("default_transaction_read_only", "on")]);
        let installation = install::installation(&options).await?;
        Ok(Self::of(options, installation))
    }

    fn of(options: PgConnectOptions, installation: Installation) -> Self {
        let appends = Connections::new(options.clone(), FOR_APPENDS);
        let rest = Connections::new(options, FOR_THE_REST);
        Self { appends, rest, installation }
    }
}

impl Store for PostgresLog {
    type Row = PgRow;

    const NAME: &'static str = "postgres";
    const HEADS: &'static str = "SELECT p.partition, e.position, e.leaf_hash FROM installation i \
         CROSS JOIN LATERAL generate_series(0::bigint, i.partitions - 1) AS p (partition) \
         CROSS JOIN LATERAL (SELECT position, leaf_hash FROM events \
             WHERE events.partition = p.partition ORDER BY position DESC LIMIT 1) AS e \
         ORDER BY p.partition";

    fn installation(&self) -> Installation {
        self.installation
    }

    async fn append(&self, batch: &Batch) -> Result<Appended, LogError> {
        append::append(&self.appends, batch).await
    }

    async fn scrub(&self) -> Result<(), LogError> {
        for sql in append::SCRUB {
            self.rest.rows(sqlx::query(sql)).await.map_err(fault::fault)?;
        }
        Ok(())
    }

    async fn fetch(
        &self,
        sql: impl SqlSafeStr + Send,
        values: &[Value<'_>],
    ) -> Result<Vec<PgRow>, LogError> {
        if values.iter().any(Value::holds_nul) {
            return Ok(Vec::new());
        }
        let sql = sql.into_sql_str();
        let again = sql.clone();
        match self.rest.rows(bind_all!(sqlx::query(sql), values)).await {
            // The connection was dead, and so are its neighbours, who are gone by now. Reading
            // twice does no harm.
            Err(error) if fault::is_stale(&error) => {
                self.rest.rows(bind_all!(sqlx::query(again), values)).await
            }
            result => result,
        }
        .map_err(fault::fault)
    }

    async fn change(
        &self,
        sql: impl SqlSafeStr + Send,
        values: &[Value<'_>],
    ) -> Result<Vec<PgRow>, LogError> {
        let query = bind_all!(sqlx::query(sql), values);
        self.rest.rows(query).await.map_err(fault::fault)
    }
}
