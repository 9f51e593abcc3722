//! What is searched for.

use chrono::{DateTime, Utc};
use eventlog::{Order, Recorded};

use super::Term;
use super::term::terms_of;

/// Which events to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Any term of each of these.
    pub all: Vec<Vec<Term>>,
    /// Only ordinals above this one.
    pub above: i64,
    /// Only ordinals below this one.
    pub below: i64,
    /// Recorded at this instant or later.
    pub since: Option<DateTime<Utc>>,
    /// Recorded at this instant or earlier.
    pub until: Option<DateTime<Utc>>,
    /// Only events past this sequence of their aggregate.
    pub sequence_above: i64,
    pub order: Order,
    /// How much of a list a page looks at before it ends with less than was asked for.
    pub effort: i64,
}

/// The usual [`Query::effort`]: some milliseconds.
const EFFORT: i64 = 20_000;

impl Default for Query {
    /// All events, the oldest first.
    fn default() -> Self {
        Self {
            all: Vec::new(),
            above: 0,
            below: i64::MAX,
            since: None,
            until: None,
            sequence_above: 0,
            order: Order::Ascending,
            effort: EFFORT,
        }
    }
}

impl Query {
    /// Whether an event is one of those.
    pub fn takes(&self, event: &Recorded) -> bool {
        let in_time = self.since.is_none_or(|since| event.created_at >= since)
            && self.until.is_none_or(|until| event.created_at <= until);
        if !in_time || event.sequence <= self.sequence_above {
            return false;
        }
        if self.all.is_empty() {
            return true;
        }
        let held = terms_of(event);
        self.all.iter().all(|any| any.iter().any(|term| held.contains(term)))
    }
}
