//! What a writer appended, handed to the projections of the same node without another read.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::{Basis, Hash, Head, Recorded};

/// Events that wait in a partition. Whoever is further behind reads them from the log.
const EVENTS_MOST: usize = 4_096;
/// Bytes of payload that wait in a partition.
const BYTES_MOST: usize = 8 * 1024 * 1024;

/// What a node's writer committed: how far, and the newest events themselves.
#[derive(Debug, Clone)]
pub struct Committed {
    /// The last position of each partition.
    pub positions: watch::Receiver<Vec<i64>>,
    pub handover: Arc<Handover>,
}

/// Of a writer that hands nothing over: all is read from the log.
impl From<watch::Receiver<Vec<i64>>> for Committed {
    fn from(positions: watch::Receiver<Vec<i64>>) -> Self {
        let handover = Handover::new(positions.borrow().len());
        Self { positions, handover: Arc::new(handover) }
    }
}

/// Events on their way, by partition. It takes nothing on trust: events come with the row that
/// their append was checked against, and only whoever stands on that very row gets them. What
/// nobody comes for is not kept.
#[derive(Debug)]
pub struct Handover {
    runs: Vec<Mutex<Run>>,
}

/// Events that follow one another.
#[derive(Debug, Default)]
struct Run {
    /// Whether somebody came for events since they were too many to keep.
    is_wanted: bool,
    /// Position and leaf of the event before the first one.
    before: Option<(i64, Hash)>,
    events: VecDeque<Recorded>,
    bytes: usize,
}

impl Handover {
    pub fn new(partitions: usize) -> Self {
        Self { runs: (0..partitions).map(|_| Mutex::default()).collect() }
    }

    /// Gives away what an append brought into the log, sorted as it was there.
    pub fn put(&self, bases: &[Basis], events: Vec<Recorded>) {
        let mut events = events.into_iter().peekable();
        while let Some(first) = events.peek() {
            let partition = first.partition;
            let rests_on = bases.iter().find(|head| head.partition == partition);
            let mut run = self.run(partition);
            while let Some(event) = events.next_if(|event| event.partition == partition) {
                if let (Some(run), Some(basis)) = (&mut run, rests_on) {
                    run.put(basis, event);
                }
            }
        }
    }

    /// The events behind position `after` of a partition, where the event there has this leaf; at
    /// most `limit`, and none where the log must be asked.
    pub fn take(&self, partition: i32, after: i64, leaf: &str, limit: usize) -> Vec<Recorded> {
        let run = self.run(partition);
        run.map_or_else(Vec::new, |mut run| run.take(after, leaf, limit))
    }

    fn run(&self, partition: i32) -> Option<MutexGuard<'_, Run>> {
        let run = self.runs.get(usize::try_from(partition).ok()?)?;
        Some(run.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Run {
    fn put(&mut self, basis: &Head, event: Recorded) {
        if self.events.len() >= EVENTS_MOST || self.bytes >= BYTES_MOST {
            // What is here is in the log as well.
            *self = Self::default();
        }
        if !self.is_wanted {
            return;
        }
        let last = self.events.back().map(|last| (last.position, last.leaf_hash)).or(self.before);
        let follows = last.is_some_and(|(position, leaf)| {
            position + 1 == event.position
                && (position > basis.position || (position, leaf) == of(basis))
        });
        if !follows {
            *self = Self { is_wanted: true, ..Self::default() };
            if event.position != basis.position + 1 {
                return;
            }
            self.before = Some(of(basis));
        }
        self.bytes += event.payload.len();
        self.events.push_back(event);
    }

    fn take(&mut self, after: i64, leaf: &str, limit: usize) -> Vec<Recorded> {
        self.is_wanted = true;
        while self.events.front().is_some_and(|event| event.position <= after) {
            self.pop();
        }
        let stands = self.before.is_some_and(|(position, known)| {
            position == after && (position == 0 || known.to_string() == leaf)
        });
        let count = if stands { limit.min(self.events.len()) } else { 0 };
        std::iter::from_fn(|| self.pop()).take(count).collect()
    }

    fn pop(&mut self) -> Option<Recorded> {
        let event = self.events.pop_front()?;
        self.bytes -= event.payload.len();
        self.before = Some((event.position, event.leaf_hash));
        Some(event)
    }
}

fn of(head: &Head) -> (i64, Hash) {
    (head.position, head.leaf_hash)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::genesis;

    fn event(position: i64) -> Recorded {
        Recorded { position, leaf_hash: leaf(position), ..genesis(Uuid::nil(), 1) }
    }

    fn leaf(position: i64) -> Hash {
        Hash([u8::try_from(position % 251).unwrap(); 32])
    }

    fn basis(position: i64) -> Head {
        Head { partition: 1, position, leaf_hash: leaf(position) }
    }

    fn handed(behind: i64, up_to: i64) -> Handover {
        let handover = Handover::new(2);
        assert!(taken(&handover, behind).is_empty());
        handover.put(&[basis(behind)], (behind + 1..=up_to).map(event).collect());
        handover
    }

    fn taken(handover: &Handover, after: i64) -> Vec<i64> {
        let events = handover.take(1, after, &leaf(after).to_string(), 100);
        events.iter().map(|event| event.position).collect()
    }

    #[test]
    fn what_was_put_is_taken_once_and_in_order() {
        let handover = handed(4, 6);
        handover.put(&[basis(6)], vec![event(7)]);
        assert_eq!(taken(&handover, 4), [5, 6, 7]);
        assert!(taken(&handover, 7).is_empty() && taken(&handover, 4).is_empty());
        handover.put(&[basis(7)], vec![event(8)]);
        assert_eq!(taken(&handover, 7), [8]);
    }

    #[test]
    fn who_is_further_on_gets_the_rest_and_who_is_behind_gets_nothing() {
        let handover = handed(4, 7);
        assert!(taken(&handover, 3).is_empty());
        assert_eq!(taken(&handover, 5), [6, 7]);
        assert!(handover.take(0, 0, "", 100).is_empty() && handover.take(9, 0, "", 1).is_empty());
    }

    #[test]
    fn nothing_is_given_to_rows_that_rest_on_another_event() {
        let handover = handed(4, 6);
        assert!(handover.take(1, 4, &leaf(9).to_string(), 100).is_empty());
        assert_eq!(taken(&handover, 4), [5, 6]);
        // The rows of an empty partition rest on nothing yet.
        assert_eq!(handed(0, 1).take(1, 0, "", 100).len(), 1);
    }

    #[test]
    fn what_does_not_follow_begins_anew() {
        for (behind, elsewhere) in [(9, basis(9)), (6, Head { leaf_hash: leaf(1), ..basis(6) })] {
            let handover = handed(4, 6);
            handover.put(&[elsewhere], vec![event(behind + 1)]);
            assert!(taken(&handover, 4).is_empty());
            let leaf = elsewhere.leaf_hash.to_string();
            assert_eq!(handover.take(1, behind, &leaf, 100).len(), 1);
        }
    }

    #[test]
    fn what_nobody_takes_does_not_pile_up() {
        let most = i64::try_from(EVENTS_MOST).unwrap();
        assert_eq!(handed(0, most).take(1, 0, "", 10_000).len(), EVENTS_MOST);
        let handover = handed(0, most + 5);
        handover.put(&[basis(most + 5)], vec![event(most + 6)]);
        assert!(taken(&handover, most + 5).is_empty(), "nobody came since");
        handover.put(&[basis(most + 6)], vec![event(most + 7)]);
        assert_eq!(taken(&handover, most + 6), [most + 7]);
    }
}
