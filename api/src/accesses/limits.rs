//! How many attempts of one caller are taken down one by one: the first few of a minute, and then
//! how many more there were.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::TenantId;
use eventlog::{AccessOutcome, AccessRecord};

/// So many of a minute are kept whole.
const KEPT: u32 = 10;
const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// Beyond so many callers at once, new ones share one count for their tenant.
const CALLERS_MOST: usize = 10_000;

/// Who is counted together: the tenant, the outcome, and whoever it is.
type Who = (TenantId, AccessOutcome, String);

#[derive(Debug)]
struct Window {
    since: DateTime<Utc>,
    kept: u32,
    left_out: i64,
    /// The last of those left out, which stands for all of them.
    last: Option<AccessRecord>,
}

/// The callers of the last minute.
#[derive(Debug, Default)]
pub(super) struct Limits {
    windows: HashMap<Who, Window>,
}

impl Limits {
    /// The record, if it is to be kept by itself.
    pub(super) fn take(&mut self, record: AccessRecord) -> Option<AccessRecord> {
        let mut who = (record.tenant.clone(), record.outcome, caller(&record));
        if self.windows.len() >= CALLERS_MOST && !self.windows.contains_key(&who) {
            who.2.clear();
        }
        let fresh = Window { since: record.at, kept: 0, left_out: 0, last: None };
        let window = self.windows.entry(who).or_insert(fresh);
        if window.kept < KEPT {
            window.kept += 1;
            return Some(record);
        }
        window.left_out += 1;
        window.last = Some(record);
        None
    }

    /// What the windows come to that are over by `now`: a record for each that left something out.
    pub(super) fn over(&mut self, now: DateTime<Utc>) -> Vec<AccessRecord> {
        let over = self.windows.extract_if(|_, window| window.since + MINUTE <= now);
        over.filter_map(|(_, window)| summed(window)).collect()
    }

    /// The same for all windows, as when the program stops.
    pub(super) fn all(&mut self) -> Vec<AccessRecord> {
        self.windows.drain().filter_map(|(_, window)| summed(window)).collect()
    }
}

/// One record for all that were left out.
fn summed(window: Window) -> Option<AccessRecord> {
    let left_out = window.left_out - 1;
    window.last.map(|last| AccessRecord { left_out, ..last })
}

fn caller(record: &AccessRecord) -> String {
    match &record.actor {
        Some(actor) => format!("{}/{}/{}", actor.home, actor.kind.as_str(), actor.id),
        None if record.claimed.is_empty() => format!("address {:02x?}", record.address),
        None => format!("claimed {}", record.claimed),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn record(second: i64, claimed: &str) -> AccessRecord {
        AccessRecord {
            tenant: TenantId::system(),
            at: DateTime::from_timestamp(second, 0).unwrap(),
            id: Uuid::nil(),
            outcome: AccessOutcome::Failed,
            dialect: "native".to_owned(),
            operation: "listEvents".to_owned(),
            status: 401,
            actor: None,
            claimed: claimed.to_owned(),
            address: None,
            shape: String::new(),
            left_out: 0,
            correlation: String::new(),
        }
    }

    #[test]
    fn the_first_of_a_minute_are_kept_and_the_rest_counted() {
        let mut limits = Limits::default();
        let kept = |limits: &mut Limits, claimed: &str| {
            (0..25).filter(|second| limits.take(record(*second, claimed)).is_some()).count()
        };
        assert_eq!((kept(&mut limits, "a"), kept(&mut limits, "b")), (10, 10));
        let at = |second| DateTime::from_timestamp(second, 0).unwrap();
        assert_eq!(limits.over(at(59)), []);
        let over = limits.over(at(60));
        // Each stands for itself and fourteen more.
        let told: Vec<_> = over.iter().map(|it| (it.left_out, it.at)).collect();
        assert_eq!(told, [(14, at(24)), (14, at(24))]);
        assert!(limits.take(record(61, "a")).is_some(), "another minute");
        assert_eq!(limits.all(), []);
    }
}
