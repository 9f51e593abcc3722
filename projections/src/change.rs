//! Changes of rows, folded by key in memory, so that a page of events costs one write for each row
//! it touches.

use std::collections::{BTreeMap, BTreeSet};

use crate::{ProjectError, Table, Value};

/// What becomes of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// It stands as given, whatever stood there: all columns, the key first.
    Upsert(Vec<Value>),
    /// If it is there, these of its columns change, by their number.
    Update(BTreeMap<usize, Value>),
}

/// What becomes of a table. The deletions come first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableChanges {
    /// Every row whose key begins so is gone.
    pub deleted: BTreeSet<Vec<Value>>,
    pub rows: BTreeMap<Vec<Value>, RowChange>,
    /// What is added to which columns of a tally's rows, by their number; a row that is not there
    /// begins at 0.
    pub added: BTreeMap<Vec<Value>, BTreeMap<usize, i64>>,
}

/// What becomes of a projection's tables.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    tables: BTreeMap<&'static str, (&'static Table, TableChanges)>,
}

impl Changes {
    /// A row stands as given: all columns of the table in order.
    pub fn upsert(
        &mut self,
        table: &'static Table,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<(), ProjectError> {
        let values: Vec<_> = values.into_iter().collect();
        if values.len() != table.columns.len() {
            return Err(misfit(table));
        }
        let key = values.get(..table.key).ok_or_else(|| misfit(table))?.to_vec();
        self.of(table).rows.insert(key, RowChange::Upsert(values));
        Ok(())
    }

