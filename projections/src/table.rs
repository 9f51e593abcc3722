//! What a read model's table looks like; the statements that make it follow from that.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    Text,
    Int,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub name: &'static str,
    pub kind: ColumnKind,
    pub is_nullable: bool,
}

impl Column {
    /// A column of text.
    pub const fn text(name: &'static str) -> Self {
        Self { name, kind: ColumnKind::Text, is_nullable: false }
    }

    /// A column of numbers, truths or instants.
    pub const fn int(name: &'static str) -> Self {
        Self { name, kind: ColumnKind::Int, is_nullable: false }
    }

    /// The same column, in which nothing may stand.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.is_nullable = true;
        self
    }
}

/// A table of a projection. Its name carries a version: its columns never change under that name.
/// The first column is `tenant`; the first `key` columns are the primary key.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [Column],
    pub key: usize,
    pub indexes: &'static [&'static [&'static str]],
}

/// One of the two tables that a name can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    A,
    B,
}

impl Slot {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::A, Self::B].into_iter().find(|slot| slot.as_str() == name)
    }

    /// The other one, which a rebuild fills.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Which SQL a store speaks, where the two differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    Sqlite,
    Postgres,
}

impl Table {
    /// Name of the table behind the view.
    pub(crate) fn slot(&self, slot: Slot) -> String {
        format!("{}_{}", self.name, slot.as_str())
    }

    /// Names of the key's columns.
    pub(crate) fn key_columns(&self) -> &'static [Column] {
        self.columns.get(..self.key).unwrap_or(self.columns)
    }

    /// All columns, as a list.
    pub(crate) fn list(&self) -> String {
        names(self.columns)
    }

    pub(crate) fn create(&self, slot: Slot, tongue: Tongue) -> String {
        let columns = self.columns.iter().map(|column| {
            let kind = match (column.kind, tongue) {
                (ColumnKind::Text, Tongue::Sqlite) => "text",
                (ColumnKind::Text, Tongue::Postgres) => "text collate \"C\"",
                (ColumnKind::Int, Tongue::Sqlite) => "integer",
                (ColumnKind::Int, Tongue::Postgres) => "bigint",
            };
            let null = if column.is_nullable { "" } else { " not null" };
            format!("{} {kind}{null}", column.name)
        });
        let options = match tongue {
            Tongue::Sqlite => " strict, without rowid",
            Tongue::Postgres => "",
        };
        format!(
            "create table if not exists {} ({}, primary key ({})){options}",
            self.slot(slot),
            columns.collect::<Vec<_>>().join(", "),
            names(self.key_columns()),
        )
    }

    pub(crate) fn create_indexes(&self, slot: Slot) -> Vec<String> {
        let table = self.slot(slot);
        let index = |(number, columns): (usize, &&[&str])| {
            let columns = columns.join(", ");
            format!("create index if not exists {table}_{number} on {table} ({columns})")
        };
        self.indexes.iter().enumerate().map(index).collect()
    }

    pub(crate) fn drop(&self, slot: Slot) -> String {
        format!("drop table if exists {}", self.slot(slot))
    }

    /// Statements that make the name stand for `slot`; in one transaction.
    pub(crate) fn point(&self, slot: Slot, tongue: Tongue) -> Vec<String> {
        let (name, columns, table) = (self.name, self.list(), self.slot(slot));
        match tongue {
            Tongue::Sqlite => vec![
                format!("drop view if exists {name}"),
                format!("create view {name} as select {columns} from {table}"),
            ],
            Tongue::Postgres => {
                vec![format!("create or replace view {name} as select {columns} from {table}")]
            }
        }
    }
}

/// The names of columns, as a list.
pub(crate) fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}
