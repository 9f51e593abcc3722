//! The lane: takes what waits, drafts a batch, appends it, answers. It waits for nothing but its
//! append; whatever else takes time is an errand, run aside.

use std::collections::HashMap;
use std::sync::Arc;

use domain::TenantId;
use eventlog::{Head, LogError, Recorded};
use tokio::task::{Id, JoinError, JoinSet, yield_now};
use uuid::Uuid;

use super::answers::Recent;
use super::draft::{Draft, Tail};
use super::job::Job;
use super::load::{Backoff, LoadError, Loaded, load};
use super::meter::cause;
use super::places::Seat;
use super::queue::Taken;
use super::shared::Shared;
use super::state::State;
use super::states::States;
use super::{meter, snapshot};
use crate::Failure;

/// What an errand comes back with.
pub(super) enum Errand {
    Loaded(TenantId, Loaded),
    Done,
}

/// A tenant that is being loaded.
pub(super) struct Loading {
    task: Id,
    pub(super) seat: Seat,
    /// Events of it that the lane met since the load began.
    pub(super) met: Vec<Recorded>,
    /// What is being read may have vanished: load again.
    pub(super) is_void: bool,
}

pub(super) struct Lane {
    pub(super) shared: Arc<Shared>,
    pub(super) tails: HashMap<i32, Tail>,
    pub(super) states: States,
    pub(super) loading: HashMap<TenantId, Loading>,
    pub(super) errands: JoinSet<Errand>,
    /// Events of waiting commands that were met in the log: those commands landed.
    pub(super) met: HashMap<Uuid, Vec<Recorded>>,
    pub(super) recent: Recent,
    /// How often in a row an append failed though nobody else had written.
    pub(super) traceless: u32,
}

