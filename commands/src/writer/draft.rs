//! A batch in the making: each command is decided on its tenant's state as the earlier ones of
//! the batch leave it. Nothing here waits for anything.

use std::collections::{BTreeMap, HashSet};
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{Aggregate, Details, Event, TenantId};
use eventlog::{
    AnswerKey, Basis, Batch, Hash, LogError, Placement, Recorded, TenantKeys, VaultWrite,
};

use super::answers;
use super::job::{Decision, Grant, Job, Outcome};
use super::meter::cause;
use super::places::Seat;
use super::state::{Slip, State};
use crate::Failure;

/// Where a partition ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    pub(super) position: i64,
    pub(super) leaf_hash: Hash,
}

/// A command that was decided, and how it ends once the basis is confirmed.
pub(super) struct Entry {
    pub(super) job: Job,
    pub(super) outcome: Outcome,
}

/// What one append will write, and what follows when it lands.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) batch: Batch,
    /// The partitions it rests on, as it will leave them.
    pub(super) tails: BTreeMap<i32, Tail>,
    pub(super) entries: Vec<Entry>,
    /// Commands whose idempotency key another one bears whose answer is not known here.
    pub(super) postponed: Vec<Job>,
    /// Tenants whose state ran ahead of the log.
    pub(super) dirty: HashSet<TenantId>,
    /// Tenants it makes.
    pub(super) founded: Vec<(TenantId, Seat)>,
    /// Tenants that got an empty state, as nothing was known of them.
    pub(super) unborn: Vec<TenantId>,
    /// Keys that got a new month; it is forgotten when the batch does not land.
    pub(super) months: Vec<Arc<TenantKeys>>,
    /// Who is erased by it, and by whose keys they were known.
    pub(super) erased: Vec<(Arc<TenantKeys>, Event)>,
    answered: HashSet<AnswerKey>,
}

impl Draft {
    /// The batch rests on that tail of a partition.
    pub(super) fn rest_on(&mut self, partition: i32, tail: Tail) {
        self.tails.entry(partition).or_insert_with(|| {
            let Tail { position, leaf_hash } = tail;
            self.batch.bases.push(Basis { partition, position, leaf_hash });
            tail
        });
    }

    /// Decides a command. The partition of `state` must be rested on.
    pub(super) fn plan(
        &mut self,
        mut job: Job,
        state: &mut State,
        clock: DateTime<Utc>,
        recent: &answers::Recent,
    ) {
        let key = job.request.idempotency.as_ref().filter(|_| !job.request.dry_run);
        let key = key.map(|idempotency| answers::key(&job.request, idempotency, state.partition));
        let is_twin = |key| self.answered.contains(key) || (!job.is_first && recent.has(key));
        if key.as_ref().is_some_and(is_twin) {
            self.postponed.push(job);
            return;
        }
        let outcome = self.decide(&mut job, key, state, clock).unwrap_or_else(|error| {
            tracing::error!(
                error = cause(&error),
                command = job.name,
                "a command could not be decided"
            );
            Outcome::Failed(error.into())
        });
        self.entries.push(Entry { job, outcome });
    }

    /// Takes a command whose events were found in the log: it landed, but nobody knew.
    pub(super) fn found(
        &mut self,
        mut job: Job,
        state: &State,
        events: &[Recorded],
        clock: DateTime<Utc>,
    ) {
        let outcome = decode(events).map(|decoded| {
            let target = job.rule.target(&state.tenant, clock);
            let last = events.iter().rev().find(|event| event.aggregate == target);
            let details = last.map(details_of).or_else(|| state.details(&target));
            let grant = self.grant(state, details, decoded);
            // A tenant that was just made has no state yet.
            let ordinal = events.last().map_or(0, |last| last.ordinal).max(grant.ordinal);
            Outcome::Granted(Grant { ordinal, ..grant })
        });
        let outcome = outcome.unwrap_or_else(Outcome::Failed);
        self.entries.push(Entry { job, outcome });
    }

    /// Brings all rows into the order in which statements take them.
    pub(super) fn seal(&mut self) {
        let batch = &mut self.batch;
        batch.bases.sort_unstable_by_key(|basis| basis.partition);
        batch.placements.sort_unstable_by(|a, b| a.tenant.cmp(&b.tenant));
        batch.events.sort_by_key(|event| (event.partition, event.position));
        batch.answers.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        batch.vault.sort_by(|a, b| a.key().cmp(&b.key()));
    }

    pub(super) fn into_jobs(self) -> Vec<Job> {
        self.entries.into_iter().map(|entry| entry.job).chain(self.postponed).collect()
    }

