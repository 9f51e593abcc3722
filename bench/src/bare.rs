//! What everything is measured beside: one prepared `INSERT` of one row, committed by itself. The
//! table has the two unique keys that any store of events needs, and a payload as long as an
//! event's of the command it is compared with.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::Result;
use crate::cell::Contender;

const TABLE: &str = "CREATE TABLE bare (\
     position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text NOT NULL, \
     version bigint NOT NULL, kind text NOT NULL, payload bytea NOT NULL, \
     UNIQUE (stream, version))";

const INSERT: &str = "INSERT INTO bare (stream, version, kind, payload) VALUES ($1, $2, $3, $4)";

/// Callers share a pool.
pub(crate) struct Bare {
    pool: PgPool,
    payload: Arc<[u8]>,
    version: AtomicI64,
}

impl Bare {
    pub(crate) async fn prepare(url: &str, connections: u32, payload: &[u8]) -> Result<Self> {
        let options = PgPoolOptions::new().max_connections(connections);
        let options = options.min_connections(connections).test_before_acquire(false);
        let pool = options.connect(url).await?;
        sqlx::raw_sql(TABLE).execute(&pool).await?;
        Ok(Self { pool, payload: payload.into(), version: AtomicI64::new(0) })
    }
}

impl Contender for Bare {
    async fn act(&self, caller: usize) -> Result<()> {
        let query = sqlx::query(INSERT)
            .bind(format!("stream-{caller}"))
            .bind(self.version.fetch_add(1, Ordering::Relaxed))
            .bind("group.renamed")
            .bind(&*self.payload);
        query.execute(&self.pool).await?;
        Ok(())
    }
}
