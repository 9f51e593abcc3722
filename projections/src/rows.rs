//! Rows in memory, as row changes leave them: for looking at a thing before and after an event.

use std::collections::BTreeMap;

use crate::{Changes, RowChange, Table, Value};

/// Rows of a table by their key.
type ByKey = BTreeMap<Vec<Value>, Vec<Value>>;

/// Rows of tables by name. Tallies are not kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows(BTreeMap<&'static str, (&'static Table, ByKey)>);

impl Rows {
    /// Takes up changes of rows that `keeps` lets through.
    pub(crate) fn apply(&mut self, changes: &Changes, keeps: impl Fn(&Table, &[Value]) -> bool) {
        for (table, changes) in changes.tables() {
            let (_, rows) = self.0.entry(table.name).or_insert_with(|| (table, ByKey::new()));
            for prefix in &changes.deleted {
                rows.retain(|key, _| !key.starts_with(prefix));
            }
            for (key, change) in &changes.rows {
                match change {
                    RowChange::Upsert(row) if keeps(table, row) => {
                        rows.insert(key.clone(), row.clone());
                    }
                    RowChange::Upsert(_) => {}
                    RowChange::Update(set) => {
                        let row = rows.get_mut(key).into_iter().flatten().enumerate();
                        for (number, column) in row {
                            if let Some(value) = set.get(&number) {
                                column.clone_from(value);
                            }
                        }
                    }
                }
            }
        }
    }

    /// All rows, each with its table.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static Table, &[Value])> {
        let tables = self.0.values();
        tables.flat_map(|(table, rows)| rows.values().map(|row| (*table, row.as_slice())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, values};

    static THINGS: Table = Table {
        name: "things_v1",
        columns: &[Column::text("tenant"), Column::int("id"), Column::text("name")],
        key: 2,
        indexes: &[],
    };

    #[test]
    fn changes_are_taken_up_as_a_store_does() {
        let mut rows = Rows::default();
        let mut tell = |change: &dyn Fn(&mut Changes)| {
            let mut changes = Changes::default();
            change(&mut changes);
            rows.apply(&changes, |_, row| row[1] != Value::Int(9));
            let shown = rows.iter().map(|(_, row)| format!("{:?}={:?}", row[1], row[2]));
            shown.collect::<Vec<_>>().join(" ")
        };
        let upsert = |changes: &mut Changes, id: i64, name: &str| {
            changes.upsert(&THINGS, values!["acme", id, name]).unwrap();
        };
        tell(&|changes| {
            upsert(changes, 1, "one");
            upsert(changes, 2, "two");
            upsert(changes, 9, "not kept");
        });
        let told = tell(&|changes| {
            changes.update(&THINGS, values!["acme", 2], [("name", "deux".into())]).unwrap();
            changes.update(&THINGS, values!["acme", 3], [("name", "nobody".into())]).unwrap();
        });
        assert_eq!(told, r#"Int(1)=Text("one") Int(2)=Text("deux")"#);
        let told = tell(&|changes| {
            changes.delete(&THINGS, values!["acme"]).unwrap();
            upsert(changes, 4, "four");
        });
        assert_eq!(told, r#"Int(4)=Text("four")"#);
    }
}
