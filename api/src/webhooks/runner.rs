//! Sees to one webhook: sends what there is in order, and saves how far it came.

mod grip;

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use commands::webhooks::{PauseWebhook, secret_id};
use domain::Actor;
use eventlog::{Cursor, LogError, Recorded, VaultKind};
use projections::webhooks::WebhookRow;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};
use uuid::Uuid;

use self::grip::{Grip, Reached};
use super::pace::WebhookPace;
use super::sender::{Answer, Sender};
use super::signature::SigningKey;
use crate::app::App;
use crate::native::envelope;

/// Events read at a time.
const PAGE: usize = 100;
const TROUBLE: Duration = Duration::from_secs(1);
/// How many deliveries may be under way at once, of all webhooks.
const AT_ONCE: usize = 256;

/// What stands of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) row: WebhookRow,
    /// The newest ordinal of its tenant that the rows show.
    pub(super) newest: i64,
}

/// What all runners of a node share.
pub(super) struct Shared {
    pub(super) app: App,
    pub(super) pace: WebhookPace,
    sender: Sender,
    /// Names this node.
    holder: Uuid,
    places: Semaphore,
}

impl Shared {
    pub(super) fn new(app: App, sender: Sender, holder: Uuid) -> Self {
        let pace = sender.settings.pace;
        Self { app, pace, sender, holder, places: Semaphore::new(AT_ONCE) }
    }
}

/// What to wait for before the next turn.
enum Wait {
    /// Nothing: there is more.
    None,
    /// Word that something else stands.
    Word,
    /// So long; a change of the webhook itself ends it.
    Rest(Duration),
}

pub(super) struct Runner {
    shared: Arc<Shared>,
    orders: watch::Receiver<Order>,
    reached: Arc<AtomicI64>,
    grip: Grip,
    /// Sequence of the webhook when it was looked at last; 0 before that.
    looked_at: i64,
    /// Until then there is nothing to do, unless the webhook is changed.
    rests_until: Option<Instant>,
}

impl Runner {
    /// `reached` is told how far the webhook came.
    pub(super) fn new(
        shared: Arc<Shared>,
        orders: watch::Receiver<Order>,
        reached: Arc<AtomicI64>,
    ) -> Self {
        let grip = Grip::new(Arc::clone(&shared), Arc::clone(&reached));
        Self { shared, orders, reached, grip, looked_at: 0, rests_until: None }
    }

    /// Runs until nobody has orders any more.
    pub(super) async fn run(mut self) {
        loop {
            let order = self.orders.borrow_and_update().clone();
            let wait = match self.turn(&order).await {
                Ok(wait) => wait,
                Err(error) => {
                    let (tenant, webhook) = (&order.row.tenant, order.row.webhook);
                    let cause = error.source().map(ToString::to_string);
                    tracing::warn!(%tenant, %webhook, %error, cause, "a webhook has to wait");
                    self.grip.lose();
                    Wait::Rest(TROUBLE)
                }
            };
            let changed = match wait {
                Wait::None => self.orders.has_changed().map(drop),
                Wait::Word => self.word().await,
                Wait::Rest(most) => {
                    self.rests_until = Some(Instant::now() + most);
                    tokio::select! {
                        changed = self.orders.changed() => changed,
                        () = sleep(most) => Ok(()),
                    }
                }
            };
            if changed.is_err() {
                return self.grip.let_go().await;
            }
        }
    }

    /// Waits for word, and keeps meanwhile how far the webhook came.
    async fn word(&mut self) -> Result<(), watch::error::RecvError> {
        if let Some(wait) = self.grip.due_in() {
            tokio::select! {
                changed = self.orders.changed() => return changed,
                () = sleep(wait) => self.grip.keep().await,
            }
        }
        self.orders.changed().await
    }

    /// Sends a page of what there is.
    async fn turn(&mut self, order: &Order) -> Result<Wait, LogError> {
        let row = &order.row;
        let (is_first, is_changed) = (self.looked_at == 0, self.looked_at != row.marks.sequence);
        if row.paused.is_some() {
            self.grip.let_go().await;
            return Ok(Wait::Word);
        }
        let now = Instant::now();
        if let Some(until) = self.rests_until.filter(|until| *until > now && !is_changed) {
            return Ok(Wait::Rest(until - now));
        }
        self.rests_until = None;
        if !is_changed && order.newest <= self.reached.load(Ordering::Relaxed) {
            return Ok(Wait::Word);
        }
        let keys = self.keys(row).await?;
        if keys.is_empty() {
            self.grip.let_go().await;
            return Ok(Wait::Rest(self.shared.pace.hold));
        }
        let Some(place) = self.shared.app.log.placement(&row.tenant).await? else {
            return Ok(Wait::Rest(TROUBLE));
        };
        // Whoever starts knows of no change that would be worth a try before its time.
        let urgent = is_changed && !is_first;
        let taken = self.grip.take(row, order.newest, urgent).await?;
        self.looked_at = row.marks.sequence;
        let cursor = match taken {
            Reached::Held(cursor) => cursor,
            Reached::Later(wait) => return Ok(Wait::Rest(wait)),
            Reached::AtEnd => return Ok(Wait::Word),
        };
        let page = self.shared.app.log.read_tenant(&place, cursor.ordinal, PAGE).await?;
        if page.is_empty() && cursor.ordinal < order.newest {
            // The rows are ahead of the log, as after a failover that lost its end.
            return Ok(Wait::Rest(TROUBLE));
        }
        let shown = page.iter().take_while(|event| event.ordinal <= order.newest);
        self.send(order, cursor, shown, &keys).await
    }

