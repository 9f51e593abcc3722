//! Events to webhooks. Each is one signed POST, in the order of the record, at least once: how far
//! a webhook has come is kept in the log's store, and a receiver knows an event that it got twice by
//! its id. What is personal stays sealed, as a receiver would keep it past an erasure.
//!
//! A task of its own sees to each webhook, so that one that is slow or away holds up no other. Of
//! several nodes one at a time does; when it dies, another takes over.

mod pace;
mod reach;
mod runner;
mod sender;
mod signature;
mod standing;

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::{TenantId, WebhookId};
use futures::future::join_all;
use projections::webhooks::{self, WebhookRow};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use crate::app::App;
use runner::{Order, Runner, Shared};
pub use sender::Sender;
pub(crate) use standing::{Standing, standings};

pub use pace::{WebhookPace, WebhookSettings};

/// Webhooks are looked at so often even if nothing was recorded: deliveries may have come further.
const POLL: Duration = Duration::from_secs(1);
const TROUBLE: Duration = Duration::from_secs(1);
/// How long deliveries under way are waited for when the server stops.
const PATIENCE: Duration = Duration::from_secs(3);
/// The look takes at most so much of the time: one part in so many.
const SHARE: u32 = 10;

/// The running deliveries.
pub struct Deliveries {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Deliveries {
    pub fn start(app: App, sender: Sender) -> Self {
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(Shared::new(app, sender, Uuid::now_v7()));
        let overseer = Overseer { shared, hands: HashMap::new() };
        Self { stop, task: tokio::spawn(overseer.run(stopped)) }
    }

    /// Lets what has begun finish, for a few seconds. What is cut off is sent again by another
    /// node, or after the next start.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        // If it panicked, it has said so in the log.
        let _ = self.task.await;
    }
}

/// Has a runner for each webhook, and tells it what stands.
struct Overseer {
    shared: Arc<Shared>,
    hands: HashMap<(TenantId, WebhookId), Hand>,
}

/// What the overseer has of a runner. It ends when this is dropped.
struct Hand {
    orders: watch::Sender<Order>,
    reached: Arc<AtomicI64>,
    task: JoinHandle<()>,
}

impl Overseer {
    async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        let reads = self.shared.app.reads.clone();
        let mut rows = reads.watch();
        while !*stopped.borrow_and_update() {
            rows.borrow_and_update();
            let began = Instant::now();
            let pause = match webhooks::every(&reads.eventual()).await {
                Ok(found) => {
                    self.assign(found);
                    (began.elapsed() * SHARE).max(self.shared.pace.breath)
                }
                Err(error) => {
                    let cause = error.source().map(ToString::to_string);
                    tracing::warn!(%error, cause, "webhooks cannot be listed now");
                    TROUBLE
                }
            };
            tokio::select! {
                _ = stopped.changed() => break,
                () = sleep(pause) => {}
            }
            tokio::select! {
                _ = stopped.changed() => break,
                _ = rows.changed() => {}
                () = sleep(POLL) => {}
            }
        }
        // Without orders they end.
        let ending: Vec<_> = self.hands.into_values().map(|hand| hand.task).collect();
        let aborts: Vec<_> = ending.iter().map(JoinHandle::abort_handle).collect();
        if timeout(PATIENCE, join_all(ending)).await.is_err() {
            tracing::info!("deliveries to webhooks were cut off; they will be made again");
            aborts.iter().for_each(AbortHandle::abort);
        }
    }

    /// Tells every runner what stands; who has no webhook any more ends.
    fn assign(&mut self, found: Vec<(WebhookRow, i64)>) {
        let (mut before, mut lag_most) = (std::mem::take(&mut self.hands), 0);
        for (row, newest) in found {
            let key = (row.tenant.clone(), row.webhook);
            let order = Order { row, newest };
            let is_paused = order.row.paused.is_some();
            let hand = match before.remove(&key).filter(|hand| !hand.task.is_finished()) {
                Some(hand) => {
                    hand.orders.send_if_modified(|held| {
                        let is_new = *held != order;
                        *held = order;
                        is_new
                    });
                    hand
                }
                None => self.hire(order),
            };
            if !is_paused {
                lag_most = lag_most.max(newest - hand.reached.load(Ordering::Relaxed));
            }
            self.hands.insert(key, hand);
        }
        #[expect(clippy::cast_precision_loss, reason = "a gauge needs no more")]
        metrics::gauge!("chancery_webhook_lag_events").set(lag_most as f64);
    }

    fn hire(&self, order: Order) -> Hand {
        let reached = Arc::new(AtomicI64::new(order.newest));
        let (orders, told) = watch::channel(order);
        let runner = Runner::new(Arc::clone(&self.shared), told, Arc::clone(&reached));
        Hand { orders, reached, task: tokio::spawn(runner.run()) }
    }
}
