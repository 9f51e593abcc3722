//! The convoy: one reader for each partition feeds all live projections, and writes their rows and
//! one checkpoint together.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use eventlog::{Committed, EventLog, Recorded};
use tokio::sync::{Mutex as AsyncMutex, watch};

use super::checkpoint::Checkpoint;
use super::fold::fold;
use super::layout::Layout;
use super::page::{Page, Written};
use super::rebuild::Rebuilds;
use super::schema;
use crate::views::Still;
use crate::{Projection, ViewError, Views};

/// Events in a page.
const PAGE: usize = 2_000;
const RETRY_LEAST: Duration = Duration::from_millis(20);
const RETRY_MOST: Duration = Duration::from_secs(1);
/// How long to wait before another look at a projection that is not filled.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// Others that know more projections than this node go first; if they do not move for so long,
/// this node goes on without those.
const DEFERENCE: Duration = Duration::from_secs(3);

/// What is known of events that are not in the rows yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pending {
    /// When the oldest of them was recorded, once it was read.
    pub(super) recorded_at: Option<DateTime<Utc>>,
    /// Since when the rows stand where they are.
    pub(super) since: Instant,
}

/// What the tasks of one node share.
pub(crate) struct Engine {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) views: Views,
    pub(crate) projections: Vec<Arc<dyn Projection>>,
    /// As the writer of this node tells it.
    pub(super) committed: Committed,
    /// As far as this node knows.
    pub(super) heads: watch::Sender<Vec<i64>>,
    /// How far the rows are, by partition.
    pub(crate) reached: watch::Sender<Vec<i64>>,
    /// What is read but not yet in the rows, by partition.
    pub(super) pending: Mutex<Vec<Option<Pending>>>,
    /// Wakes every follower to take up its checkpoint, which may have gone back.
    pub(super) reset: watch::Sender<()>,
    pub(super) layout: AsyncMutex<Arc<Layout>>,
    pub(super) rebuilds: Rebuilds,
}

impl Engine {
    pub(super) fn partitions(&self) -> usize {
        usize::try_from(self.log.partitions()).unwrap_or_default()
    }

    /// Reads slots and parked tenants again, for this node's writes and its queries.
    pub(super) async fn relay(&self) -> Result<Arc<Layout>, ViewError> {
        let mut held = self.layout.lock().await;
        let layout = Arc::new(Layout::load(self.views.readers()).await?);
        let unbuilt = self.unbuilt(&layout).collect();
        self.views.set_still(Still { parked: layout.parked.clone(), unbuilt });
        *held = Arc::clone(&layout);
        Ok(layout)
    }

    /// Projections of this program that are not in the convoy.
    fn unbuilt(&self, layout: &Layout) -> impl Iterator<Item = &'static str> {
        let names = self.projections.iter().map(|projection| projection.name());
        names.filter(|name| layout.live(name).is_none())
    }

    /// Builds what is not in the convoy. Another node may be at it.
    pub(super) async fn build_missing(&self) -> Result<(), ViewError> {
        loop {
            let layout = self.relay().await?;
            let Some(name) = self.unbuilt(&layout).next() else { return Ok(()) };
            match self.rebuild(name, &|_| {}).await {
                Err(ViewError::Rebuilding(_)) => tokio::time::sleep(LOOK_AGAIN).await,
                built => built?,
            }
        }
    }

    /// Builds again what other nodes took for abandoned, as when this one stood still for long.
    pub(super) async fn keep_built(&self, mut stop: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                _ = stop.changed() => return,
            }
            let layout = Arc::clone(&*self.layout.lock().await);
            if self.unbuilt(&layout).next().is_some()
                && let Err(error) = self.build_missing().await
            {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "a projection cannot be built");
            }
        }
    }

    /// Notes that a partition is behind, and since when its oldest event waits.
    fn note_behind(&self, partition: usize, oldest: Option<DateTime<Utc>>) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pending) = pending.get_mut(partition) {
            let since = Instant::now();
            let behind = pending.get_or_insert(Pending { recorded_at: None, since });
            behind.recorded_at = oldest.or(behind.recorded_at);
        }
    }

    /// Notes that a partition moved on.
    fn note_moved(&self, partition: usize) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pending) = pending.get_mut(partition) {
            *pending = None;
        }
    }

    /// Forgets the rows if events that they were folded from are gone, as after a failover that
    /// lost the log's tail; the convoy then fills them from the start.
    pub(super) async fn start_over(&self) -> Result<(), ViewError> {
        let mut tx = self.views.writer().begin().await?;
        schema::create_control(&mut tx).await?;
        schema::settle(&mut tx, self.log.as_ref(), &self.projections).await?;
        tx.commit().await?;
        self.reset.send_replace(());
        Ok(())
    }
}

/// One partition's reader.
pub(super) struct Follower {
    engine: Arc<Engine>,
    partition: i32,
    at: Checkpoint,
    layout: Arc<Layout>,
    /// Since when another node, which knows more projections, was seen where it is.
    deferring: Option<Instant>,
    must_reload: bool,
}

impl Follower {
    pub(super) async fn new(engine: Arc<Engine>, partition: i32) -> Result<Self, ViewError> {
        let at = Checkpoint::load(engine.views.readers(), partition).await?;
        let layout = engine.relay().await?;
        let follower = Self { engine, partition, at, layout, deferring: None, must_reload: false };
        follower.publish();
        Ok(follower)
    }

