//! The measure of all others: one prepared `INSERT` of one row a commit, through the same driver
//! and a pool of eight, into a table with a position and one more unique key. Less no store of
//! events can do for a command.

use std::time::{Duration, Instant};

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use crate::load::{Sample, closed_loop, open_loop};

const CONNECTIONS: u32 = 8;
/// About what an event of ours carries beside its position.
const PAYLOAD_BYTES: usize = 300;
const INSERT: &str = "insert into bare (stream, version, payload) values ($1, $2, $3)";

#[derive(Clone)]
pub(crate) struct Bare {
    pool: PgPool,
    payload: Vec<u8>,
}

impl Bare {
    pub(crate) async fn create(url: &str) -> Result<Self, sqlx::Error> {
        let options = PgPoolOptions::new().max_connections(CONNECTIONS);
        let pool = options.min_connections(CONNECTIONS).test_before_acquire(false).connect(url);
        let pool = pool.await?;
        let create = "create table bare (position bigint generated always as identity primary key,
            stream bigint not null, version bigint not null, payload bytea not null,
            unique (stream, version))";
        sqlx::raw_sql("drop table if exists bare").execute(&pool).await?;
        sqlx::raw_sql(create).execute(&pool).await?;
        Ok(Self { pool, payload: vec![b'x'; PAYLOAD_BYTES] })
    }

    async fn insert(&self, stream: i64, version: i64) -> Result<(), sqlx::Error> {
        let insert = sqlx::query(INSERT).bind(stream).bind(version).bind(&self.payload);
        insert.execute(&self.pool).await.map(|_| ())
    }

    async fn empty(&self) -> Result<(), sqlx::Error> {
        sqlx::raw_sql("truncate bare").execute(&self.pool).await.map(|_| ())
    }

    /// As fast as `callers` go, each waiting for its own commit.
    pub(crate) async fn saturate(
        &self,
        callers: usize,
        lasting: Duration,
    ) -> Result<Sample, sqlx::Error> {
        self.empty().await?;
        let bare = self.clone();
        closed_loop(callers, lasting, move |caller, turn| {
            let bare = bare.clone();
            async move { bare.insert(i64::try_from(caller).unwrap_or(0), turn).await }
        })
        .await
    }

    /// `rate` inserts a second, whether or not earlier ones are done; the time of each.
    pub(crate) async fn paced(&self, rate: u32, lasting: Duration) -> Result<Sample, sqlx::Error> {
        self.empty().await?;
        let bare = self.clone();
        open_loop(rate, lasting, move |turn| {
            let bare = bare.clone();
            async move {
                let begun = Instant::now();
                bare.insert(0, turn).await?;
                Ok(begun.elapsed())
            }
        })
        .await
    }
}
