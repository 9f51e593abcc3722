//! Folds that were made for one answer and may serve the next: what was, stays so.

use std::sync::{Arc, Mutex, PoisonError};

use domain::TenantId;

use crate::as_of::{Past, Until};

/// How many are kept.
const KEPT_MOST: usize = 8;
/// How many events they may hold together: beyond that the oldest go.
const EVENTS_MOST: i64 = 500_000;

/// Whose past up to where, and the fold.
type Kept = (TenantId, Until, Arc<Past>);

/// The folds kept, the newest last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pasts {
    kept: Arc<Mutex<Vec<Kept>>>,
}

impl Pasts {
    pub(crate) fn get(&self, tenant: &TenantId, until: Until) -> Option<Arc<Past>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |it: &&Kept| it.0 == *tenant && it.1 == until;
        kept.iter().find(is_it).map(|(_, _, past)| Arc::clone(past))
    }

    pub(crate) fn keep(&self, tenant: TenantId, until: Until, past: Arc<Past>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push((tenant, until, past));
        let events = |kept: &[Kept]| -> i64 { kept.iter().map(|(_, _, past)| past.ordinal).sum() };
        while kept.len() > KEPT_MOST || (kept.len() > 1 && events(&kept) > EVENTS_MOST) {
            kept.remove(0);
        }
    }
}