    /// Follows the partition until told to stop.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut committed = self.engine.committed.positions.clone();
        let mut heads = self.engine.heads.subscribe();
        let mut reset = self.engine.reset.subscribe();
        let mut pause = RETRY_LEAST;
        while !*stop.borrow() {
            let known = self.of(&committed.borrow_and_update());
            let head = known.max(self.of(&heads.borrow_and_update()));
            let result = self.catch_up(head).await;
            let is_behind = match result {
                Ok(()) => {
                    pause = RETRY_LEAST;
                    head > self.at.position
                }
                Err(error) => {
                    let (partition, position) = (self.partition, self.at.position);
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, partition, position, "the projections cannot go on");
                    pause = (2 * pause).min(RETRY_MOST);
                    true
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause), if is_behind => {}
                // The writer may be gone while others still write.
                Ok(()) = committed.changed(), if !is_behind => {}
                Ok(()) = heads.changed(), if !is_behind => {}
                Ok(()) = reset.changed() => self.must_reload = true,
                _ = stop.changed() => return,
            }
        }
    }

    fn index(&self) -> usize {
        usize::try_from(self.partition).unwrap_or_default()
    }

    fn of(&self, positions: &[i64]) -> i64 {
        positions.get(self.index()).copied().unwrap_or_default()
    }

    /// Tells how far the rows are; back, if the store says so.
    fn publish(&self) {
        let (index, position) = (self.index(), self.at.position);
        self.engine.reached.send_if_modified(|reached| {
            let Some(known) = reached.get_mut(index) else { return false };
            std::mem::replace(known, position) != position
        });
    }

    async fn catch_up(&mut self, head: i64) -> Result<(), ViewError> {
        if self.must_reload {
            self.reload().await?;
            self.must_reload = false;
        }
        if head <= self.at.position {
            self.engine.note_moved(self.index());
            return Ok(());
        }
        self.engine.note_behind(self.index(), None);
        self.advance(head).await
    }

    /// The page behind the checkpoint; `None` if another event stands where the checkpoint's stood.
    /// An empty page proves nothing.
    async fn first_page(&self) -> Result<Option<Vec<Recorded>>, ViewError> {
        let handed = self.handed();
        if !handed.is_empty() {
            return Ok(Some(handed));
        }
        let before = i64::from(self.at.position > 0);
        let mut page = self.read(self.at.position - before).await?;
        if before == 1 && !page.is_empty() {
            if !self.at.rests_on(page.first()) {
                return Ok(None);
            }
            page.remove(0);
        }
        Ok(Some(page))
    }

    /// What the writer of this node appended right behind the checkpoint, if nothing else did.
    fn handed(&self) -> Vec<Recorded> {
        let (handover, at) = (&self.engine.committed.handover, &self.at);
        handover.take(self.partition, at.position, &at.leaf_hash, PAGE)
    }

    async fn read(&self, after: i64) -> Result<Vec<Recorded>, ViewError> {
        Ok(self.engine.log.read(self.partition, after, PAGE).await?)
    }

    /// Folds what is new, page after page, reading one ahead.
    async fn advance(&mut self, head: i64) -> Result<(), ViewError> {
        if self.defers() {
            return self.reload().await;
        }
        let Some(mut page) = self.first_page().await? else {
            return self.engine.start_over().await;
        };
        while let Some(last) = page.last() {
            let (position, leaf_hash) = (last.position, last.leaf_hash);
            self.engine.note_behind(self.index(), page.first().map(|it| it.created_at));
            let is_full = page.len() == PAGE || position < head;
            let ahead = async { if is_full { self.read(position).await } else { Ok(Vec::new()) } };
            let (written, next) = tokio::join!(self.write(&page), ahead);
            match written? {
                Written::Landed => {
                    self.at.position = position;
                    self.at.leaf_hash = leaf_hash.to_string();
                    self.publish();
                    self.engine.note_moved(self.index());
                }
                // Whoever asks must meet the parked tenants before the new position.
                Written::LandedRelaid | Written::Moved => return self.reload().await,
            }
            page = next?;
            if page.is_empty() {
                page = self.handed();
            }
        }
        Ok(())
    }

    async fn write(&self, page: &[Recorded]) -> Result<Written, ViewError> {
        let Some(last) = page.last() else { return Ok(Written::Landed) };
        let (projections, layout) = (&self.engine.projections, self.layout.as_ref());
        let takes = |tenant: &str, projection: &str| {
            layout.live(projection).is_some() && !layout.is_parked(tenant, projection)
        };
        let folded = fold(projections, page, takes);
        let (db, from) = (self.engine.views.writer(), &self.at);
        Page { db, projections, layout, from, last, folded }.write().await
    }

    /// Takes up what the store says: another node was faster, or the layout is another one.
    async fn reload(&mut self) -> Result<(), ViewError> {
        let at = Checkpoint::load(self.engine.views.readers(), self.partition).await?;
        if at.layout != self.at.layout {
            self.layout = self.engine.relay().await?;
        }
        if at.position != self.at.position {
            self.deferring = None;
            self.engine.note_moved(self.index());
        }
        self.at = at;
        self.publish();
        if self.deferring.is_some_and(|since| since.elapsed() > DEFERENCE) {
            self.engine.dismiss(&self.strangers()).await?;
        }
        Ok(())
    }

    /// Live projections that this program does not know: another version keeps them.
    fn strangers(&self) -> Vec<String> {
        let known = |name: &str| self.engine.projections.iter().any(|it| it.name() == name);
        let names = self.layout.slots.keys().filter(|name| !known(name));
        names.filter(|name| self.layout.live(name).is_some()).cloned().collect()
    }

    /// Whether a node that knows more projections should go first.
    fn defers(&mut self) -> bool {
        if self.strangers().is_empty() {
            self.deferring = None;
            return false;
        }
        self.deferring.get_or_insert_with(Instant::now);
        true
    }
}
