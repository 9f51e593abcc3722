//! The sealer at work: every few seconds, and once more when the server stops. Now and then it looks
//! again at what did not hold, so that the alarm ends when somebody has put it right.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use commands::Clock;
use eventlog::SealError;
use eventlog::proof::{Finding, Round, Sealer, SigningKey};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::flaws::Flaws;
use crate::app::App;

/// So many rounds go by before what did not hold is looked at again.
const ROUNDS_BETWEEN: u32 = 10;

/// The running sealer.
pub(super) struct Sealing {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Sealing {
    /// `flaws` is told what does not hold.
    pub(super) fn start(app: &App, clock: Arc<dyn Clock>, flaws: Flaws) -> Result<Self, SealError> {
        let key = SigningKey::derive(app.keyring.master(), app.log.installation())?;
        let sealer = Sealer::new(Arc::clone(&app.log), key);
        let (last_good, waited) = (Instant::now(), 0);
        let work = Work { sealer, clock, flaws, last_good, waited };
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(work.run(app.settings.seal_every, stopped));
        Ok(Self { stop, task })
    }

    /// Seals what is left, as far as there is time for it; the rest is sealed at the next start.
    pub(super) async fn stop(mut self, patience: Duration) {
        self.stop.send_replace(true);
        if timeout(patience, &mut self.task).await.is_err() {
            self.task.abort();
            tracing::warn!("the last events were not sealed; they will be at the next start");
        }
    }
}

struct Work {
    sealer: Sealer,
    clock: Arc<dyn Clock>,
    flaws: Flaws,
    last_good: Instant,
    /// Rounds since it was looked again.
    waited: u32,
}

impl Work {
    async fn run(mut self, every: Duration, mut stopped: watch::Receiver<bool>) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stopped.changed() => break,
                _ = ticks.tick() => {}
            }
            // A round that is given up is taken up by the next one.
            tokio::select! {
                _ = stopped.changed() => break,
                () = self.round() => {}
            }
        }
        self.round().await;
    }

    async fn round(&mut self) {
        let now = self.clock.now();
        match self.sealer.round(now).await {
            Ok(round) => {
                self.last_good = Instant::now();
                let age = round.oldest.and_then(|oldest| (now - oldest).to_std().ok());
                note(&round, age.unwrap_or_default());
                for finding in round.found {
                    alarm(&finding);
                    self.flaws.add(finding);
                }
                self.waited = if self.flaws.is_none() { 0 } else { self.waited + 1 };
                if self.waited >= ROUNDS_BETWEEN {
                    self.look_again(now).await;
                }
            }
            Err(error) => {
                let unsealed = self.last_good.elapsed().as_secs_f64();
                metrics::gauge!("chancery_unsealed_seconds").set(unsealed);
                let error = &error as &dyn Error;
                tracing::warn!(error, "the record cannot be sealed now");
            }
        }
        metrics::gauge!("chancery_record_flaws").set(self.flaws.count());
    }

    async fn look_again(&mut self, now: DateTime<Utc>) {
        self.waited = 0;
        let found = self.flaws.all();
        let left = match self.sealer.look_again(&found, now).await {
            Ok(left) => left,
            Err(error) => {
                let error = &error as &dyn Error;
                tracing::warn!(error, "what does not hold cannot be looked at again now");
                return;
            }
        };
        left.iter().filter(|finding| !found.contains(finding)).for_each(alarm);
        for finding in found.iter().filter(|finding| !left.contains(finding)) {
            tracing::info!(%finding, "this is over");
        }
        if left.is_empty() {
            tracing::info!("the record holds again, and is sealed on");
        }
        self.flaws.replace(left);
    }
}

/// What does not hold, as it is found.
fn alarm(finding: &Finding) {
    metrics::counter!("chancery_integrity_alarms_total").increment(1);
    tracing::error!(%finding, "the record does not hold, and is not sealed there");
}

/// How much there was to seal, and how old the oldest of it was.
fn note(round: &Round, age: Duration) {
    #[expect(clippy::cast_precision_loss, reason = "a gauge needs no more")]
    metrics::gauge!("chancery_unsealed_events").set(round.events as f64);
    metrics::gauge!("chancery_unsealed_seconds").set(age.as_secs_f64());
    metrics::counter!("chancery_sealed_events_total").increment(round.events);
    metrics::counter!("chancery_checkpoints_total").increment(round.checkpoints);
}
