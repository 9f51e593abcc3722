//! Keeps a lane running: one that breaks down is followed by another, which starts from the log.

use std::sync::Arc;

use super::lane::Lane;
use super::shared::Shared;
use crate::Failure;

/// Tells all who wait, or would come, that there is no lane any more, however that came.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.queue.stop();
        for job in self.0.queue.clear() {
            job.fail(Failure::Stopping);
        }
        self.0.ended.send_replace(true);
    }
}

/// Runs until a lane ends in good order. A breakdown takes along the batch that was being decided,
/// whose callers hear of it, and no other command.
pub(super) async fn supervise(shared: Arc<Shared>) {
    let _ending = Ending(Arc::clone(&shared));
    while let Err(error) = tokio::spawn(Lane::new(Arc::clone(&shared)).run()).await {
        if !error.is_panic() {
            break;
        }
        tracing::error!(%error, "the lane broke down; another one starts");
        shared.queue.unblock_all();
    }
}