    fn decide(
        &mut self,
        job: &mut Job,
        key: Option<AnswerKey>,
        state: &mut State,
        clock: DateTime<Utc>,
    ) -> Result<Outcome, LogError> {
        if job.seat.is_founding && !Arc::ptr_eq(&job.seat.keys, &state.keys) {
            if state.ordinal > 0 {
                return Ok(Outcome::Again);
            }
            state.keys = Arc::clone(&job.seat.keys);
        }
        if !job.seat.is_founding && state.ordinal == 0 {
            return Ok(Outcome::Failed(Failure::NoTenant(state.tenant.id.clone())));
        }
        // Time never runs backwards inside a tenant. Its neighbours' does not matter: they may have
        // been imported from where the clock is another.
        let now = clock.max(state.at);
        let asked = catch_unwind(AssertUnwindSafe(|| ask(job, state, now)));
        let asked = asked.map_err(|_| LogError::Unusable("a rule panicked".to_owned()))?;
        let (target, decision) = match asked {
            Asked::Decided(target, decision) => (target, decision),
            Asked::Rejected => return Ok(Outcome::Rejected),
            Asked::Stale(failure) => return Ok(Outcome::Failed(failure)),
        };
        let (mut events, request) = (decision.events, &job.request);
        if request.dry_run {
            return Ok(Outcome::Granted(self.grant(state, state.details(&target), events)));
        }
        let is_founded = state.ordinal == 0;
        self.record(job, state, &mut events, now)?;
        if !events.is_empty() {
            decision.vault.into_iter().for_each(|write| self.write_vault(write));
            if !self.dirty.contains(&state.tenant.id) {
                self.dirty.insert(state.tenant.id.clone());
            }
            if is_founded {
                let (tenant, partition) = (state.tenant.id.clone(), state.partition);
                self.batch.placements.push(Placement { tenant: tenant.clone(), partition });
                self.founded.push((tenant, job.seat.clone()));
            }
        }
        // What a command is about may only have come to be with its events.
        let details = state.details(&job.rule.target(&state.tenant, now));
        // A tenant that is still not there keeps no answers: nobody could find them.
        if let (Some(key), true) = (key, state.ordinal > 0) {
            self.remember(key, job, details.as_ref(), &state.keys, now);
        }
        Ok(Outcome::Granted(self.grant(state, details, events)))
    }

    /// Gives the events of one command their places.
    fn record(
        &mut self,
        job: &Job,
        state: &mut State,
        events: &mut [Event],
        now: DateTime<Utc>,
    ) -> Result<(), LogError> {
        if events.is_empty() {
            return Ok(());
        }
        let unwritable = |_| LogError::Unusable("an event cannot be encoded".to_owned());
        // Rules hand on what a fold opened; the log takes it closed only.
        events.iter_mut().for_each(Event::close);
        let payloads = events.iter().map(Event::encode).collect::<Result<Vec<_>, _>>();
        let payloads = payloads.map_err(unwritable)?;
        let address = self.sealed_address(job, state, now)?;
        let slip = Slip { request: &job.request, command: job.name, address, now };
        let Some(tail) = self.tails.get_mut(&state.partition) else {
            return Err(LogError::Unusable("a batch has no basis".to_owned()));
        };
        for (event, payload) in events.iter_mut().zip(payloads) {
            let recorded = state.record(event, payload, &slip, tail.position + 1);
            let (position, leaf_hash) = (recorded.position, recorded.leaf_hash);
            *tail = Tail { position, leaf_hash };
            self.batch.events.push(recorded);
            if matches!(event, Event::SubjectErased(_)) {
                self.erased.push((Arc::clone(&state.keys), event.clone()));
            }
        }
        Ok(())
    }

    fn sealed_address(
        &mut self,
        job: &Job,
        state: &State,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<u8>>, LogError> {
        let Some(address) = job.request.address else { return Ok(None) };
        let (sealed, month) = state.keys.seal_address(address, now)?;
        if let Some(month) = month {
            self.batch.vault.push(month);
            self.months.push(Arc::clone(&state.keys));
        }
        Ok(Some(sealed))
    }

    /// A row that is made and dropped by one batch is not made at all: inside one statement there
    /// is no before and after.
    fn write_vault(&mut self, write: VaultWrite) {
        if matches!(write, VaultWrite::Delete { .. }) {
            self.batch.vault.retain(|earlier| earlier.key() != write.key());
        }
        self.batch.vault.push(write);
    }

    fn remember(
        &mut self,
        key: AnswerKey,
        job: &Job,
        details: Option<&Details>,
        keys: &TenantKeys,
        now: DateTime<Utc>,
    ) {
        let (request, reply) = (&job.request, job.rule.reply());
        match answers::remember(&key, request, reply, details, keys, now) {
            Ok(answer) => {
                self.answered.insert(key);
                self.batch.answers.extend(answer);
            }
            // Its events are decided and hold, with or without this.
            Err(error) => {
                tracing::error!(
                    error = cause(&error),
                    command = job.name,
                    "an answer is not remembered"
                );
            }
        }
    }

    fn grant(&self, state: &State, details: Option<Details>, events: Vec<Event>) -> Grant {
        let partition = state.partition;
        let position = self.tails.get(&partition).map_or(0, |tail| tail.position);
        Grant { details, ordinal: state.ordinal, partition, position, events }
    }
}

enum Asked {
    Decided(Aggregate, Decision),
    Rejected,
    Stale(Failure<Infallible>),
}

fn ask(job: &mut Job, state: &State, now: DateTime<Utc>) -> Asked {
    let target = job.rule.target(&state.tenant, now);
    let actual = state.sequence(&target);
    match job.request.expected_sequence {
        Some(expected) if expected != actual => Asked::Stale(Failure::Stale { expected, actual }),
        Some(_) | None => match job.rule.decide(&state.tenant, state.ordinal) {
            Some(decision) => Asked::Decided(target, decision),
            None => Asked::Rejected,
        },
    }
}

fn decode(events: &[Recorded]) -> Result<Vec<Event>, Failure<Infallible>> {
    let one =
        |event: &Recorded| Event::decode(&event.event_type, event.event_version, &event.payload);
    events.iter().map(one).collect::<Result<_, _>>().map_err(|e| Failure::Unreadable(Arc::new(e)))
}

fn details_of(event: &Recorded) -> Details {
    Details {
        sequence: event.sequence,
        change_date: event.created_at,
        resource_owner: event.resource_owner.clone(),
    }
}
