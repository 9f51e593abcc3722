//! What was found not to hold of the record since the program started.

use std::sync::{Arc, Mutex, PoisonError};

use eventlog::proof::Finding;

/// Shared by the sealer, which finds, and whoever tells of it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Flaws(Arc<Mutex<Vec<Finding>>>);

impl Flaws {
    /// Adds one; it stays until the program ends, since nobody can take back what was signed.
    pub(super) fn add(&self, finding: Finding) {
        self.held().push(finding);
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
