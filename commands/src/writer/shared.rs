//! What callers and the lane share.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use eventlog::{EventLog, Handover, Keyring, LogError};
use tokio::sync::{Semaphore, watch};

use super::clock::whole_micros;
use super::numbers::Numbers;
use super::places::{Places, Seat};
use super::queue::Queue;
use super::{Clock, WriterSettings, answers, drawing};
use crate::{Failure, Request};

/// How long a caller had better stay away when the read models are too far behind.
const LAG_RETRY_AFTER_SECONDS: u32 = 5;

/// More would only take connections and memory from each other.
const LOADS: usize = 8;

pub(super) struct Shared {
    pub(super) log: Arc<dyn EventLog>,
    pub(super) keyring: Keyring,
    pub(super) settings: WriterSettings,
    pub(super) queue: Queue,
    pub(super) places: Places,
    pub(super) numbers: Numbers,
    pub(super) committed: watch::Sender<Vec<i64>>,
    pub(super) handover: Arc<Handover>,
    /// Bounds how many tenants are loaded at a time.
    pub(super) loads: Semaphore,
    /// Bounds how many slow draws there are at a time.
    pub(super) draws: Arc<Semaphore>,
    /// Whether the lane has ended.
    pub(super) ended: watch::Sender<bool>,
    clock: Arc<dyn Clock>,
    lag: AtomicU64,
}

impl Shared {
    pub(super) fn new(
        log: Arc<dyn EventLog>,
        keyring: Keyring,
        settings: WriterSettings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let partitions = usize::try_from(log.partitions()).unwrap_or_default();
        Self {
            queue: Queue::new(settings.clone()),
            places: Places::new(Arc::clone(&log), keyring.clone()),
            numbers: Numbers::new(Arc::clone(&log)),
            committed: watch::Sender::new(vec![0; partitions]),
            handover: Arc::new(Handover::new(partitions)),
            loads: Semaphore::new(LOADS),
            draws: Arc::new(Semaphore::new(drawing::at_a_time())),
            ended: watch::Sender::new(false),
            lag: AtomicU64::new(0),
            log,
            keyring,
            settings,
            clock,
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        whole_micros(self.clock.now())
    }

    pub(super) fn set_lag(&self, events: u64) {
        self.lag.store(events, Ordering::Relaxed);
    }

    /// Sheds early, before anything is read for the command.
    pub(super) fn admit(&self, is_urgent: bool) -> Result<(), Failure<Infallible>> {
        if self.queue.is_stopping() {
            return Err(Failure::Stopping);
        }
        if !is_urgent && self.lag.load(Ordering::Relaxed) > self.settings.lag_events {
            return Err(Failure::Overloaded { retry_after_seconds: LAG_RETRY_AFTER_SECONDS });
        }
        Ok(())
    }

    /// What stands under the request's idempotency key: the answer given then, or that the key is
    /// another request's.
    pub(super) async fn replay(
        &self,
        request: &Request,
        seat: &Seat,
    ) -> Result<Option<Failure<Infallible>>, LogError> {
        let Some(idempotency) = &request.idempotency else { return Ok(None) };
        if seat.is_founding || request.dry_run {
            return Ok(None);
        }
        let key = answers::key(request, idempotency, seat.partition);
        let Some(answer) = self.log.answer(&key, self.now()).await? else { return Ok(None) };
        answers::replay(&answer, idempotency, &seat.keys).map(Some)
    }

    /// Makes the position of a partition known to whoever waits for it.
    pub(super) fn commit(&self, tails: impl Iterator<Item = (i32, i64)>) {
        self.committed.send_if_modified(|positions| {
            let mut is_new = false;
            for (partition, position) in tails {
                let known = usize::try_from(partition).ok().and_then(|at| positions.get_mut(at));
                if let Some(known) = known.filter(|known| **known != position) {
                    (*known, is_new) = (position, true);
                }
            }
            is_new
        });
    }
}
