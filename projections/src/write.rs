//! Row changes as statements that each write a whole set: one for each table and kind of change.

mod postgres;
mod sqlite;

use crate::change::RowChange;
use crate::{Changes, Column, Slot, Table, Value};

pub(crate) use postgres::{Fused, bind as bind_postgres, statement as postgres_statement};
pub(crate) use sqlite::{rows_json, statement as sqlite_statement};

/// What one statement does to its rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    /// Rows whose key begins with so many columns go.
    Delete(usize),
    Upsert,
    /// These columns change, by number.
    Update(Vec<usize>),
    /// A tally's columns grow; every row holds all of them.
    Add,
}

/// One statement's rows.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) table: &'static Table,
    pub(crate) slot: Slot,
    pub(crate) act: Act,
    /// The columns that each row holds.
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// The statements for `changes`, in the order they must run.
pub(crate) fn sets(changes: &Changes, slot: Slot) -> Vec<Set> {
    let mut sets = Vec::new();
    for (table, changes) in changes.tables() {
        let mut by_act = std::collections::BTreeMap::<Act, Vec<Vec<Value>>>::new();
        for prefix in &changes.deleted {
            by_act.entry(Act::Delete(prefix.len())).or_default().push(prefix.clone());
        }
        for (key, change) in &changes.rows {
            match change {
                RowChange::Upsert(row) => {
                    by_act.entry(Act::Upsert).or_default().push(row.clone());
                }
                RowChange::Update(set) => {
                    let act = Act::Update(set.keys().copied().collect());
                    let row = key.iter().chain(set.values()).cloned().collect();
                    by_act.entry(act).or_default().push(row);
                }
            }
        }
        for (key, row) in &changes.added {
            let numbers = table.key..table.columns.len();
            let by = numbers.map(|number| row.get(&number).copied().unwrap_or_default().into());
            by_act.entry(Act::Add).or_default().push(key.iter().cloned().chain(by).collect());
        }
        sets.extend(by_act.into_iter().map(|(act, rows)| {
            let columns = columns(table, &act);
            Set { table, slot, act, columns, rows }
        }));
    }
    sets
}

fn columns(table: &Table, act: &Act) -> Vec<Column> {
    match act {
        Act::Delete(length) => table.columns.iter().take(*length).copied().collect(),
        Act::Upsert | Act::Add => table.columns.to_vec(),
        Act::Update(numbers) => {
            let set = numbers.iter().filter_map(|number| table.columns.get(*number));
            table.key_columns().iter().chain(set).copied().collect()
        }
    }
}

impl Set {
    /// `a = <from>.a and b = <from>.b` over the columns that name the row.
    fn matches(&self, from: &str) -> String {
        let length = match self.act {
            Act::Delete(length) => length,
            Act::Upsert | Act::Add | Act::Update(_) => self.table.key,
        };
        let names = self.columns.iter().take(length).map(|column| column.name);
        names.map(|name| format!("t.{name} = {from}.{name}")).collect::<Vec<_>>().join(" and ")
    }

    /// `a = <from>.a, b = <from>.b` over the columns behind the key.
    fn assigns(&self, from: &str) -> String {
        let names = self.columns.iter().skip(self.table.key).map(|column| column.name);
        names.map(|name| format!("{name} = {from}.{name}")).collect::<Vec<_>>().join(", ")
    }

    /// `a = t.a + excluded.a` over the columns behind the key.
    fn adds(&self) -> String {
        let names = self.columns.iter().skip(self.table.key).map(|column| column.name);
        names
            .map(|name| format!("{name} = t.{name} + excluded.{name}"))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// What an insert does with a row that is there.
    fn on_conflict(&self) -> String {
        let assigns = match self.act {
            Act::Add => self.adds(),
            Act::Delete(_) | Act::Upsert | Act::Update(_) => self.assigns("excluded"),
        };
        let action = if assigns.is_empty() {
            "do nothing".to_owned()
        } else {
            format!("do update set {assigns}")
        };
        format!("on conflict ({}) {action}", crate::table::names(self.table.key_columns()))
    }
}