    /// Some columns of a row change, if it is there.
    pub fn update(
        &mut self,
        table: &'static Table,
        key: impl Into<Vec<Value>>,
        columns: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<(), ProjectError> {
        let key = key.into();
        if key.len() != table.key {
            return Err(misfit(table));
        }
        let number = |name| table.columns.iter().position(|column| column.name == name);
        let mut set = BTreeMap::new();
        for (name, value) in columns {
            let number = number(name).filter(|number| *number >= table.key);
            set.insert(number.ok_or_else(|| misfit(table))?, value);
        }
        let changes = self.of(table);
        let is_deleted = changes.deletes(&key);
        match changes.rows.get_mut(&key) {
            Some(RowChange::Upsert(row)) => {
                for (number, value) in set {
                    if let Some(column) = row.get_mut(number) {
                        *column = value;
                    }
                }
            }
            Some(RowChange::Update(before)) => before.extend(set),
            None if is_deleted => {}
            None => {
                changes.rows.insert(key, RowChange::Update(set));
            }
        }
        Ok(())
    }

    /// Counts in a tally: a table with nothing but numbers behind its key, and whose rows are
    /// written in no other way.
    pub fn add(
        &mut self,
        table: &'static Table,
        key: impl Into<Vec<Value>>,
        columns: impl IntoIterator<Item = (&'static str, i64)>,
    ) -> Result<(), ProjectError> {
        let key = key.into();
        if key.len() != table.key {
            return Err(misfit(table));
        }
        for (name, by) in columns {
            let number = table.columns.iter().position(|column| column.name == name);
            let number = number.filter(|number| *number >= table.key);
            let number = number.ok_or_else(|| misfit(table))?;
            let row = self.of(table).added.entry(key.clone()).or_default();
            *row.entry(number).or_default() += by;
        }
        Ok(())
    }

    /// Every row whose key begins with `prefix` is gone; a whole key names one row.
    pub fn delete(
        &mut self,
        table: &'static Table,
        prefix: impl Into<Vec<Value>>,
    ) -> Result<(), ProjectError> {
        let prefix = prefix.into();
        if prefix.is_empty() || prefix.len() > table.key {
            return Err(misfit(table));
        }
        let changes = self.of(table);
        changes.rows.retain(|key, _| !key.starts_with(&prefix));
        changes.deleted.insert(prefix);
        Ok(())
    }

    /// What becomes of each table, by its name.
    pub fn tables(&self) -> impl Iterator<Item = (&'static Table, &TableChanges)> {
        self.tables.values().map(|(table, changes)| (*table, changes))
    }

    /// What becomes of one table.
    pub fn table(&self, name: &str) -> Option<&TableChanges> {
        self.tables.get(name).map(|(_, changes)| changes)
    }

    /// How many rows are touched.
    pub fn len(&self) -> usize {
        let touched = |it: &TableChanges| it.rows.len() + it.deleted.len() + it.added.len();
        self.tables().map(|(_, changes)| touched(changes)).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The tenants it concerns.
    pub(crate) fn tenants(&self) -> BTreeSet<String> {
        let keys = self
            .tables()
            .flat_map(|(_, it)| it.deleted.iter().chain(it.rows.keys()).chain(it.added.keys()));
        let tenant = |key: &Vec<Value>| match key.first() {
            Some(Value::Text(tenant)) => Some(tenant.clone()),
            Some(Value::Int(_) | Value::Null) | None => None,
        };
        keys.filter_map(tenant).collect()
    }

    /// The part that concerns one tenant.
    pub(crate) fn of_tenant(&self, tenant: &str) -> Self {
        let mine = |key: &[Value]| matches!(key.first(), Some(Value::Text(it)) if it == tenant);
        let part = |changes: &TableChanges| TableChanges {
            deleted: changes.deleted.iter().filter(|key| mine(key)).cloned().collect(),
            rows: changes
                .rows
                .iter()
                .filter(|(key, _)| mine(key))
                .map(|(key, change)| (key.clone(), change.clone()))
                .collect(),
            added: changes
                .added
                .iter()
                .filter(|(key, _)| mine(key))
                .map(|(key, row)| (key.clone(), row.clone()))
                .collect(),
        };
        let tables = self.tables.iter();
        Self { tables: tables.map(|(name, (table, it))| (*name, (*table, part(it)))).collect() }
    }

    fn of(&mut self, table: &'static Table) -> &mut TableChanges {
        &mut self.tables.entry(table.name).or_insert_with(|| (table, TableChanges::default())).1
    }
}

impl TableChanges {
    fn deletes(&self, key: &[Value]) -> bool {
        (1..=key.len()).any(|length| key.get(..length).is_some_and(|it| self.deleted.contains(it)))
    }

    /// Whether a row that is deleted comes back: then the order of the statements matters.
    pub(crate) fn revives(&self) -> bool {
        self.rows.keys().any(|key| self.deletes(key))
    }
}

fn misfit(table: &Table) -> ProjectError {
    ProjectError(format!("a change does not fit the table {}", table.name))
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
    fn a_row_that_comes_back_is_written_after_its_deletion() {
        let mut changes = Changes::default();
        changes.upsert(&THINGS, values!["acme", 1, "one"]).unwrap();
        changes.delete(&THINGS, values!["acme"]).unwrap();
        changes.upsert(&THINGS, values!["acme", 2, "two"]).unwrap();
        let table = changes.table(THINGS.name).unwrap();
        assert!(table.revives());
        assert_eq!(table.rows.len(), 1);
        assert_eq!(table.deleted, BTreeSet::from([values!["acme"].to_vec()]));
    }

    #[test]
    fn changes_that_do_not_fit_the_table_are_refused() {
        let mut changes = Changes::default();
        assert!(changes.upsert(&THINGS, values!["acme", 1]).is_err());
        assert!(changes.update(&THINGS, values!["acme"], []).is_err());
        assert!(changes.update(&THINGS, values!["acme", 1], [("nome", "x".into())]).is_err());
        assert!(changes.update(&THINGS, values!["acme", 1], [("id", 2.into())]).is_err());
        assert!(changes.delete(&THINGS, values!["acme", 1, "one"]).is_err());
        assert!(changes.is_empty());
    }

    #[test]
    fn what_is_counted_adds_up() {
        static TALLY: Table = Table {
            name: "tally_v1",
            columns: &[Column::text("tenant"), Column::int("live"), Column::int("gone")],
            key: 1,
            indexes: &[],
        };
        let mut changes = Changes::default();
        changes.add(&TALLY, values!["acme"], [("live", 1)]).unwrap();
        changes.add(&TALLY, values!["acme"], [("live", -1), ("gone", 1)]).unwrap();
        assert!(changes.add(&TALLY, values!["acme"], [("tenant", 1)]).is_err());
        let part = changes.of_tenant("acme");
        let added = &part.table(TALLY.name).unwrap().added;
        assert_eq!(added[&values!["acme"].to_vec()], BTreeMap::from([(1, 0), (2, 1)]));
        assert_eq!((changes.len(), changes.tenants().len()), (1, 1));
    }

    #[test]
    fn one_tenants_part_is_only_its_own() {
        let mut changes = Changes::default();
        changes.upsert(&THINGS, values!["acme", 1, "one"]).unwrap();
        changes.delete(&THINGS, values!["other", 1]).unwrap();
        assert_eq!(changes.tenants().into_iter().collect::<Vec<_>>(), ["acme", "other"]);
        assert_eq!(changes.of_tenant("acme").len(), 1);
        assert!(changes.of_tenant("acme").table(THINGS.name).unwrap().deleted.is_empty());
    }
}