    /// Sends these events, and moves the cursor past them.
    async fn send(
        &mut self,
        order: &Order,
        mut cursor: Cursor,
        events: impl Iterator<Item = &Recorded>,
        keys: &[SigningKey],
    ) -> Result<Wait, LogError> {
        let row = &order.row;
        for event in events {
            let is_ended = self.orders.has_changed().is_err();
            if is_ended || self.orders.borrow().row != *row {
                break;
            }
            if row.content.takes(&event.event_type, &event.aggregate.kind) {
                let Some(answer) = self.answer(row, &cursor, event, keys).await? else {
                    return Ok(Wait::Rest(self.grip.turns()));
                };
                let was_failing = cursor.failures > 0;
                note(row, event.ordinal, &answer, was_failing);
                match answer {
                    Answer::Taken => {
                        let delivered_at = Some(Utc::now());
                        (cursor.failures, cursor.last_error) = (0, None);
                        (cursor.delivered_at, cursor.next_try_at) = (delivered_at, None);
                    }
                    Answer::Gone | Answer::Failed { .. } => {
                        return self.failed(row, cursor, answer).await;
                    }
                }
                cursor.ordinal = event.ordinal;
                // That it works again is worth knowing at once.
                if was_failing {
                    self.grip.save(&cursor).await?;
                }
            }
            cursor.ordinal = event.ordinal;
            if !self.grip.moved(&cursor).await? {
                return Ok(Wait::Rest(self.grip.turns()));
            }
        }
        Ok(if cursor.ordinal < order.newest { Wait::None } else { Wait::Word })
    }

    /// Keeps in mind that an event was not taken, and when it is tried again.
    async fn failed(
        &mut self,
        row: &WebhookRow,
        cursor: Cursor,
        answer: Answer,
    ) -> Result<Wait, LogError> {
        let is_gone = answer == Answer::Gone;
        let failures = cursor.failures + 1;
        let wait = self.shared.pace.wait(failures, answer.asked());
        let next_try_at = Some(Utc::now() + TimeDelta::from_std(wait).unwrap_or_default());
        let last_error = answer.error();
        self.grip.leave(&Cursor { failures, last_error, next_try_at, ..cursor }).await?;
        if is_gone {
            self.pause(row).await;
        }
        Ok(Wait::Rest(wait))
    }

    /// Sends one event, and says meanwhile that this node is still there. `None` when another took
    /// the webhook over.
    async fn answer(
        &mut self,
        row: &WebhookRow,
        cursor: &Cursor,
        event: &Recorded,
        keys: &[SigningKey],
    ) -> Result<Option<Answer>, LogError> {
        let id = format!("{}/{}", row.tenant, event.ordinal);
        let body = envelope(event, None).to_string().into_bytes();
        let shared = Arc::clone(&self.shared);
        let sending = async {
            // It is never closed.
            let _place = shared.places.acquire().await;
            shared.sender.send(&row.content.url, &id, body, keys).await
        };
        let mut sending = std::pin::pin!(sending);
        let every = self.shared.pace.hold / 3;
        let mut ticks = interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                answer = &mut sending => return Ok(Some(answer)),
                _ = ticks.tick() => if !self.grip.save(cursor).await? {
                    return Ok(None);
                }
            }
        }
    }

    /// What it signs with, the newest first; nothing where its newest secret is not here.
    async fn keys(&self, row: &WebhookRow) -> Result<Vec<SigningKey>, LogError> {
        let app = &self.shared.app;
        let is_grace = row.grace_until.is_some_and(|until| Utc::now() < until);
        let former = is_grace.then(|| row.secret_generation - 1);
        let mut keys = Vec::new();
        for generation in [Some(row.secret_generation), former].into_iter().flatten() {
            let id = secret_id(&row.tenant, row.webhook, generation);
            let Some(kept) = app.log.vault(VaultKind::WebhookSecret, &id).await? else { break };
            let secret = app.keyring.tenant(&row.tenant).await?.open(&kept)?;
            keys.extend(SigningKey::read(&secret));
        }
        Ok(keys)
    }

    /// Records that a receiver is gone.
    async fn pause(&self, row: &WebhookRow) {
        let (tenant, webhook) = (&row.tenant, row.webhook);
        let request = App::inside(tenant, Actor::system(), "webhooks");
        if let Err(failure) = self.shared.app.writer.run(request, PauseWebhook { webhook }).await {
            tracing::debug!(%tenant, %webhook, %failure, "a webhook that is gone was not paused");
        }
    }
}

/// Counts an answer, and says so where a webhook begins to fail or takes events again.
fn note(row: &WebhookRow, ordinal: i64, answer: &Answer, was_failing: bool) {
    let outcome = if *answer == Answer::Taken { "taken" } else { "failed" };
    metrics::counter!("chancery_webhook_deliveries_total", "outcome" => outcome).increment(1);
    let (tenant, webhook) = (&row.tenant, row.webhook);
    match answer.error() {
        None if was_failing => {
            tracing::info!(%tenant, %webhook, ordinal, "a webhook takes events again");
        }
        Some(error) if !was_failing => {
            tracing::warn!(%tenant, %webhook, ordinal, error, "a webhook begins to fail");
        }
        None | Some(_) => {}
    }
}
