//! Commands that wait for the lane: bounded, and fair between tenants.

use std::collections::{HashMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::TenantId;
use tokio::sync::Notify;
use uuid::Uuid;

use super::WriterSettings;
use super::job::Job;
use super::places::Seat;
use crate::Failure;

/// How long a caller who finds the queue full had better stay away.
const RETRY_AFTER_SECONDS: u32 = 1;

/// Lets tenants take turns, a command each.
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Notify,
}

/// What the lane got, and for which tenants it must load a state first.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) jobs: Vec<Job>,
    pub(super) cold: Vec<(TenantId, Seat)>,
    /// How many stayed.
    pub(super) left: usize,
}

struct Waiting {
    tenants: HashMap<TenantId, Line>,
    /// The tenants with something to take, next one first.
    turn: VecDeque<TenantId>,
    count: usize,
    bytes: usize,
    is_stopping: bool,
    limits: WriterSettings,
}

/// What waits for one tenant; never empty.
struct Line {
    jobs: VecDeque<Job>,
    /// Its tenant's state is being loaded: it is not in `turn`.
    is_blocked: bool,
}

impl Queue {
    pub(super) fn new(limits: WriterSettings) -> Self {
        let (tenants, turn) = (HashMap::new(), VecDeque::new());
        let waiting = Waiting { tenants, turn, count: 0, bytes: 0, is_stopping: false, limits };
        Self { waiting: Mutex::new(waiting), arrived: Notify::new() }
    }

    /// Lets a command in, unless too much waits already.
    pub(super) fn push(&self, job: Job) -> Result<(), Failure<Infallible>> {
        let mut waiting = self.waiting();
        if waiting.is_stopping {
            return Err(Failure::Stopping);
        }
        let limits = &waiting.limits;
        let is_full = if job.urgent {
            waiting.count >= limits.queue_commands + limits.reserve_commands
        } else {
            waiting.count >= limits.queue_commands
                || waiting.bytes + job.weight > limits.queue_bytes
        };
        if is_full {
            return Err(Failure::Overloaded { retry_after_seconds: RETRY_AFTER_SECONDS });
        }
        waiting.put(job, VecDeque::push_back, VecDeque::push_back);
        drop(waiting);
        self.arrived.notify_one();
        Ok(())
    }

    /// Puts commands back that were taken, in front of all others, in their order.
    pub(super) fn restore(&self, jobs: Vec<Job>) {
        let mut waiting = self.waiting();
        for job in jobs.into_iter().rev() {
            waiting.put(job, VecDeque::push_front, VecDeque::push_front);
        }
        drop(waiting);
        self.arrived.notify_one();
    }

    /// Takes at most `limit` commands, one of each tenant in turn. Tenants that are not `ready`
    /// for their next command are passed over until [`Queue::unblock`].
    pub(super) fn take(&self, limit: usize, ready: impl Fn(&Job) -> bool) -> Taken {
        let mut waiting = self.waiting();
        let (mut taken, mut passed) = (Taken::default(), Vec::new());
        let mut room = limit;
        while taken.jobs.len() < room {
            let Some(tenant) = waiting.turn.pop_front() else { break };
            let Some(line) = waiting.tenants.get_mut(&tenant) else { continue };
            let Some(next) = line.jobs.front() else { continue };
            if !ready(next) {
                line.is_blocked = true;
                taken.cold.push((tenant, next.seat.clone()));
            } else if next.company <= taken.jobs.len() {
                passed.push(tenant);
            } else {
                room = room.min(next.company);
                let job = waiting.pop(tenant);
                taken.jobs.extend(job);
            }
        }
        // Whoever wants less company comes first next time.
        passed.into_iter().rev().for_each(|tenant| waiting.turn.push_front(tenant));
        taken.left = waiting.count;
        taken
    }

    /// Lets the commands of a tenant go on, now that its state is there.
    pub(super) fn unblock(&self, tenant: &TenantId) {
        let mut waiting = self.waiting();
        let Some(line) = waiting.tenants.get_mut(tenant) else { return };
        if std::mem::take(&mut line.is_blocked) {
            waiting.turn.push_back(tenant.clone());
        }
    }

    /// Lets the commands of all tenants go on: nothing is being loaded.
    pub(super) fn unblock_all(&self) {
        let waiting = &mut *self.waiting();
        let blocked = waiting.tenants.iter_mut().filter(|(_, line)| line.is_blocked);
        waiting.turn.extend(blocked.map(|(tenant, line)| {
            line.is_blocked = false;
            tenant.clone()
        }));
    }

    /// Takes out all that wait for one tenant.
    pub(super) fn remove(&self, tenant: &TenantId) -> Vec<Job> {
        let mut waiting = self.waiting();
        let jobs = waiting.tenants.remove(tenant).map(|line| line.jobs).unwrap_or_default();
        waiting.turn.retain(|other| other != tenant);
        waiting.count -= jobs.len();
        waiting.bytes -= jobs.iter().map(|job| job.weight).sum::<usize>();
        jobs.into()
    }

    /// Takes out all that wait.
    pub(super) fn clear(&self) -> Vec<Job> {
        let mut waiting = self.waiting();
        (waiting.count, waiting.bytes) = (0, 0);
        waiting.turn.clear();
        waiting.tenants.drain().flat_map(|(_, line)| line.jobs).collect()
    }

    /// The ids of all commands that wait.
    pub(super) fn command_ids(&self) -> HashSet<Uuid> {
        let waiting = self.waiting();
        let jobs = waiting.tenants.values().flat_map(|line| &line.jobs);
        jobs.map(|job| job.request.command_id).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting().count == 0
    }

    /// Whether nothing waits and nothing more will come.
    pub(super) fn is_finished(&self) -> bool {
        let waiting = self.waiting();
        waiting.is_stopping && waiting.count == 0
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.waiting().count
    }

    /// Lets nothing more in, and wakes the lane so that it sees that.
    pub(super) fn stop(&self) {
        self.waiting().is_stopping = true;
        self.arrived.notify_one();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.waiting().is_stopping
    }

    /// Waits until something came, was put back, or the queue was stopped, since the last call.
    pub(super) async fn arrival(&self) {
        self.arrived.notified().await;
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn put(
        &mut self,
        job: Job,
        into_line: fn(&mut VecDeque<Job>, Job),
        into_turn: fn(&mut VecDeque<TenantId>, TenantId),
    ) {
        self.count += 1;
        self.bytes += job.weight;
        if let Some(line) = self.tenants.get_mut(&job.request.tenant) {
            // It waits already, for its turn or for its state.
            return into_line(&mut line.jobs, job);
        }
        let tenant = job.request.tenant.clone();
        into_turn(&mut self.turn, tenant.clone());
        self.tenants.insert(tenant, Line { jobs: VecDeque::from([job]), is_blocked: false });
    }

    /// Takes the next command of a tenant, who then waits for another turn.
    fn pop(&mut self, tenant: TenantId) -> Option<Job> {
        let line = self.tenants.get_mut(&tenant)?;
        let job = line.jobs.pop_front()?;
        if line.jobs.is_empty() {
            self.tenants.remove(&tenant);
        } else {
            self.turn.push_back(tenant);
        }
        self.count -= 1;
        self.bytes -= job.weight;
        Some(job)
    }
}
