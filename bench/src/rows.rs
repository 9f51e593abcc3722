//! What lists are measured beside: a bare `SELECT` of the rows of one tenant, each
//! row turned into a JSON object, and all of them into bytes.

use serde_json::{Map, Value};
use sqlx::postgres::{PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, Column as _, PgPool, Row as _, TypeInfo as _};

use crate::Result;
use crate::cell::Contender;

/// Statements over the tables that an answer rests on.
#[derive(Clone)]
pub(crate) struct Select {
    pool: PgPool,
    statements: Vec<String>,
}

impl Select {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let options = PgPoolOptions::new().max_connections(1).test_before_acquire(false);
        Ok(Self { pool: options.connect(url).await?, statements: Vec::new() })
    }

    /// Counts what is in the tables for the planner, as PostgreSQL does by itself within a minute.
    pub(crate) async fn settle(&self) -> Result<()> {
        sqlx::query("analyze").execute(&self.pool).await?;
        Ok(())
    }

    /// Of these tables, named up to their version: these columns, with a condition beside that of
    /// the tenant.
    pub(crate) fn of(&self, tables: &[(&str, &str, &str)]) -> Self {
        let statement = |(table, columns, condition): &(&str, &str, &str)| {
            let known = projections::all();
            let all = known.iter().flat_map(|it| it.tables());
            let mut named = all.filter(|it| it.name.starts_with(table)).map(|it| it.name);
            let table = named.next().unwrap_or(table);
            let more =
                if condition.is_empty() { String::new() } else { format!(" and {condition}") };
            format!("select {columns} from {table} where tenant = 'default'{more} order by 1, 2")
        };
        let statements = tables.iter().map(statement).collect();
        Self { pool: self.pool.clone(), statements }
    }
}

impl Contender for Select {
    async fn act(&self, _: usize) -> Result<()> {
        for statement in &self.statements {
            let rows = sqlx::query(AssertSqlSafe(statement.as_str())).fetch_all(&self.pool).await?;
            let objects = rows.iter().map(object).collect::<Result<Vec<_>>>()?;
            std::hint::black_box(serde_json::to_vec(&objects)?);
        }
        Ok(())
    }
}

fn object(row: &PgRow) -> Result<Value> {
    let mut object = Map::new();
    for column in row.columns() {
        let at = column.ordinal();
        let value = match column.type_info().name() {
            "INT8" => row.try_get::<Option<i64>, _>(at)?.map(Value::from),
            _ => row.try_get::<Option<String>, _>(at)?.map(Value::from),
        };
        object.insert(column.name().to_owned(), value.unwrap_or_default());
    }
    Ok(Value::Object(object))
}
