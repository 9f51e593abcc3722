//! The two kinds of database read models can be kept in, behind one way to ask.

use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{Arguments as _, Column as _, Row as _, SqlSafeStr, TypeInfo as _, ValueRef as _};

use crate::table::Tongue;
use crate::value::Row;
use crate::{Value, ViewError};

/// A pool of connections to either store.
#[derive(Debug, Clone)]
pub(crate) enum Db {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Db {
    pub(crate) fn tongue(&self) -> Tongue {
        match self {
            Self::Sqlite(_) => Tongue::Sqlite,
            Self::Postgres(_) => Tongue::Postgres,
        }
    }

    /// Closes its connections, and waits until they are.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// The rows that a statement answers.
    pub(crate) async fn fetch(
        &self,
        sql: impl SqlSafeStr,
        params: &[Value],
    ) -> Result<Vec<Row>, ViewError> {
        // PostgreSQL can keep no NUL, so no row has one, and it takes none in a question either.
        if params.iter().any(Value::holds_nul) {
            return Ok(Vec::new());
        }
        match self {
            Self::Sqlite(pool) => {
                let rows = sqlx::query_with(sql, sqlite_arguments(params)?).fetch_all(pool).await?;
                rows.iter().map(sqlite_row).collect()
            }
            Self::Postgres(pool) => {
                let rows = sqlx::query_with(sql, postgres_arguments(params)?);
                rows.fetch_all(pool).await?.iter().map(postgres_row).collect()
            }
        }
    }
}

pub(crate) fn sqlite_arguments(params: &[Value]) -> Result<SqliteArguments, ViewError> {
    let mut arguments = SqliteArguments::default();
    for param in params {
        match param {
            Value::Null => arguments.add(None::<i64>),
            Value::Int(number) => arguments.add(*number),
            Value::Text(text) => arguments.add(text.clone()),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// A parameter of a query must have the same type at every call, as the store keeps the statement:
/// none of them is null.
pub(crate) fn postgres_arguments(params: &[Value]) -> Result<PgArguments, ViewError> {
    let mut arguments = PgArguments::default();
    for param in params {
        match param {
            Value::Null => arguments.add(None::<i64>),
            Value::Int(number) => arguments.add(*number),
            Value::Text(text) => arguments.add(text.as_str()),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

pub(crate) fn sqlite_row(row: &SqliteRow) -> Result<Row, ViewError> {
    let value = |column: usize| -> Result<Value, sqlx::Error> {
        let raw = row.try_get_raw(column)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        let is_text = raw.type_info().name() == "TEXT";
        if is_text {
            row.try_get(column).map(Value::Text)
        } else {
            row.try_get(column).map(Value::Int)
        }
    };
    Ok(Row::new((0..row.len()).map(value).collect::<Result<_, _>>()?))
}

pub(crate) fn postgres_row(row: &PgRow) -> Result<Row, ViewError> {
    let value = |(number, column): (usize, &sqlx::postgres::PgColumn)| {
        if column.type_info().name() == "TEXT" {
            row.try_get(number).map(|text: Option<String>| Value::from(text))
        } else {
            row.try_get(number).map(|number: Option<i64>| Value::from(number))
        }
    };
    Ok(Row::new(row.columns().iter().enumerate().map(value).collect::<Result<_, _>>()?))
}
