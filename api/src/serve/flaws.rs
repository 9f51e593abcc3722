//! What was found not to hold of the record, and does not hold still.

use std::sync::{Arc, Mutex, PoisonError};

use eventlog::proof::Finding;

/// Shared by the sealer, which finds, and whoever tells of it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Flaws(Arc<Mutex<Vec<Finding>>>);

impl Flaws {
    /// Adds one.
    pub(super) fn add(&self, finding: Finding) {
        self.held().push(finding);
    }

    pub(super) fn all(&self) -> Vec<Finding> {
        self.held().clone()
    }

    /// Has these in place of all that there were.
    pub(super) fn replace(&self, left: Vec<Finding>) {
        *self.held() = left;
    }

    /// How many there are, as a metric has it.
    pub(super) fn count(&self) -> f64 {
        u32::try_from(self.held().len()).unwrap_or(u32::MAX).into()
    }

    pub(super) fn is_none(&self) -> bool {
        self.held().is_empty()
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Vec<Finding>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
