//! The state of one tenant as the lane holds it: what decisions need, and what numbers come next.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{Aggregate, DecodeError, Details, Event, Tenant, TenantId};
use eventlog::{Hash, LogError, Recorded, TenantKeys, leaf_hash, payload_hash};
use serde::{Deserialize, Serialize};

use crate::Request;

/// Roughly how many bytes a stand takes.
const STAND_WEIGHT: usize = 192;

/// Where an aggregate stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stand {
    pub(super) sequence: i64,
    pub(super) changed_at: DateTime<Utc>,
    pub(super) owner: String,
}

/// A tenant, folded up to `ordinal`.
#[derive(Debug)]
pub(super) struct State {
    pub(super) tenant: Tenant,
    pub(super) partition: i32,
    pub(super) keys: Arc<TenantKeys>,
    pub(super) ordinal: i64,
    /// Of the event at `ordinal`.
    pub(super) position: i64,
    pub(super) leaf_hash: Hash,
    /// When the event at `ordinal` was recorded; no later one is earlier.
    pub(super) at: DateTime<Utc>,
    pub(super) stands: HashMap<Aggregate, Stand>,
    /// How many events were folded since the last snapshot.
    pub(super) unsaved: usize,
    /// When it was used last, in the lane's own count.
    pub(super) used: u64,
    /// What it weighed when it was last put on the scales.
    pub(super) weighed: usize,
}

/// Why an event cannot be folded.
#[derive(Debug, thiserror::Error)]
pub(super) enum FoldError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// What all events of one command share.
pub(super) struct Slip<'a> {
    pub(super) request: &'a Request,
    pub(super) command: &'static str,
    pub(super) address: Option<Vec<u8>>,
    pub(super) now: DateTime<Utc>,
}

impl State {
    /// The state of a tenant before its first event.
    pub(super) fn unborn(tenant: TenantId, partition: i32, keys: Arc<TenantKeys>) -> Self {
        Self {
            tenant: Tenant::unborn(tenant),
            partition,
            keys,
            ordinal: 0,
            position: 0,
            leaf_hash: Hash([0; 32]),
            at: DateTime::UNIX_EPOCH,
            stands: HashMap::new(),
            unsaved: 0,
            used: 0,
            weighed: 0,
        }
    }

    /// The sequence of an aggregate; 0 when nothing was ever recorded of it.
    pub(super) fn sequence(&self, aggregate: &Aggregate) -> i64 {
        self.stands.get(aggregate).map_or(0, |stand| stand.sequence)
    }

    pub(super) fn details(&self, aggregate: &Aggregate) -> Option<Details> {
        self.stands.get(aggregate).map(|stand| Details {
            sequence: stand.sequence,
            change_date: stand.changed_at,
            resource_owner: stand.owner.clone(),
        })
    }

    /// Roughly how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        self.tenant.weight() + STAND_WEIGHT * self.stands.len()
    }

    /// Folds in what the log holds next.
    pub(super) fn fold(&mut self, recorded: &Recorded) -> Result<(), FoldError> {
        let broken = |what| LogError::Integrity {
            partition: recorded.partition,
            position: recorded.position,
            what,
        };
        if recorded.ordinal != self.ordinal + 1 {
            return Err(broken("an ordinal of its tenant is missing").into());
        }
        if recorded.sequence != self.sequence(&recorded.aggregate) + 1 {
            return Err(broken("a sequence of its aggregate is missing").into());
        }
        let Recorded { event_type, event_version, payload, .. } = recorded;
        let event = Event::decode(event_type, *event_version, payload)?;
        // It is in the log: whatever other nodes erased cannot be opened here either.
        self.keys.heed(&event);
        self.apply(event);
        self.stand(recorded);
        Ok(())
    }

    /// Folds in what another node recorded; `None` when that takes a load. One is needed for a
    /// person of whom no key is here: loads read keys, the lane does not.
    pub(super) fn fold_foreign(&mut self, recorded: &Recorded) -> Option<()> {
        let Recorded { event_type, event_version, payload, .. } = recorded;
        let mut event = Event::decode(event_type, *event_version, payload).ok()?;
        let personal = event.personal_mut();
        let mut sealed = personal.iter().filter_map(|it| it.sealed());
        if sealed.any(|sealed| !self.keys.knows(&sealed.subject)) {
            return None;
        }
        self.fold(recorded).ok()
    }

    /// Folds in an event that was just decided, and gives it its place in the log.
    pub(super) fn record(
        &mut self,
        event: &mut Event,
        payload: Vec<u8>,
        slip: &Slip<'_>,
        position: i64,
    ) -> Recorded {
        let aggregate = event.aggregate(&self.tenant.id);
        let mut recorded = Recorded {
            partition: self.partition,
            position,
            tenant: self.tenant.id.clone(),
            ordinal: self.ordinal + 1,
            sequence: self.sequence(&aggregate) + 1,
            aggregate,
            event_type: event.name().to_owned(),
            event_version: event.version(),
            payload_hash: payload_hash(&payload),
            payload,
            leaf_hash: self.leaf_hash,
            resource_owner: event.resource_owner(&self.tenant.id),
            actor: slip.request.actor.clone(),
            command: slip.command.to_owned(),
            command_id: slip.request.command_id,
            correlation: slip.request.correlation.clone(),
            caller_address: slip.address.clone(),
            created_at: slip.now,
        };
        recorded.leaf_hash = leaf_hash(&recorded);
        // Only what is personal is opened, and only then is there something to copy.
        if event.personal_mut().is_empty() {
            self.tenant.apply(event);
        } else {
            self.apply(event.clone());
        }
        self.stand(&recorded);
        recorded
    }

    /// Applies an event with what is personal in it opened. What was sealed for somebody before
    /// their key was destroyed, and decided after that, tells nothing.
    fn apply(&mut self, event: Event) {
        let subjects = &self.tenant.subjects;
        let opened = self.keys.opened_but(event, |subject| subjects.is_erased(subject));
        self.tenant.apply(&opened);
    }

    fn stand(&mut self, recorded: &Recorded) {
        let (sequence, changed_at) = (recorded.sequence, recorded.created_at);
        if let Some(stand) = self.stands.get_mut(&recorded.aggregate) {
            (stand.sequence, stand.changed_at) = (sequence, changed_at);
            stand.owner.clone_from(&recorded.resource_owner);
        } else {
            let owner = recorded.resource_owner.clone();
            let stand = Stand { sequence, changed_at, owner };
            self.stands.insert(recorded.aggregate.clone(), stand);
        }
        self.ordinal = recorded.ordinal;
        self.position = recorded.position;
        self.leaf_hash = recorded.leaf_hash;
        self.at = recorded.created_at;
        self.unsaved += 1;
    }
}
