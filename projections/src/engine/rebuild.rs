//! Rebuilding a projection while it serves: the table that no name stands for is filled from
//! position 0, compared, and then, at the checkpoint of the convoy, put in the other one's place.

mod compare;
mod fill;
mod swap;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

use self::fill::Fill;
use self::swap::Swapped;
use super::convoy::Engine;
use super::layout::SlotState;
use super::schema;
use crate::table::Tongue;
use crate::tx::Tx;
use crate::{Projection, Slot, ViewError};

/// How often a rebuild tries to put its table in place, when readers or writers hold it up.
const SWAPS_MOST: u32 = 200;
const SWAP_AGAIN: Duration = Duration::from_millis(20);

/// How far a rebuild is, in events of all partitions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub position: i64,
    pub head: i64,
}

/// The rebuilds under way on this node.
#[derive(Debug, Default)]
pub(super) struct Rebuilds(Mutex<BTreeMap<String, Progress>>);

impl Rebuilds {
    pub(super) fn of(&self, projection: &str) -> Option<Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(projection).copied()
    }

    fn report(&self, projection: &str, progress: Progress) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(projection.to_owned(), progress);
    }

    fn claim(&self, projection: &str) -> Result<Claim<'_>, ViewError> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.contains_key(projection) {
            return Err(ViewError::Rebuilding(projection.to_owned()));
        }
        held.insert(projection.to_owned(), Progress::default());
        Ok(Claim { rebuilds: self, projection: projection.to_owned() })
    }
}

/// One rebuild of a projection at a time on this node.
struct Claim<'a> {
    rebuilds: &'a Rebuilds,
    projection: String,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut held = self.rebuilds.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.remove(&self.projection);
    }
}

impl Engine {
    /// Rebuilds a projection; `progress` is told how far it is.
    pub(super) async fn rebuild(
        &self,
        name: &str,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<(), ViewError> {
        let projection = self.projections.iter().find(|projection| projection.name() == name);
        let projection = projection.ok_or_else(|| ViewError::NoProjection(name.to_owned()))?;
        let _claim = self.rebuilds.claim(name)?;
        let lock = self.lock(name).await?;
        let report = |now| {
            self.rebuilds.report(name, now);
            progress(now);
        };
        let rebuilt = self.rebuild_locked(Arc::clone(projection), &report).await;
        if let Some(lock) = lock {
            // Dropped, it would be free only a little later.
            lock.roll_back().await?;
        }
        rebuilt
    }

    async fn rebuild_locked(
        &self,
        projection: Arc<dyn Projection>,
        report: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<(), ViewError> {
        let name = projection.name();
        let layout = self.relay().await?;
        let (live, state) = layout.slots.get(name).copied().unwrap_or((Slot::A, SlotState::Live));
        let mut fill = Fill::begin(self, projection, live.other(), report).await?;
        let target = self.reached.borrow().clone();
        fill.catch_up(&target).await?;
        fill.index().await?;
        self.compare(&mut fill, live, state).await?;
        for _ in 0..SWAPS_MOST {
            let target = self.reached.borrow().clone();
            fill.catch_up(&target).await?;
            match self.swap(&mut fill).await? {
                Swapped::Done => {
                    self.relay().await?;
                    fill.discard(live).await;
                    tracing::info!(projection = name, "a projection was rebuilt");
                    return Ok(());
                }
                Swapped::HeldUp => tokio::time::sleep(SWAP_AGAIN).await,
            }
        }
        Err(ViewError::HeldUp(name.to_owned()))
    }

    /// Keeps other nodes from rebuilding the same projection: an open transaction holds the lock.
    async fn lock(&self, name: &str) -> Result<Option<Tx>, ViewError> {
        let db = self.views.writer();
        if db.tongue() == Tongue::Sqlite {
            return Ok(None);
        }
        let mut tx = db.begin().await?;
        tx.execute("set local idle_in_transaction_session_timeout = 0", &[]).await?;
        let sql = "select cast(cast(pg_try_advisory_xact_lock(484811002, hashtext($1)) as int) as bigint)";
        let rows = tx.fetch(sql, &[name.into()]).await?;
        let is_ours = rows.into_iter().next().map_or(Ok(0), |mut row| row.int())? == 1;
        if is_ours { Ok(Some(tx)) } else { Err(ViewError::Rebuilding(name.to_owned())) }
    }

    /// Goes on without projections that nobody keeps any more; a program that knows them builds
    /// them again.
    pub(super) async fn dismiss(&self, names: &[String]) -> Result<(), ViewError> {
        if names.is_empty() {
            return Ok(());
        }
        let layout = self.relay().await?;
        let mut tx = self.views.writer().begin().await?;
        for name in names {
            tracing::warn!(
                projection = name,
                "nobody keeps a projection any more: going on without"
            );
            let slot = layout.live(name).unwrap_or(Slot::A);
            schema::set_slot(&mut tx, name, slot, SlotState::Building).await?;
        }
        schema::bump_layout(&mut tx).await?;
        tx.commit().await
    }
}
