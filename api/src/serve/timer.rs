//! What happens because time passes: recording that something fell due, handing over mail,
//! dropping what expired, and telling the writer how far behind the read models are.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use commands::Clock;
use commands::clients::EndSecretGrace;
use domain::Actor;
use projections::clients::due;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::measure;
use crate::outbox::{Courier, Outbox};
use crate::retention::{self, Gone};

const LAG: Duration = Duration::from_millis(250);
const DUE: Duration = Duration::from_secs(1);
const MAIL: Duration = Duration::from_secs(1);
const PURGE: Duration = Duration::from_mins(1);
const MEASURE: Duration = Duration::from_secs(5);
const RETAIN: Duration = Duration::from_hours(1);

/// The running timers.
pub(super) struct Timer {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Timer {
    pub(super) fn start(app: App, clock: Arc<dyn Clock>, outbox: Arc<dyn Outbox>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (behind, falling_due, purging) = (app.clone(), app.clone(), app.clone());
        let (retaining, retain_by) = (app.clone(), Arc::clone(&clock));
        let courier = Arc::new(Courier::new(app, outbox));
        let tasks = vec![
            every(LAG, stopped.clone(), move || {
                behind.writer.report_lag(behind.projections.lag_events());
                std::future::ready(())
            }),
            every(DUE, stopped.clone(), move || end_what_is_due(falling_due.clone(), clock.now())),
            every(MAIL, stopped.clone(), move || {
                let courier = Arc::clone(&courier);
                async move {
                    let _ = courier.round().await;
                }
            }),
            every(PURGE, stopped.clone(), move || purge(purging.clone())),
            every(RETAIN, stopped.clone(), move || retain(retaining.clone(), retain_by.now())),
            every(MEASURE, stopped, || {
                measure::tidy_up();
                std::future::ready(())
            }),
        ];
        Self { stop, tasks }
    }

    /// Lets what has begun finish.
    pub(super) async fn stop(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            // One that panicked has said so in the log.
            let _ = task.await;
        }
    }
}

fn every<F>(
    period: Duration,
    mut stopped: watch::Receiver<bool>,
    mut work: impl FnMut() -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = ()> + Send,
{
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(period);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stopped.changed() => return,
                _ = ticks.tick() => work().await,
            }
        }
    })
}

/// Records what fell due. That it is over follows from the facts and the instant; the event only
/// says so, and drops the secret.
async fn end_what_is_due(app: App, now: DateTime<Utc>) {
    let due = match due(&app.reads.eventual(), now).await {
        Ok(due) => due,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            return tracing::warn!(error, "what falls due cannot be listed now");
        }
    };
    for due in due {
        let request = App::inside(&due.tenant, Actor::timer(), "timer");
        if let Err(failure) = app.writer.run(request, EndSecretGrace { client: due.client }).await {
            // The list may be older than the log; the next look will not name it again.
            tracing::debug!(%failure, "what seemed due was not recorded");
        }
    }
}

/// Drops what is kept no longer. Every node does; what another one dropped is gone already.
async fn retain(app: App, now: DateTime<Utc>) {
    match retention::retain(&app, now).await {
        Ok(gone) if gone == Gone::default() => {}
        Ok(gone) => tracing::info!(
            access_records = gone.access_records,
            months = gone.months,
            "dropped what is kept no longer"
        ),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "what is kept no longer cannot be dropped now");
        }
    }
}

async fn purge(app: App) {
    match app.log.purge(Utc::now()).await {
        Ok(0) => {}
        Ok(rows) => tracing::debug!(rows, "dropped what expired"),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "what expired cannot be dropped now");
        }
    }
}
