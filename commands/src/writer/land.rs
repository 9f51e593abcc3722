//! Brings a draft into the log, and says what became of each command in it.

use std::sync::Arc;
use std::time::Duration;

use domain::TenantId;
use eventlog::{Appended, Batch, LogError};
use tokio::time::{Instant, sleep};

use super::answers;
use super::draft::{Draft, Entry};
use super::job::{Job, Outcome};
use super::lane::{Errand, Lane};
use super::load::Backoff;
use super::meter::{self, cause};
use super::places::Seat;
use super::shared::Shared;
use crate::Failure;

/// How often a command is tried alone before it is told that the store will not take it.
const TRIES_ALONE: u8 = 3;

/// How often in a row an append may fail for no visible reason, and the pause that grows then.
const TRACELESS: u32 = 8;
const PAUSE: Duration = Duration::from_millis(2);

/// What became of an append, as far as can be known.
enum Verdict {
    Landed,
    Moved,
    Refused(LogError),
    /// Nobody can say, or the store is not to be used.
    Open(LogError),
}

impl Verdict {
    fn of(appended: Result<Appended, LogError>) -> Self {
        match appended {
            Ok(Appended::Landed) => Self::Landed,
            Ok(Appended::Moved) => Self::Moved,
            Err(
                error @ (LogError::Refused(_)
                | LogError::AnswerTaken
                | LogError::VaultTaken
                | LogError::TenantTaken),
            ) => Self::Refused(error),
            Err(
                error @ (LogError::Unavailable(_)
                | LogError::Integrity { .. }
                | LogError::Unusable(_)
                | LogError::Seal(_)),
            ) => Self::Open(error),
        }
    }
}

impl Lane {
    /// Decides a batch, appends it, answers it.
    pub(super) async fn work(&mut self, jobs: Vec<Job>) {
        let draft = self.draft(jobs);
        let began = Instant::now();
        let verdict = self.append(&draft.batch).await;
        meter::batch(draft.entries.len(), began.elapsed());
        match verdict {
            Verdict::Landed => self.land(draft),
            Verdict::Moved => self.yield_to_others(draft).await,
            Verdict::Refused(error) => {
                self.roll_back(&draft);
                self.separate(draft.into_jobs(), error);
            }
            Verdict::Open(error) => {
                self.roll_back(&draft);
                let error = Arc::new(error);
                tracing::error!(error = cause(&*error), "an append was given up");
                for job in draft.into_jobs() {
                    job.fail(Failure::Unavailable(Arc::clone(&error)));
                }
            }
        }
    }

    /// Appends a batch. Where the acknowledgement was lost, the same bytes go to the same
    /// positions until something is known. They land once or not at all: a position takes one row.
    async fn append(&self, batch: &Batch) -> Verdict {
        let Shared { log, queue, settings, .. } = &*self.shared;
        let mut verdict = Verdict::of(log.append(batch).await);
        let mut backoff = Backoff::new(settings.patience);
        while matches!(verdict, Verdict::Open(LogError::Unavailable(_))) && backoff.pause().await {
            verdict = Verdict::of(log.append(batch).await);
            if matches!(verdict, Verdict::Moved | Verdict::Refused(_)) {
                // What stands in the way may be these very rows.
                match self.stands(batch).await {
                    Ok(true) => verdict = Verdict::Landed,
                    Ok(false) => {}
                    Err(error) => verdict = Verdict::Open(error),
                }
            }
            if queue.is_stopping() {
                break;
            }
        }
        verdict
    }

    /// Whether the batch is in the log. It went in as a whole, so one row of it vouches for all.
    async fn stands(&self, batch: &Batch) -> Result<bool, LogError> {
        let log = &self.shared.log;
        if let Some(ours) = batch.events.first() {
            let there = log.read(ours.partition, ours.position - 1, 1).await?;
            return Ok(there.first().is_some_and(|there| there.leaf_hash == ours.leaf_hash));
        }
        let Some(ours) = batch.answers.first() else { return Ok(false) };
        let there = log.answer(&ours.key, self.shared.now()).await?;
        Ok(there.is_some_and(|there| there.command_id == ours.command_id))
    }

    /// The batch is durable and its basis confirmed: everybody may know.
    fn land(&mut self, draft: Draft) {
        self.traceless = 0;
        self.tails.extend(draft.tails);
        self.shared.handover.put(&draft.batch.bases, draft.batch.events);
        self.publish();
        for (tenant, seat) in draft.founded {
            self.shared.places.founded(tenant, seat);
        }
        for (keys, event) in &draft.erased {
            keys.heed(event);
        }
        if !draft.erased.is_empty() {
            self.scrub();
        }
        for answer in draft.batch.answers {
            self.recent.add(answer.key);
        }
        for Entry { job, outcome } in draft.entries {
            self.met.remove(&job.request.command_id);
            job.answer(outcome);
        }
        self.drop_unborn(&draft.unborn);
        for job in draft.postponed {
            self.look_into(job, None);
        }
        for tenant in &draft.dirty {
            self.states.weigh(tenant);
        }
        self.evict();
    }

