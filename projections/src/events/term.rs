//! What can be said of an event, as one word that an index can hold.

use domain::{Aggregate, Event};
use eventlog::{Recorded, payload_hash};
use uuid::Uuid;

/// One thing that is true of some events, such as that their actor is `u-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term(String);

impl Term {
    fn new(member: &str, value: &str) -> Self {
        Self(format!("{member}\0{value}"))
    }

    /// Kind of the aggregate.
    pub fn kind(kind: &str) -> Self {
        Self::new("kind", kind)
    }

    /// The aggregate whose history it belongs to.
    pub fn aggregate(aggregate: &Aggregate) -> Self {
        Self::new("aggregate", &format!("{}:{}", aggregate.kind, aggregate.id))
    }

    /// Another thing that it is about ([`Event::touches`]).
    pub fn touched(thing: &Aggregate) -> Self {
        Self::new("touched", &format!("{}:{}", thing.kind, thing.id))
    }

    pub fn event_type(name: &str) -> Self {
        Self::new("type", name)
    }

    /// Name of the command.
    pub fn command(name: &str) -> Self {
        Self::new("command", name)
    }

    pub fn command_id(id: Uuid) -> Self {
        Self::new("command id", &id.to_string())
    }

    pub fn correlation(id: &str) -> Self {
        Self::new("correlation", id)
    }

    /// Id of the actor, whatever its kind.
    pub fn actor(id: &str) -> Self {
        Self::new("actor", id)
    }

    pub fn resource_owner(owner: &str) -> Self {
        Self::new("owner", owner)
    }

    /// The caller's address as it was sealed: whoever has the key of that month can seal it again
    /// and look for it, and nobody else can tell which address it is.
    pub fn address(sealed: &[u8]) -> Self {
        Self::new("address", &payload_hash(sealed).to_string())
    }

    /// The number it is listed under: as short for a long value as for a short one. Two terms that
    /// share one do no harm, as every event found is looked at again.
    pub(crate) fn number(&self) -> i64 {
        let hash = payload_hash(self.0.as_bytes()).0;
        hash.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
    }
}

/// All that can be said of an event.
pub(super) fn terms(event: &Event, recorded: &Recorded) -> Vec<Term> {
    let mut terms = of_envelope(recorded);
    terms.extend(event.touches(&recorded.tenant).iter().map(Term::touched));
    terms
}

/// The same of its envelope alone.
fn of_envelope(recorded: &Recorded) -> Vec<Term> {
    let mut terms = vec![
        Term::kind(&recorded.aggregate.kind),
        Term::aggregate(&recorded.aggregate),
        Term::event_type(&recorded.event_type),
        Term::command(&recorded.command),
        Term::command_id(recorded.command_id),
        Term::actor(&recorded.actor.id),
        Term::resource_owner(&recorded.resource_owner),
    ];
    if !recorded.correlation.is_empty() {
        terms.push(Term::correlation(&recorded.correlation));
    }
    terms.extend(recorded.caller_address.as_deref().map(Term::address));
    terms
}

/// As [`terms`], of an event as it was read.
pub(super) fn terms_of(recorded: &Recorded) -> Vec<Term> {
    let event = Event::decode(&recorded.event_type, recorded.event_version, &recorded.payload);
    event.map_or_else(|_| of_envelope(recorded), |event| terms(&event, recorded))
}
