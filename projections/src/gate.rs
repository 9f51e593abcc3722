//! The gate: one coalesced question in flight after the heads of the log.

use std::sync::Arc;

use eventlog::{EventLog, LogError};
use tokio::sync::{mpsc, oneshot, watch};

use crate::ViewError;
use crate::engine::raise;

type Answer = Result<Arc<Vec<i64>>, Arc<LogError>>;

/// Asks the log for its heads on behalf of many at once: a request gets the answer of a question
/// that was put after it arrived, so at most one round trip is added to any of them.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    waiting: mpsc::UnboundedSender<oneshot::Sender<Answer>>,
}

impl Gate {
    /// The task behind it ends with its last handle.
    pub(crate) fn open(log: Arc<dyn EventLog>, heads: watch::Sender<Vec<i64>>) -> Self {
        let (waiting, mut arrivals) = mpsc::unbounded_channel::<oneshot::Sender<Answer>>();
        tokio::spawn(async move {
            while let Some(first) = arrivals.recv().await {
                // All of these arrived before the question below is put.
                let mut batch = vec![first];
                while let Ok(next) = arrivals.try_recv() {
                    batch.push(next);
                }
                let answer = ask(log.as_ref()).await;
                if let Ok(positions) = &answer {
                    raise(&heads, positions);
                }
                for waiting in batch {
                    // Whoever gave up need not be told.
                    let _ = waiting.send(answer.clone());
                }
            }
        });
        Self { waiting }
    }

    /// The position of every partition's head, at some instant after this call.
    pub(crate) async fn heads(&self) -> Result<Arc<Vec<i64>>, ViewError> {
        let (answer, answered) = oneshot::channel();
        let stopped = || ViewError::Unusable("the server is stopping".to_owned());
        self.waiting.send(answer).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?.map_err(ViewError::Log)
    }
}

async fn ask(log: &dyn EventLog) -> Answer {
    let mut positions = vec![0; usize::try_from(log.partitions()).unwrap_or_default()];
    for head in log.heads().await.map_err(Arc::new)? {
        let at = usize::try_from(head.partition).ok();
        if let Some(position) = at.and_then(|at| positions.get_mut(at)) {
            *position = head.position;
        }
    }
    Ok(Arc::new(positions))
}
