//! A transaction on either store.

use futures::TryStreamExt;
use sqlx::postgres::PgArguments;
use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, Sqlite, SqliteConnection, Transaction};

use crate::db::{Db, postgres_arguments, postgres_row, sqlite_arguments, sqlite_row};
use crate::table::Tongue;
use crate::value::Row;
use crate::write::{Act, Set, bind_postgres, postgres_statement, rows_json, sqlite_statement};
use crate::{Value, ViewError};

/// A transaction; it is rolled back when dropped.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// A transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Tx, ViewError> {
        Ok(match self {
            Self::Sqlite(pool) => Tx::Sqlite(pool.begin_with("begin immediate").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A transaction that reads one unchanging state.
    pub(crate) async fn snapshot(&self) -> Result<Tx, ViewError> {
        Ok(match self {
            Self::Sqlite(pool) => Tx::Sqlite(pool.begin().await?),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("begin isolation level repeatable read").await?)
            }
        })
    }
}

impl Tx {
    pub(crate) fn tongue(&self) -> Tongue {
        match self {
            Self::Sqlite(_) => Tongue::Sqlite,
            Self::Postgres(_) => Tongue::Postgres,
        }
    }

    /// Runs a statement; answers how many rows it touched.
    pub(crate) async fn execute(
        &mut self,
        sql: impl SqlSafeStr,
        params: &[Value],
    ) -> Result<u64, ViewError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                let query = sqlx::query_with(sql, sqlite_arguments(params)?);
                query.execute(&mut **tx).await?.rows_affected()
            }
            Self::Postgres(tx) => {
                let query = sqlx::query_with(sql, postgres_arguments(params)?);
                query.execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    pub(crate) async fn fetch(
        &mut self,
        sql: impl SqlSafeStr,
        params: &[Value],
    ) -> Result<Vec<Row>, ViewError> {
        match self {
            Self::Sqlite(tx) => {
                let query = sqlx::query_with(sql, sqlite_arguments(params)?);
                query.fetch_all(&mut **tx).await?.iter().map(sqlite_row).collect()
            }
            Self::Postgres(tx) => {
                let query = sqlx::query_with(sql, postgres_arguments(params)?);
                query.fetch_all(&mut **tx).await?.iter().map(postgres_row).collect()
            }
        }
    }

    /// Hands every row of a statement to `take`, however many there are.
    pub(crate) async fn each(
        &mut self,
        sql: String,
        mut take: impl FnMut(Vec<Value>),
    ) -> Result<(), ViewError> {
        let query = AssertSqlSafe(sql);
        match self {
            Self::Sqlite(tx) => {
                let mut rows = sqlx::query(query).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    take(sqlite_row(&row)?.values());
                }
            }
            Self::Postgres(tx) => {
                let mut rows = sqlx::query(query).fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    take(postgres_row(&row)?.values());
                }
            }
        }
        Ok(())
    }

    /// Runs statements that take no parameters, all in one round trip.
    pub(crate) async fn script(&mut self, statements: &[String]) -> Result<(), ViewError> {
        let script = sqlx::raw_sql(AssertSqlSafe(statements.join(";\n")));
        match self {
            Self::Sqlite(tx) => script.execute(&mut **tx).await.map(drop)?,
            Self::Postgres(tx) => script.execute(&mut **tx).await.map(drop)?,
        }
        Ok(())
    }

    /// Writes sets of rows, in order.
    pub(crate) async fn write(&mut self, sets: &[Set]) -> Result<(), ViewError> {
        for set in sets {
            match self {
                Self::Sqlite(tx) => write_sqlite(tx, set).await?,
                Self::Postgres(tx) => {
                    let sql = AssertSqlSafe(postgres_statement(set, 1, ""));
                    let mut arguments = PgArguments::default();
                    bind_postgres(set, &mut arguments)?;
                    sqlx::query_with(sql, arguments).execute(&mut **tx).await?;
                }
            }
        }
        Ok(())
    }

    pub(crate) async fn roll_back(self) -> Result<(), ViewError> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await?,
            Self::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    pub(crate) async fn commit(self) -> Result<(), ViewError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

async fn write_sqlite(conn: &mut SqliteConnection, set: &Set) -> Result<(), ViewError> {
    let sql = sqlite_statement(set);
    match set.act {
        Act::Delete(_) => {
            for key in &set.rows {
                let arguments = sqlite_arguments(key)?;
                sqlx::query_with(AssertSqlSafe(sql.as_str()), arguments)
                    .execute(&mut *conn)
                    .await?;
            }
        }
        Act::Upsert | Act::Add | Act::Update(_) => {
            sqlx::query(AssertSqlSafe(sql)).bind(rows_json(set)).execute(conn).await?;
        }
    }
    Ok(())
}