    /// Has the store let go of what was deleted, aside.
    fn scrub(&mut self) {
        let log = Arc::clone(&self.shared.log);
        self.errands.spawn(async move {
            if let Err(error) = log.scrub().await {
                tracing::warn!(error = cause(&error), "deleted rows may linger in the store");
            }
            Errand::Done
        });
    }

    /// Somebody else wrote: what was decided is void, and is decided again on what stands now.
    async fn yield_to_others(&mut self, draft: Draft) {
        meter::conflict();
        self.roll_back(&draft);
        let partitions: Vec<_> = draft.batch.bases.iter().map(|basis| basis.partition).collect();
        let jobs = draft.into_jobs();
        let ids: Vec<_> = jobs.iter().map(|job| job.request.command_id).collect();
        if self.catch_up_with(&partitions, &ids).await {
            self.traceless = 0;
        } else {
            // Others may have been in the way and gone again. If it goes on, a command is at fault.
            self.traceless += 1;
            if self.traceless > TRACELESS {
                return self.separate(jobs, LogError::Unusable("it never fits".to_owned()));
            }
            sleep(PAUSE * self.traceless).await;
        }
        self.shared.queue.restore(jobs);
    }

    /// Forgets what was built on a batch that did not land.
    fn roll_back(&mut self, draft: &Draft) {
        for tenant in &draft.dirty {
            self.states.remove(tenant);
        }
        self.drop_unborn(&draft.unborn);
        for keys in &draft.months {
            keys.forget_months();
        }
    }

    /// A state of which nothing is recorded holds keys that nobody may get to use.
    fn drop_unborn(&mut self, tenants: &[TenantId]) {
        for tenant in tenants {
            if self.states.get_mut(tenant).is_some_and(|state| state.ordinal == 0) {
                self.states.remove(tenant);
            }
        }
    }

    /// A statement was refused for one command's sake: from now on each of them wants half the
    /// company, until the one at fault is alone.
    fn separate(&mut self, jobs: Vec<Job>, error: LogError) {
        let half = (jobs.len() / 2).max(1);
        if jobs.len() > 1 {
            let separated = jobs.into_iter().map(|job| Job { company: half, ..job }).collect();
            return self.shared.queue.restore(separated);
        }
        let error = Arc::new(error);
        for job in jobs {
            let refusals = job.refusals + 1;
            let job = Job { company: 1, refusals, ..job };
            // Somebody else's answer or tenant is there to stay.
            let is_final = matches!(*error, LogError::AnswerTaken | LogError::TenantTaken);
            if refusals < TRIES_ALONE && !is_final {
                self.shared.queue.restore(vec![job]);
            } else {
                self.look_into(job, Some(Arc::clone(&error)));
            }
        }
    }

    /// Finds out, aside, whether somebody else answered a command or made its tenant.
    fn look_into(&mut self, job: Job, error: Option<Arc<LogError>>) {
        let shared = Arc::clone(&self.shared);
        self.errands.spawn(async move {
            match explain(&shared, &job).await {
                Ok(Some(outcome)) => job.answer(outcome),
                Ok(None) => match error {
                    Some(error) => {
                        tracing::error!(
                            error = cause(&*error),
                            command = job.name,
                            "a command was refused"
                        );
                        job.fail(Failure::Unavailable(error));
                    }
                    None => shared.queue.restore(vec![Job { is_first: true, ..job }]),
                },
                Err(error) => job.fail(error.into()),
            }
            Errand::Done
        });
    }
}

/// What already stands in the log for a command.
async fn explain(shared: &Shared, job: &Job) -> Result<Option<Outcome>, LogError> {
    let (request, seat) = (&job.request, &job.seat);
    if let Some(idempotency) = &request.idempotency {
        let key = answers::key(request, idempotency, seat.partition);
        if let Some(answer) = shared.log.answer(&key, shared.now()).await? {
            // A tenant that was made meanwhile has other keys than the command drew.
            let keys = shared
                .places
                .get(&request.tenant)
                .map_or_else(|| Arc::clone(&seat.keys), |Seat { keys, .. }| keys);
            return answers::replay(&answer, idempotency, &keys).map(Outcome::Failed).map(Some);
        }
    }
    if seat.is_founding && shared.log.placement(&request.tenant).await?.is_some() {
        return Ok(Some(Outcome::Again));
    }
    Ok(None)
}
