//! Starting and stopping the engine.

use std::sync::{Arc, Mutex, PoisonError};

use eventlog::{Committed, EventLog};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::convoy::{Engine, Follower};
use super::layout::{Layout, SlotState};
use super::rebuild::{Progress, Rebuilds};
use super::schema;
use super::status::Status;
use crate::gate::Gate;
use crate::reads::Reads;
use crate::tx::Tx;
use crate::{Projection, Slot, ViewError, Views, list};

/// The engine, running. Dropping it stops it at once; [`Projections::stop`] lets it finish.
pub struct Projections {
    pub(super) engine: Arc<Engine>,
    reads: Reads,
    stop: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Projections {
    /// Follows `log` into `views`. `committed` tells what this node's writer appended. Projections
    /// that this store never had are built before this returns.
    pub async fn start(
        log: Arc<dyn EventLog>,
        views: Views,
        committed: impl Into<Committed>,
        extra: Vec<Box<dyn Projection>>,
    ) -> Result<Self, ViewError> {
        let mut projections = list::all();
        projections.extend(extra.into_iter().map(Arc::from));
        prepare(log.as_ref(), &views, &projections).await?;

        let partitions = usize::try_from(log.partitions()).unwrap_or_default();
        let engine = Arc::new(Engine {
            log,
            views,
            projections,
            committed: committed.into(),
            heads: watch::Sender::new(vec![0; partitions]),
            reached: watch::Sender::new(vec![0; partitions]),
            pending: Mutex::new(vec![None; partitions]),
            reset: watch::Sender::new(()),
            layout: tokio::sync::Mutex::new(Arc::new(Layout::default())),
            rebuilds: Rebuilds::default(),
        });
        let (stop, stopped) = watch::channel(false);
        let mut tasks = Vec::new();
        for partition in 0..engine.log.partitions() {
            let follower = Follower::new(Arc::clone(&engine), partition).await?;
            tasks.push(tokio::spawn(follower.run(stopped.clone())));
        }
        let poller = Arc::clone(&engine);
        let stopping = stopped.clone();
        tasks.push(tokio::spawn(async move { poller.poll(stopping).await }));
        let gate = Gate::open(Arc::clone(&engine.log), engine.heads.clone());
        let reads = Reads::new(Arc::clone(&engine), gate);
        let started = Self { engine, reads, stop, tasks: Mutex::new(tasks) };
        started.engine.build_missing().await?;
        started.keep_built(stopped);
        Ok(started)
    }

    /// What queries are asked through.
    pub fn reads(&self) -> Reads {
        self.reads.clone()
    }

    pub async fn status(&self) -> Result<Status, ViewError> {
        self.engine.status().await
    }

    /// Builds a projection again from position 0, while it serves; `progress` is told how far it
    /// is.
    pub async fn rebuild(
        &self,
        name: &str,
        progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<(), ViewError> {
        self.engine.rebuild(name, &progress).await
    }

    /// Lets every page that is being written land, then ends.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        for task in self.take_tasks() {
            if task.await.is_err() {
                tracing::error!("a task of the projections broke off");
            }
        }
    }

    /// Whether all of it runs, and no partition is behind without moving.
    pub fn is_well(&self) -> bool {
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().all(|task| !task.is_finished()) && !self.engine.is_frozen()
    }

    /// How many events the rows are behind, over all partitions.
    pub fn lag_events(&self) -> u64 {
        self.engine.lag_events()
    }

    fn take_tasks(&self) -> Vec<JoinHandle<()>> {
        std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep_built(&self, stopped: watch::Receiver<bool>) {
        let keeper = Arc::clone(&self.engine);
        let task = tokio::spawn(async move { keeper.keep_built(stopped).await });
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }
}

impl Drop for Projections {
    fn drop(&mut self) {
        for task in self.take_tasks() {
            task.abort();
        }
    }
}

/// Makes what is missing in the store. Rows that were folded from another log, or from events
/// that vanished, are forgotten.
async fn prepare(
    log: &dyn EventLog,
    views: &Views,
    projections: &[Arc<dyn Projection>],
) -> Result<(), ViewError> {
    let mut tx = views.writer().begin().await?;
    schema::create_control(&mut tx).await?;
    if schema::settle(&mut tx, log, projections).await? {
        add_missing(&mut tx, projections).await?;
    }
    tx.commit().await
}

/// Tables for projections this store never had; they are built behind the checkpoint.
async fn add_missing(tx: &mut Tx, projections: &[Arc<dyn Projection>]) -> Result<(), ViewError> {
    for projection in projections {
        let sql = "select slot from view_slots where projection = $1";
        if tx.fetch(sql, &[projection.name().into()]).await?.is_empty() {
            schema::create(tx, std::slice::from_ref(projection), Slot::A).await?;
            schema::set_slot(tx, projection.name(), Slot::A, SlotState::Building).await?;
        }
    }
    Ok(())
}
