//! The writer: one lane that brings granted commands into the log. It decides a batch of them on
//! the cached states of their tenants, appends the whole batch in one statement, and answers
//! nobody before that statement confirmed what the decisions rest on.

mod answers;
mod catch_up;
mod clock;
mod draft;
mod drawing;
mod job;
mod land;
mod lane;
mod load;
mod meter;
mod numbers;
mod places;
mod queue;
mod settings;
mod shared;
mod snapshot;
mod state;
mod states;
mod supervisor;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use eventlog::{Committed, EventLog, Keyring, LogError};
use tokio::sync::oneshot;

use crate::{Command, Failure, Granted, Request};
use job::{Job, Reply};
use shared::Shared;
use supervisor::supervise;

pub use clock::{Clock, SystemClock};
pub use settings::WriterSettings;

/// A handle to the writer; cheap to clone. The lane ends when it was drained, or when the last
/// handle is dropped.
#[derive(Clone)]
pub struct Writer {
    handle: Arc<Handle>,
}

struct Handle {
    shared: Arc<Shared>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.queue.stop();
    }
}

impl Writer {
    /// Starts the lane over all partitions of `log`. It must be called inside a tokio runtime.
    pub fn start(
        log: Arc<dyn EventLog>,
        keyring: Keyring,
        settings: WriterSettings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let shared = Arc::new(Shared::new(log, keyring, settings, clock));
        tokio::spawn(supervise(Arc::clone(&shared)));
        Self { handle: Arc::new(Handle { shared }) }
    }

    /// Asks for `command`. What is granted is durable when this returns; what is refused was
    /// refused on a state that was confirmed to be the newest.
    pub async fn run<C: Command>(
        &self,
        request: Request,
        command: C,
    ) -> Result<Granted<C::Fresh>, Failure<C::Rejection>> {
        let is_dry = request.dry_run;
        let result = self.attempt(request, command).await;
        meter::command(C::NAME, meter::outcome(&result, is_dry));
        result
    }

    /// What is committed, as far as this node knows: projections in the same process wait on it,
    /// and take over what was appended.
    pub fn committed(&self) -> Committed {
        let shared = &self.handle.shared;
        let (positions, handover) = (shared.committed.subscribe(), Arc::clone(&shared.handover));
        Committed { positions, handover }
    }

    /// Tells how many events the read models are behind; too many, and commands are shed.
    pub fn report_lag(&self, events: u64) {
        self.handle.shared.set_lag(events);
    }

    /// Takes nothing new, finishes what is queued, saves snapshots, and returns.
    pub async fn drain(&self) {
        let shared = &self.handle.shared;
        shared.queue.stop();
        // The lane holds the sender as long as it lives.
        let _ = shared.ended.subscribe().wait_for(|ended| *ended).await;
    }

    async fn attempt<C: Command>(
        &self,
        mut request: Request,
        mut command: C,
    ) -> Result<Granted<C::Fresh>, Failure<C::Rejection>> {
        let shared = &self.handle.shared;
        loop {
            shared.admit(C::URGENT).map_err(Failure::of)?;
            let seat = shared.places.seat(&request.tenant, C::FOUNDS_TENANT).await;
            let (seat, founding) = seat.map_err(Failure::of)?;
            if let Some(replay) = shared.replay(&request, &seat).await? {
                return Err(replay.of());
            }
            let numbers = shared.numbers.take(C::NUMBERS).await?;
            let (drawn, fresh) =
                shared.draw(&request.tenant, &seat, numbers, founding, command).await?;
            command = drawn;
            let (reply, answer) = oneshot::channel();
            let job = Job::new(request, seat, command, fresh, reply);
            shared.queue.push(job).map_err(Failure::of)?;
            match answer.await {
                Ok(Reply::Done(result)) => return result,
                Ok(Reply::Again(asked, drawn)) => (request, command) = (asked, drawn),
                Err(_) => return Err(LogError::Unusable("the lane broke down".to_owned()).into()),
            }
        }
    }
}
