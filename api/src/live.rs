//! What all live streams of a server share: how many there may be, their pace, and the word that
//! the server stops.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// How live streams wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LivePace {
    /// Between two signs of life; the caller's rights are looked at again each time.
    pub heartbeat: Duration,
    /// For a reader that does not take what is there.
    pub patience: Duration,
    /// After a batch, so that one read serves what comes in close succession.
    pub breath: Duration,
    /// Most streams at once.
    pub streams_most: usize,
}

impl Default for LivePace {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(15),
            patience: Duration::from_secs(10),
            breath: Duration::from_millis(25),
            streams_most: 1_000,
        }
    }
}

/// The live streams of a server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Live {
    pub(crate) pace: LivePace,
    stop: Arc<watch::Sender<bool>>,
    places: Arc<Semaphore>,
}

impl Live {
    pub fn new(pace: LivePace) -> Self {
        let places = Arc::new(Semaphore::new(pace.streams_most));
        Self { pace, stop: Arc::new(watch::Sender::new(false)), places }
    }

    /// Ends every stream, as the server's stop wants it: they would never end by themselves.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Tells when they are to end.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// A place for one more stream, while there is any.
    pub(crate) fn enter(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }
}
