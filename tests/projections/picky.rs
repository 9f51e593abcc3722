//! A projection for tests, which takes groups unless it is told not to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::Event;
use eventlog::Recorded;
use projections::{Changes, Column, ProjectError, Projection, Table, Value, values};

pub(super) static PICKED: Table = Table {
    name: "picked_v1",
    columns: &[Column::text("tenant"), Column::int("group_id"), Column::text("name")],
    key: 2,
    indexes: &[],
};

/// What it does with groups named `bad`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// It says that it cannot take them.
    Refuses,
    /// It writes rows that the store refuses.
    Spoils,
}

#[derive(Debug, Clone)]
pub(super) struct Picky {
    pub(super) manner: Manner,
    /// Once it holds true, all is taken.
    pub(super) is_mended: Arc<AtomicBool>,
}

impl Picky {
    pub(super) fn new(manner: Manner) -> Self {
        Self { manner, is_mended: Arc::default() }
    }
}

impl Projection for Picky {
    fn name(&self) -> &'static str {
        PICKED.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&PICKED]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let Event::GroupCreated(fact) = event else { return Ok(()) };
        let is_bad = fact.name == "bad" && !self.is_mended.load(Ordering::Relaxed);
        if is_bad && self.manner == Manner::Refuses {
            return Err(ProjectError("bad groups are not taken".to_owned()));
        }
        let name = if is_bad { Value::Null } else { fact.name.as_str().into() };
        changes.upsert(&PICKED, values![&recorded.tenant, fact.group.0, name])
    }
}
