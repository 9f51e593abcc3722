//! Where the writer's instants come from.

use std::time::SystemTime;

use chrono::{DateTime, Utc};

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock, in whole microseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "here the instant enters, for all commands")]
    fn now(&self) -> DateTime<Utc> {
        whole_micros(SystemTime::now().into())
    }
}

/// `at` without what is finer than a microsecond, as both stores keep it.
pub(super) fn whole_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}
