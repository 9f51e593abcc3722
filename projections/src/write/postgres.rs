//! Sets of rows for PostgreSQL: an array for each column; and many sets fused into one statement
//! that writes all of them with the checkpoint, in one round trip.

use std::fmt::Write as _;

use sqlx::Arguments as _;
use sqlx::postgres::PgArguments;

use super::{Act, Set};
use crate::table::ColumnKind;
use crate::{Value, ViewError};

/// The statement, with parameters counted from `first`. `gate` is one more condition, or empty.
pub(crate) fn statement(set: &Set, first: usize, gate: &str) -> String {
    let table = set.table.slot(set.slot);
    let names = crate::table::names(&set.columns);
    let arrays = set.columns.iter().enumerate().map(|(number, column)| {
        let kind = match column.kind {
            ColumnKind::Text => "text",
            ColumnKind::Int => "bigint",
        };
        format!("${}::{kind}[]", first + number)
    });
    let from = format!("unnest({}) as u({names})", arrays.collect::<Vec<_>>().join(", "));
    match &set.act {
        Act::Delete(_) => {
            let matches = set.matches("u");
            format!("delete from {table} as t using {from} where {matches}{gate}")
        }
        Act::Upsert | Act::Add => format!(
            "insert into {table} as t ({names}) select {names} from {from} where true{gate} {}",
            set.on_conflict(),
        ),
        Act::Update(_) => format!(
            "update {table} as t set {} from {from} where {}{gate}",
            set.assigns("u"),
            set.matches("u"),
        ),
    }
}

/// Adds the parameters of a statement.
pub(crate) fn bind(set: &Set, arguments: &mut PgArguments) -> Result<(), ViewError> {
    for (number, column) in set.columns.iter().enumerate() {
        let values = set.rows.iter().map(|row| row.get(number));
        match column.kind {
            ColumnKind::Text => arguments.add(
                values
                    .map(|value| match value {
                        Some(Value::Text(text)) => Some(text.as_str()),
                        Some(Value::Int(_) | Value::Null) | None => None,
                    })
                    .collect::<Vec<_>>(),
            ),
            ColumnKind::Int => arguments.add(
                values
                    .map(|value| match value {
                        Some(Value::Int(number)) => Some(*number),
                        Some(Value::Text(_) | Value::Null) | None => None,
                    })
                    .collect::<Vec<_>>(),
            ),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(())
}

/// Many sets behind one condition, as one statement.
pub(crate) struct Fused {
    sql: String,
    pub(crate) arguments: PgArguments,
    parameters: usize,
}

impl Fused {
    /// Begins with a statement that returns a row exactly if the rest may be written.
    pub(crate) fn new(condition: &str, arguments: PgArguments, parameters: usize) -> Self {
        Self { sql: format!("with cas as ({condition})"), arguments, parameters }
    }

    pub(crate) fn add(&mut self, number: usize, set: &Set) -> Result<(), ViewError> {
        let gate = " and exists (select 1 from cas)";
        let statement = statement(set, self.parameters + 1, gate);
        bind(set, &mut self.arguments)?;
        self.parameters += set.columns.len();
        // Writing to a string cannot fail.
        let _ = write!(self.sql, ", s{number} as ({statement})");
        Ok(())
    }

    /// The statement; it answers how many rows the condition returned.
    pub(crate) fn finish(self) -> (String, PgArguments) {
        (self.sql + " select count(*) from cas", self.arguments)
    }
}
