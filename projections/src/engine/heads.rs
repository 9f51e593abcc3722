//! How far the log reaches, as far as this node knows: told by its own writer, by the gate, and by
//! a poll for what other nodes write.

use std::time::Duration;

use tokio::sync::watch;

use super::convoy::Engine;

const POLL_LEAST: Duration = Duration::from_millis(1);
const POLL_MOST: Duration = Duration::from_millis(50);

/// Raises what is known of the heads; wakes those who wait if anything is new.
pub(crate) fn raise(heads: &watch::Sender<Vec<i64>>, found: &[i64]) -> bool {
    heads.send_if_modified(|known| {
        let mut is_news = false;
        for (known, found) in known.iter_mut().zip(found) {
            is_news |= found > known;
            *known = (*known).max(*found);
        }
        is_news
    })
}

impl Engine {
    /// Asks the log for its heads, often while others write, seldom while nobody does.
    pub(super) async fn poll(&self, mut stop: watch::Receiver<bool>) {
        let mut pause = POLL_LEAST;
        let mut ticks = 0_u32;
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.changed() => return,
            }
            // What the rows reached before the question was put cannot be behind its answer.
            let reached = self.reached.borrow().clone();
            pause = match self.log.heads().await {
                Ok(heads) => {
                    let mut positions = vec![0; self.partitions()];
                    for head in heads {
                        let at = usize::try_from(head.partition).ok();
                        if let Some(known) = at.and_then(|at| positions.get_mut(at)) {
                            *known = head.position;
                        }
                    }
                    if positions.iter().zip(&reached).any(|(found, reached)| found < reached) {
                        self.alarm().await;
                    }
                    let is_foreign = {
                        let committed = self.committed.positions.borrow();
                        positions.iter().zip(committed.iter()).any(|(found, own)| found > own)
                    };
                    let is_news = raise(&self.heads, &positions);
                    if is_news && is_foreign { POLL_LEAST } else { (2 * pause).min(POLL_MOST) }
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "the heads of the log could not be read");
                    (2 * pause).min(Duration::from_secs(1))
                }
            };
            ticks = ticks.wrapping_add(1);
            if ticks.is_multiple_of(16) {
                self.measure();
            }
        }
    }

    /// Some event that is in the rows is not in the log any more.
    async fn alarm(&self) {
        if let Err(error) = self.start_over().await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "the rows rest on events that are gone, and cannot be reset");
        }
    }
}
