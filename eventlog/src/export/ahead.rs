//! Reads a tenant's events in pages, the next one while the one before is still being written.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::{EventLog, LogError, Placement, Recorded};

/// Events in a page.
const PAGE: i64 = 2_000;

/// A reader that is one page ahead of whoever asks. Dropped, it reads no further.
pub(super) struct Ahead {
    log: Arc<dyn EventLog>,
    place: Placement,
    /// The last ordinal that is wanted.
    until: i64,
    /// The read under way, if there is one.
    reading: JoinSet<Result<Vec<Recorded>, LogError>>,
}

impl Ahead {
    pub(super) fn new(log: Arc<dyn EventLog>, place: Placement, until: i64) -> Self {
        Self { log, place, until, reading: JoinSet::new() }
    }

    /// The events behind `after`, which is where the page before this one ended; none behind the
    /// last one that is wanted.
    pub(super) async fn page(&mut self, after: i64) -> Result<Vec<Recorded>, LogError> {
        if self.reading.is_empty() {
            self.read(after);
        }
        let page = match self.reading.join_next().await {
            Some(Ok(page)) => page?,
            // The runtime is being taken down.
            Some(Err(error)) => return Err(LogError::Unusable(error.to_string())),
            None => Vec::new(),
        };
        if let Some(last) = page.last() {
            self.read(last.ordinal);
        }
        Ok(page)
    }

    fn read(&mut self, after: i64) {
        let limit = usize::try_from(PAGE.min(self.until - after)).unwrap_or_default();
        if limit > 0 {
            let (log, place) = (Arc::clone(&self.log), self.place.clone());
            self.reading.spawn(async move { log.read_tenant(&place, after, limit).await });
        }
    }
}
