//! What stands in the store beside the rows: which table each name stands for, and which tenants
//! stand still in which projection.

use std::collections::{BTreeMap, HashSet};

use crate::db::Db;
use crate::{Slot, ViewError};

/// What a projection's table is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SlotState {
    /// In the convoy: as far as the checkpoint.
    Live,
    /// Not filled yet; a rebuild will.
    Building,
}

impl SlotState {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Building => "building",
        }
    }
}

/// Slots and parked tenants, as they were when they were read.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub(super) slots: BTreeMap<String, (Slot, SlotState)>,
    /// (tenant, projection).
    pub(super) parked: HashSet<(String, String)>,
}

impl Layout {
    /// Reads it. A checkpoint's `layout` must have been read before: then a change in between
    /// makes the next write fail, and this is read again.
    pub(super) async fn load(db: &Db) -> Result<Self, ViewError> {
        let mut layout = Self::default();
        for mut row in db.fetch("select projection, slot, state from view_slots", &[]).await? {
            let (name, slot, state) = (row.text()?, row.text()?, row.text()?);
            let slot = Slot::from_name(&slot).ok_or(ViewError::Unreadable("not a slot"))?;
            let is_live = state == SlotState::Live.as_str();
            let state = if is_live { SlotState::Live } else { SlotState::Building };
            layout.slots.insert(name, (slot, state));
        }
        for mut row in db.fetch("select tenant, projection from view_parked", &[]).await? {
            layout.parked.insert((row.text()?, row.text()?));
        }
        Ok(layout)
    }

    /// The table a projection writes to; `None` when it is not in the convoy.
    pub(super) fn live(&self, projection: &str) -> Option<Slot> {
        let (slot, state) = self.slots.get(projection)?;
        (*state == SlotState::Live).then_some(*slot)
    }

    pub(super) fn is_parked(&self, tenant: &str, projection: &str) -> bool {
        !self.parked.is_empty() && self.parked.contains(&(tenant.to_owned(), projection.to_owned()))
    }
}
