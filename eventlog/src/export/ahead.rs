//! Reads a tenant's events in pages and writes their lines, a few pages at the same time: ordinals
//! have no holes, so that where each page begins is known beforehand.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::{EventLog, Hash, LogError, Placement};

/// Events in a page.
const PAGE: i64 = 1_000;
/// Pages at the same time.
const ABREAST: usize = 3;

/// Events as lines.
pub(super) struct Page {
    pub(super) lines: Vec<u8>,
    /// Ordinal and leaf of the last event.
    pub(super) last: (i64, Hash),
}

/// The pages from some event to another. Dropped, it reads no further.
pub(super) struct Pages {
    log: Arc<dyn EventLog>,
    place: Placement,
    /// Behind which ordinal the next page to give begins.
    at: i64,
    /// Behind which ordinal the next page to read begins.
    unread: i64,
    until: i64,
    reading: JoinSet<(i64, Result<Page, LogError>)>,
    /// Pages that were read before their turn, by where they begin.
    ready: BTreeMap<i64, Result<Page, LogError>>,
}

impl Pages {
    pub(super) fn new(log: Arc<dyn EventLog>, place: Placement, after: i64, until: i64) -> Self {
        let (reading, ready) = (JoinSet::new(), BTreeMap::new());
        Self { log, place, at: after, unread: after, until, reading, ready }
    }

    /// The next page; none behind the last one.
    pub(super) async fn next(&mut self) -> Result<Option<Page>, LogError> {
        if self.at >= self.until {
            return Ok(None);
        }
        loop {
            while self.reading.len() + self.ready.len() < ABREAST && self.unread < self.until {
                let end = self.until.min(self.unread + PAGE);
                let (log, place, after) = (Arc::clone(&self.log), self.place.clone(), self.unread);
                self.reading.spawn(async move { (after, read(&*log, &place, after, end).await) });
                self.unread = end;
            }
            if let Some(page) = self.ready.remove(&self.at) {
                return page.map(|page| {
                    self.at = page.last.0;
                    Some(page)
                });
            }
            match self.reading.join_next().await {
                Some(Ok((after, page))) => drop(self.ready.insert(after, page)),
                // The runtime is being taken down.
                Some(Err(error)) => return Err(LogError::Unusable(error.to_string())),
                None => return Ok(None),
            }
        }
    }
}

async fn read(
    log: &dyn EventLog,
    place: &Placement,
    after: i64,
    end: i64,
) -> Result<Page, LogError> {
    let limit = usize::try_from(end - after).unwrap_or_default();
    let (mut events, mut lines) = (log.read_tenant(place, after, limit).await?, Vec::new());
    for event in &events {
        event.export(&mut lines)?;
    }
    match events.pop() {
        Some(last) if last.ordinal == end => Ok(Page { lines, last: (end, last.leaf_hash) }),
        _ => Err(LogError::Unusable(format!("events of {} are missing", place.tenant))),
    }
}