impl Lane {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            tails: HashMap::new(),
            states: States::new(shared.settings.state_bytes),
            loading: HashMap::new(),
            errands: JoinSet::new(),
            met: HashMap::new(),
            recent: Recent::default(),
            traceless: 0,
            shared,
        }
    }

    /// Runs until the queue was stopped and emptied.
    pub(super) async fn run(mut self) {
        let Some(tails) = self.learn_tails().await else { return };
        self.tails = tails;
        self.publish();
        loop {
            while let Some(done) = self.errands.try_join_next() {
                self.settle(done).await;
            }
            let taken = self.take();
            meter::holdings(taken.left, self.states.len());
            for (tenant, seat) in taken.cold {
                self.start_load(tenant, seat);
            }
            if !taken.jobs.is_empty() {
                let many = taken.jobs.len() > 1;
                self.work(taken.jobs).await;
                if many {
                    // Those just answered may ask again: let them, so that they share a batch.
                    yield_now().await;
                }
                continue;
            }
            if self.errands.is_empty() {
                if self.shared.queue.is_finished() {
                    break;
                }
                if self.shared.queue.is_empty() {
                    self.met.clear();
                }
            }
            self.idle().await;
        }
        self.save_all().await;
    }

    fn take(&self) -> Taken {
        let Shared { queue, places, settings, .. } = &*self.shared;
        queue.take(settings.batch_commands.max(1), |job| {
            let tenant = &job.request.tenant;
            self.states.has(tenant) || (job.seat.is_founding && places.get(tenant).is_none())
        })
    }

    async fn idle(&mut self) {
        let shared = Arc::clone(&self.shared);
        tokio::select! {
            () = shared.queue.arrival() => {}
            Some(done) = self.errands.join_next(), if !self.errands.is_empty() => {
                self.settle(done).await;
            }
        }
    }

    /// Decides a batch.
    pub(super) fn draft(&mut self, jobs: Vec<Job>) -> Draft {
        let now = self.shared.now();
        let mut draft = Draft::default();
        for job in jobs {
            let (tenant, seat) = (&job.request.tenant, &job.seat);
            if !self.states.has(tenant) {
                let keys = Arc::clone(&seat.keys);
                self.states.insert(State::unborn(tenant.clone(), seat.partition, keys));
                draft.unborn.push(tenant.clone());
            }
            let Some(state) = self.states.get_mut(tenant) else { continue };
            let Some(tail) = self.tails.get(&state.partition) else {
                let error = format!("there is no partition {}", state.partition);
                job.fail(LogError::Unusable(error).into());
                continue;
            };
            draft.rest_on(state.partition, *tail);
            match self.met.get(&job.request.command_id) {
                Some(events) => draft.found(job, state, events, now),
                None => draft.plan(job, state, now, &self.recent),
            }
        }
        draft.seal();
        draft
    }

    pub(super) fn start_load(&mut self, tenant: TenantId, seat: Seat) {
        // A command that came to make the tenant bears keys of its own.
        let seat = self.shared.places.get(&tenant).unwrap_or(seat);
        let (shared, its, by) = (Arc::clone(&self.shared), tenant.clone(), seat.clone());
        let task = self.errands.spawn(async move {
            // Its end only means that nobody holds anybody back any more.
            let _turn = shared.loads.acquire().await;
            let loaded = load(&shared, its.clone(), by).await;
            Errand::Loaded(its, loaded)
        });
        let loading = Loading { task: task.id(), seat, met: Vec::new(), is_void: false };
        self.loading.insert(tenant, loading);
    }

    /// Takes up what an errand brings.
    async fn settle(&mut self, done: Result<Errand, JoinError>) {
        match done {
            Ok(Errand::Done) => {}
            Ok(Errand::Loaded(tenant, loaded)) => self.take_up(tenant, loaded).await,
            Err(error) => {
                tracing::error!(%error, "an errand of the writer failed");
                let failed = self.loading.iter().find(|(_, load)| load.task == error.id());
                if let Some(tenant) = failed.map(|(tenant, _)| tenant.clone()) {
                    let error = LogError::Unusable("a state could not be loaded".to_owned());
                    let failed = Loaded::Failed(LoadError::Unavailable(Arc::new(error)));
                    self.take_up(tenant, failed).await;
                }
            }
        }
    }

    async fn take_up(&mut self, tenant: TenantId, loaded: Loaded) {
        if let Loaded::Ready(state) = &loaded {
            let known = self.tails.get(&state.partition).map_or(0, |tail| tail.position);
            if state.position > known {
                // The load saw more than the lane did: it must catch up before it may use it.
                self.catch_up(&[state.partition]).await;
            }
        }
        let Some(loading) = self.loading.remove(&tenant) else { return };
        if self.states.has(&tenant) {
            // The lane made the tenant itself meanwhile, and knows it best.
            return self.shared.queue.unblock(&tenant);
        }
        let ready = match loaded {
            Loaded::Ready(state) if !loading.is_void => self.bring_up(*state, &loading.met),
            Loaded::Ready(_) => None,
            Loaded::Missing | Loaded::Failed(_) if loading.is_void => None,
            // Somebody made it meanwhile.
            Loaded::Missing if !loading.met.is_empty() => None,
            Loaded::Missing => return self.turn_away(&tenant),
            Loaded::Failed(error) => {
                for job in self.shared.queue.remove(&tenant) {
                    job.fail(error.clone().into());
                }
                return;
            }
        };
        match ready {
            Some(state) => {
                // Room is made after its next batch, or it might go before it was of use.
                self.states.insert(state);
                self.shared.queue.unblock(&tenant);
            }
            None => self.start_load(tenant, loading.seat),
        }
    }

    /// Folds in what the lane met while the state was loaded. `None` when it does not fit: then
    /// part of what was loaded is not in the log that the lane knows.
    fn bring_up(&self, mut state: State, met: &[Recorded]) -> Option<State> {
        for recorded in met {
            if recorded.ordinal == state.ordinal && recorded.leaf_hash != state.leaf_hash {
                return None;
            }
            if recorded.ordinal > state.ordinal {
                state.fold_foreign(recorded)?;
            }
        }
        let tail = self.tails.get(&state.partition)?;
        (state.position <= tail.position).then_some(state)
    }

    /// Nothing is recorded of the tenant: only those who came to make it stay.
    fn turn_away(&mut self, tenant: &TenantId) {
        self.shared.places.forget(tenant);
        let jobs = self.shared.queue.remove(tenant).into_iter();
        let (founders, others) = jobs.partition(|job: &Job| job.seat.is_founding);
        self.shared.queue.restore(founders);
        for job in others {
            job.fail(Failure::NoTenant(tenant.clone()));
        }
    }

    /// Makes room, and keeps aside what goes.
    pub(super) fn evict(&mut self) {
        for state in self.states.evict() {
            if snapshot::is_worth_it(&state, self.shared.settings.snapshot_every) {
                let shared = Arc::clone(&self.shared);
                self.errands.spawn(async move {
                    snapshot::save(&*shared.log, &state).await;
                    Errand::Done
                });
            }
        }
    }

    async fn save_all(&mut self) {
        for state in self.states.clear() {
            if snapshot::is_worth_it(&state, self.shared.settings.snapshot_every) {
                snapshot::save(&*self.shared.log, &state).await;
            }
        }
    }

    /// Learns where the partitions end; tried until it succeeds or the writer is stopped.
    pub(super) async fn learn_tails(&self) -> Option<HashMap<i32, Tail>> {
        let mut backoff = Backoff::new(self.shared.settings.patience);
        loop {
            match self.read_tails().await {
                Ok(tails) => return Some(tails),
                Err(error) => {
                    tracing::warn!(error = cause(&error), "the tails of the log cannot be read");
                }
            }
            if self.shared.queue.is_stopping() {
                return None;
            }
            if !backoff.pause().await {
                backoff = Backoff::new(self.shared.settings.patience);
            }
        }
    }

    async fn read_tails(&self) -> Result<HashMap<i32, Tail>, LogError> {
        let mut tails = HashMap::new();
        for head in self.shared.log.heads().await? {
            let Head { partition, position, leaf_hash } = head;
            tails.insert(partition, Tail { position, leaf_hash });
        }
        Ok(tails)
    }

    /// Tells the positions to whoever waits for them.
    pub(super) fn publish(&self) {
        self.shared.commit(self.tails.iter().map(|(partition, tail)| (*partition, tail.position)));
    }
}
