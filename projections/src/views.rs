//! A handle to the store of read models: a file, a PostgreSQL database, or memory.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::TenantId;
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::db::Db;
use crate::table::names;
use crate::value::Row;
use crate::{Projection, Table, Value, ViewError};

/// Name of the file of read models in the data directory.
pub const VIEWS_FILE: &str = "views.db";

const SQLITE_READERS: u32 = 4;
const POSTGRES_READERS: u32 = 8;
/// How long a statement may wait for a connection, and run.
const PATIENCE: Duration = Duration::from_secs(5);

/// A handle to the store of read models. Cheap to clone; all clones are the same store.
#[derive(Debug, Clone)]
pub struct Views {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    readers: Db,
    writer: Db,
    still: RwLock<Still>,
}

/// What stands still, as last read from the store.
#[derive(Debug, Clone, Default)]
pub(crate) struct Still {
    /// (tenant, projection): an event could not be taken.
    pub(crate) parked: HashSet<(String, String)>,
    /// Projections that are not filled.
    pub(crate) unbuilt: HashSet<&'static str>,
}

impl Views {
    /// Opens or makes `views.db` in the data directory.
    pub async fn sqlite(dir: &Path) -> Result<Self, ViewError> {
        let options = SqliteConnectOptions::new()
            .filename(dir.join(VIEWS_FILE))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What a power cut takes from this file, the log gives back.
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(PATIENCE)
            .statement_cache_capacity(500);
        let pool = |size| {
            let pool = SqlitePoolOptions::new().max_connections(size).acquire_timeout(PATIENCE);
            pool.test_before_acquire(false).connect_with(options.clone())
        };
        // The writer comes first: it makes the file.
        let writer = Db::Sqlite(pool(1).await?);
        Ok(Self::over(Db::Sqlite(pool(SQLITE_READERS).await?), writer))
    }

    /// A file of its own, for whoever reads it elsewhere: no journal lies beside it, so what is half
    /// written is worth nothing.
    pub(crate) async fn file(path: &Path) -> Result<Self, ViewError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .statement_cache_capacity(500);
        Self::only(options).await
    }

    /// A store in this process's memory, gone with its last handle.
    pub async fn memory() -> Result<Self, ViewError> {
        Self::only(SqliteConnectOptions::new().in_memory(true).statement_cache_capacity(500)).await
    }

    /// A store with one connection, for reading and writing.
    async fn only(options: SqliteConnectOptions) -> Result<Self, ViewError> {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false);
        let db = Db::Sqlite(pool.connect_with(options).await?);
        Ok(Self::over(db.clone(), db))
    }

    /// The PostgreSQL database at `url`.
    pub async fn postgres(url: &str) -> Result<Self, ViewError> {
        let options = PgConnectOptions::from_str(url);
        let options =
            options.map_err(|_| ViewError::Unusable("the URL is malformed".to_owned()))?;
        let patience = PATIENCE.as_millis().to_string();
        let options = options.statement_cache_capacity(500);
        let session = |statement_timeout: &str| {
            options.clone().options([
                ("statement_timeout", statement_timeout),
                ("lock_timeout", &patience),
                ("idle_in_transaction_session_timeout", "60000"),
                ("client_min_messages", "warning"),
            ])
        };
        let pool = |size| {
            let pool = PgPoolOptions::new().max_connections(size).acquire_timeout(PATIENCE);
            pool.test_before_acquire(false)
        };
        // A rebuild counts and indexes whole tables.
        let writer = pool(POSTGRES_READERS).connect_with(session("600000")).await?;
        let readers = pool(POSTGRES_READERS).connect_with(session(&patience)).await?;
        Ok(Self::over(Db::Postgres(readers), Db::Postgres(writer)))
    }

    fn over(readers: Db, writer: Db) -> Self {
        Self { inner: Arc::new(Inner { readers, writer, still: RwLock::default() }) }
    }

    /// All rows of a projection by table, in the order of their keys: to compare stores by.
    pub async fn contents(
        &self,
        projection: &dyn Projection,
    ) -> Result<BTreeMap<&'static str, Vec<Vec<Value>>>, ViewError> {
        let mut contents = BTreeMap::new();
        for table in projection.tables() {
            let key = names(table.key_columns());
            let sql = format!("select {} from {} order by {key}", table.list(), table.name);
            let rows = self.readers().fetch(AssertSqlSafe(sql), &[]).await?;
            contents.insert(table.name, rows.into_iter().map(Row::values).collect());
        }
        Ok(contents)
    }

    /// All rows of one tenant in a table.
    pub(crate) async fn rows_of_table(
        &self,
        table: &Table,
        tenant: &TenantId,
    ) -> Result<Vec<Row>, ViewError> {
        let sql = format!("select {} from {} where tenant = $1", table.list(), table.name);
        self.readers().fetch(AssertSqlSafe(sql), &[tenant.into()]).await
    }

    pub(crate) fn readers(&self) -> &Db {
        &self.inner.readers
    }

    pub(crate) fn writer(&self) -> &Db {
        &self.inner.writer
    }

    /// Refuses when the tenant stands still in that projection, or all of them do.
    pub(crate) fn check(&self, tenant: &TenantId, projection: &str) -> Result<(), ViewError> {
        let still = self.inner.still.read().unwrap_or_else(PoisonError::into_inner);
        if still.unbuilt.contains(projection) {
            return Err(ViewError::Unbuilt(projection.to_owned()));
        }
        if !still.parked.is_empty()
            && still.parked.contains(&(tenant.to_string(), projection.to_owned()))
        {
            let (tenant, projection) = (tenant.clone(), projection.to_owned());
            return Err(ViewError::Parked { tenant, projection });
        }
        Ok(())
    }

    pub(crate) fn set_still(&self, still: Still) {
        *self.inner.still.write().unwrap_or_else(PoisonError::into_inner) = still;
    }

    /// Rows of one tenant in a projection.
    pub(crate) async fn rows(
        &self,
        projection: &str,
        tenant: &TenantId,
        sql: &'static str,
        more: &[Value],
    ) -> Result<Vec<Row>, ViewError> {
        self.check(tenant, projection)?;
        let params: Vec<_> = [Value::from(tenant)].iter().chain(more).cloned().collect();
        self.readers().fetch(sql, &params).await
    }

    /// Rows of all tenants.
    pub(crate) async fn any(
        &self,
        sql: &'static str,
        params: &[Value],
    ) -> Result<Vec<Row>, ViewError> {
        self.readers().fetch(sql, params).await
    }
}
