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

/// How often at least a cursor is saved while it moves.
const SAVE: Duration = Duration::from_secs(1);

pub(super) struct Grip {
    shared: Arc<Shared>,
    /// How far the webhook came, as far as this node knows.
    reached: Arc<AtomicI64>,
    /// The cursor while this node holds it, and until when it may rest on that.
    held: Option<(Cursor, Instant)>,
    saved: Instant,
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
        if let Some((cursor, until)) = &self.held
            && cursor.placed_by == row.placed_by
            && *until > now
        {
            return Ok(Reached::Held(cursor.clone()));
        }
        self.held = None;
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
        self.held = Some((cursor.clone(), until));
        Ok(Reached::Held(cursor))
    }

    /// How soon it is worth looking whether another node let go.
    pub(super) fn turns(&self) -> Duration {
        self.shared.pace.hold / 4
    }

    /// Whether the cursor moved for long enough to be saved.
    pub(super) fn is_due(&self) -> bool {
        self.saved.elapsed() >= SAVE.min(self.shared.pace.hold / 3)
    }

    /// Saves the cursor and goes on holding it; `false` when it is another's now.
    pub(super) async fn save(&mut self, cursor: &Cursor) -> Result<bool, LogError> {
        let (holding, until) = self.holding();
        let is_ours = self.shared.app.log.cursors()?.save_cursor(cursor, holding).await?;
        self.reached.store(cursor.ordinal, Ordering::Relaxed);
        self.saved = Instant::now();
        self.held = is_ours.then(|| (cursor.clone(), until));
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
        let Some((cursor, _)) = self.held.take() else { return };
        if let Err(error) = self.leave(&cursor).await {
            let (tenant, webhook) = (&cursor.tenant, cursor.webhook);
            tracing::warn!(%tenant, %webhook, %error, "how far a webhook came was not saved");
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
