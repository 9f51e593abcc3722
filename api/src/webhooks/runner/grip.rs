//! A node's grip on the cursor of one webhook: taken while there is something to send, renewed by
//! every save, and let go of when it is another's turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use eventlog::{Cursor, Holding, LogError};
use projections::webhooks::WebhookRow;
use tokio::time::Instant;

use super::{Shared, TROUBLE};

/// How long at most a cursor that moved is not saved: every save is a commit of the log's store.
const SAVE: Duration = Duration::from_secs(1);

pub(super) struct Grip {
    shared: Arc<Shared>,
    /// How far the webhook came, as far as this node knows.
    reached: Arc<AtomicI64>,
    held: Option<Held>,
    saved: Instant,
}

/// The cursor while this node holds it.
struct Held {
    cursor: Cursor,
    /// Until then this node may rest on that.
    until: Instant,
    is_saved: bool,
}

/// What came of reaching for a cursor.
pub(super) enum Reached {
    Held(Cursor),
    /// It is worth another try after so long.
    Later(Duration),
    /// Nothing is left to send.
    AtEnd,
}

impl Grip {
    pub(super) fn new(shared: Arc<Shared>, reached: Arc<AtomicI64>) -> Self {
        Self { shared, reached, held: None, saved: Instant::now() }
    }

    /// Takes hold of the cursor, where there is anything to send up to `newest` and the time has
    /// come for it, or where it is `urgent`.
    pub(super) async fn take(
        &mut self,
        row: &WebhookRow,
        newest: i64,
        urgent: bool,
    ) -> Result<Reached, LogError> {
        let now = Instant::now();
        if let Some(Held { cursor, until, is_saved }) = self.held.take()
            && cursor.placed_by == row.placed_by
        {
            if until > now {
                self.held = Some(Held { cursor: cursor.clone(), until, is_saved });
                return Ok(Reached::Held(cursor));
            }
            if self.save(&cursor).await? {
                return Ok(Reached::Held(cursor));
            }
        }
        let store = self.shared.app.log.cursors()?;
        let (tenant, webhook) = (&row.tenant, row.webhook);
        let mut found = store.cursor(tenant, webhook).await?;
        if found.as_ref().is_none_or(|cursor| cursor.placed_by < row.placed_by) {
            store.place_cursor(tenant, webhook, row.placed_by, row.begins_after).await?;
            found = store.cursor(tenant, webhook).await?;
        }
        let Some(cursor) = found.filter(|cursor| cursor.placed_by == row.placed_by) else {
            // The row is older than what another node has seen.
            return Ok(Reached::Later(TROUBLE));
        };
        self.reached.store(cursor.ordinal, Ordering::Relaxed);
        let wait = cursor.next_try_at.and_then(|at| (at - Utc::now()).to_std().ok());
        if let Some(wait) = wait.filter(|_| !urgent) {
            return Ok(Reached::Later(wait));
        }
        if cursor.ordinal >= newest {
            return Ok(Reached::AtEnd);
        }
        let (holding, until) = self.holding();
        let taken = store.hold_cursor(tenant, webhook, holding, Utc::now()).await?;
        let Some(cursor) = taken.filter(|cursor| cursor.placed_by == row.placed_by) else {
            return Ok(Reached::Later(self.turns()));
        };
        self.saved = now;
        self.held = Some(Held { cursor: cursor.clone(), until, is_saved: true });
        Ok(Reached::Held(cursor))
    }

    /// How soon it is worth looking whether another node let go.
    pub(super) fn turns(&self) -> Duration {
        self.shared.pace.hold / 4
    }

    /// Keeps in mind how far the cursor came, and saves it when it is time; `false` when it is
    /// another's now.
    pub(super) async fn moved(&mut self, cursor: &Cursor) -> Result<bool, LogError> {
        self.reached.store(cursor.ordinal, Ordering::Relaxed);
        let Some(held) = &mut self.held else { return Ok(false) };
        held.cursor.clone_from(cursor);
        held.is_saved = false;
        if self.due_in().is_some_and(|wait| wait.is_zero()) {
            return self.save(cursor).await;
        }
        Ok(true)
    }

    /// How soon the cursor is to be saved, where it is not.
    pub(super) fn due_in(&self) -> Option<Duration> {
        let most = SAVE.min(self.shared.pace.hold / 3);
        let is_unsaved = self.held.as_ref().is_some_and(|held| !held.is_saved);
        is_unsaved.then(|| most.saturating_sub(self.saved.elapsed()))
    }

    /// Saves what is not saved yet.
    pub(super) async fn keep(&mut self) {
        let unsaved = self.held.as_ref().filter(|held| !held.is_saved);
        let Some(cursor) = unsaved.map(|held| held.cursor.clone()) else { return };
        if let Err(error) = self.save(&cursor).await {
            unkept(&cursor, &error);
        }
    }

    /// Saves the cursor and goes on holding it; `false` when it is another's now.
    pub(super) async fn save(&mut self, cursor: &Cursor) -> Result<bool, LogError> {
        let (holding, until) = self.holding();
        let is_ours = self.shared.app.log.cursors()?.save_cursor(cursor, holding).await?;
        self.reached.store(cursor.ordinal, Ordering::Relaxed);
        self.saved = Instant::now();
        self.held = is_ours.then(|| Held { cursor: cursor.clone(), until, is_saved: true });
        Ok(is_ours)
    }

    /// Saves the cursor, and lets any node take it.
    pub(super) async fn leave(&mut self, cursor: &Cursor) -> Result<(), LogError> {
        self.held = None;
        let holding = Holding { holder: self.shared.holder, until: DateTime::UNIX_EPOCH };
        self.shared.app.log.cursors()?.save_cursor(cursor, holding).await.map(drop)
    }

    /// Lets any node take the cursor, if this one holds it.
    pub(super) async fn let_go(&mut self) {
        let Some(Held { cursor, .. }) = self.held.take() else { return };
        if let Err(error) = self.leave(&cursor).await {
            unkept(&cursor, &error);
        }
    }

    /// Holds nothing any more, as far as it knows.
    pub(super) fn lose(&mut self) {
        self.held = None;
    }

    /// This node, for as long as a node holds a webhook; and until when it may rest on that.
    fn holding(&self) -> (Holding, Instant) {
        let hold = self.shared.pace.hold;
        let until = Utc::now() + TimeDelta::from_std(hold).unwrap_or_default();
        (Holding { holder: self.shared.holder, until }, Instant::now() + hold / 2)
    }
}

fn unkept(cursor: &Cursor, error: &LogError) {
    let (tenant, webhook) = (&cursor.tenant, cursor.webhook);
    tracing::warn!(%tenant, %webhook, %error, "how far a webhook came was not saved");
}
