//! Sets of rows for SQLite: one JSON text holds them all. Only deletions go key by key: SQLite
//! would find the rows of a list of keys by the first column of the key alone.

use serde_json::Value as Json;

use super::{Act, Set};
use crate::Value;

/// The statement. Its one parameter is [`rows_json`]; for a deletion, they are the columns of one
/// key.
pub(crate) fn statement(set: &Set) -> String {
    let table = set.table.slot(set.slot);
    let names = crate::table::names(&set.columns);
    let picked = set
        .columns
        .iter()
        .enumerate()
        .map(|(number, column)| format!("value ->> {number} as {}", column.name));
    let picked = picked.collect::<Vec<_>>().join(", ");
    match &set.act {
        Act::Delete(_) => {
            let key = set.columns.iter().zip(1..);
            let key = key.map(|(column, number)| format!("{} = ${number}", column.name));
            format!("delete from {table} where {}", key.collect::<Vec<_>>().join(" and "))
        }
        // Without "where true", "on" would read as the condition of a join.
        Act::Upsert | Act::Add => format!(
            "insert into {table} as t ({names}) select {picked} from json_each($1) where true {}",
            set.on_conflict(),
        ),
        Act::Update(_) => format!(
            "update {table} as t set {} from (select {picked} from json_each($1)) as u where {}",
            set.assigns("u"),
            set.matches("u"),
        ),
    }
}

/// The rows as a JSON array of arrays.
pub(crate) fn rows_json(set: &Set) -> String {
    let value = |value: &Value| match value {
        Value::Null => Json::Null,
        Value::Int(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_str()),
    };
    let row = |row: &Vec<Value>| Json::Array(row.iter().map(value).collect());
    Json::Array(set.rows.iter().map(row).collect()).to_string()
}
