//! What the writer counts and reports. No label ever carries what a caller sent.

use std::error::Error;
use std::time::Duration;

use metrics::{counter, gauge, histogram};

use crate::{Failure, Granted};

/// The word a command's outcome is counted under.
pub(super) fn outcome<F, R>(result: &Result<Granted<F>, Failure<R>>, is_dry: bool) -> &'static str {
    match result {
        Ok(_) if is_dry => "dry_run",
        Ok(granted) if granted.events.is_empty() => "unchanged",
        Ok(_) => "granted",
        Err(Failure::Rejected(_)) => "rejected",
        Err(Failure::NoTenant(_)) => "no_tenant",
        Err(Failure::Stale { .. }) => "stale",
        Err(Failure::Replayed(_)) => "replayed",
        Err(Failure::KeyReused) => "key_reused",
        Err(Failure::Overloaded { .. }) => "overloaded",
        Err(Failure::Stopping) => "stopping",
        Err(Failure::Unavailable(_)) => "unavailable",
        Err(Failure::Unreadable(_)) => "unreadable",
    }
}

pub(super) fn command(name: &'static str, outcome: &'static str) {
    counter!("chancery_commands_total", "command" => name, "outcome" => outcome).increment(1);
}

#[expect(clippy::cast_precision_loss, reason = "a gauge shows a size, it does not count with it")]
pub(super) fn batch(commands: usize, took: Duration) {
    histogram!("chancery_append_seconds").record(took);
    histogram!("chancery_batch_commands").record(commands as f64);
}

#[expect(clippy::cast_precision_loss, reason = "a gauge shows a size, it does not count with it")]
pub(super) fn holdings(queued: usize, tenants: usize) {
    gauge!("chancery_queue_commands").set(queued as f64);
    gauge!("chancery_tenants_cached").set(tenants as f64);
}

/// An error with its sources, as a field of a log line.
pub(super) fn cause(error: &(impl Error + 'static)) -> &(dyn Error + 'static) {
    error
}

pub(super) fn conflict() {
    counter!("chancery_conflicts_total").increment(1);
}

pub(super) fn integrity_alarm() {
    counter!("chancery_integrity_alarms_total").increment(1);
}
