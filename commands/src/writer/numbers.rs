//! Integer ids, taken from the installation's counter a block at a time.

use std::ops::Range;
use std::sync::Arc;

use eventlog::{EventLog, LogError};
use tokio::sync::Mutex;

const BLOCK: i64 = 1_024;

/// Hands out integer ids that nobody else will get. What is left of a block at the end is lost,
/// and nobody minds: gaps are fine.
pub(super) struct Numbers {
    log: Arc<dyn EventLog>,
    block: Mutex<Range<i64>>,
}

impl Numbers {
    pub(super) fn new(log: Arc<dyn EventLog>) -> Self {
        Self { log, block: Mutex::new(0..0) }
    }

    /// `count` ids, the largest first: they are used from the end.
    pub(super) async fn take(&self, count: usize) -> Result<Vec<i64>, LogError> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let mut block = self.block.lock().await;
        let mut numbers: Vec<_> = block.by_ref().take(count).collect();
        let missing = i64::try_from(count - numbers.len()).unwrap_or(i64::MAX);
        if missing > 0 {
            let size = BLOCK.max(missing);
            let first = self.log.reserve_ids(size).await?;
            *block = first..first.saturating_add(size);
            numbers.extend(block.by_ref().take(count - numbers.len()));
        }
        numbers.reverse();
        Ok(numbers)
    }
}
