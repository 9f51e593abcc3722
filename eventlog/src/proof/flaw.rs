//! What can be wrong with a record, and where.

use std::fmt;

use domain::TenantId;
use serde_json::{Value, json};

use super::note::NoteError;
use crate::{Recorded, leaf_hash, payload_hash};

/// Why an event, a checkpoint or a position does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("the payload is not the one that was recorded")]
    Payload,
    #[error("what stands beside the payload is not what was recorded")]
    Envelope,
    #[error("it is missing; the next event that is there has ordinal {found}")]
    Missing { found: i64 },
    #[error("an event with this ordinal was there before")]
    Twice,
    #[error("the row cannot be read: {0}")]
    Unreadable(String),
    #[error("{0}")]
    Export(String),
    #[error("its tenant is not kept in this partition")]
    Misplaced,
    #[error("no event is kept in this partition")]
    NoPartition,
    #[error("this position of the partition is missing")]
    Hole,
    #[error("the first row of the partition is not the one of this installation")]
    Genesis,
    #[error(
        "one of the events from here to ordinal {to} is not the one that was sealed: together they \
         do not give the root of the checkpoint at {to}"
    )]
    Root { to: i64 },
    #[error(
        "it is missing: the checkpoint at {sealed} vouches for it, and the events end before it"
    )]
    CutOff { sealed: i64 },
    #[error("the checkpoint there cannot be believed: {0}")]
    Note(#[from] NoteError),
    #[error("it is not shown to be in the checkpoint at {to}")]
    NotIncluded { to: i64 },
    #[error("the checkpoint there is not the one that its note speaks of")]
    OtherNote,
    #[error("the checkpoints up to this one do not give the root that was signed for all of them")]
    Entries,
    #[error("an entry of the installation's tree is missing")]
    EntryMissing,
}

/// A flaw and where it is; what is not known of the place is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub tenant: Option<TenantId>,
    /// The first of the tenant's events, or of the installation's entries, that does not hold.
    pub ordinal: Option<i64>,
    pub partition: Option<i32>,
    pub position: Option<i64>,
    pub flaw: Flaw,
}

impl Finding {
    /// About a tenant's event.
    pub fn of_event(event: &Recorded, ordinal: i64, flaw: Flaw) -> Self {
        let (partition, position) = (Some(event.partition), Some(event.position));
        Self { partition, position, ..Self::of_tenant(&event.tenant, ordinal, flaw) }
    }

    /// About an ordinal of a tenant, where no row tells of a position.
    pub fn of_tenant(tenant: &TenantId, ordinal: i64, flaw: Flaw) -> Self {
        let (tenant, ordinal) = (Some(tenant.clone()), Some(ordinal));
        Self { tenant, ordinal, partition: None, position: None, flaw }
    }

    /// About a position of which no tenant is known.
    pub fn of_position(partition: i32, position: i64, flaw: Flaw) -> Self {
        let (partition, position) = (Some(partition), Some(position));
        Self { tenant: None, ordinal: None, partition, position, flaw }
    }

    /// About an entry of the installation's tree.
    pub fn of_entry(entry: i64, flaw: Flaw) -> Self {
        Self { tenant: None, ordinal: Some(entry), partition: None, position: None, flaw }
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        json!({
            "tenant": self.tenant,
            "ordinal": self.ordinal,
            "partition": self.partition,
            "position": self.position,
            "why": self.flaw.to_string(),
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.tenant, self.ordinal) {
            (Some(tenant), Some(ordinal)) => write!(f, "tenant {tenant}, ordinal {ordinal}")?,
            (Some(tenant), None) => write!(f, "tenant {tenant}")?,
            (None, Some(entry)) => write!(f, "the installation's tree, entry {entry}")?,
            (None, None) => f.write_str("the log")?,
        }
        if let (Some(partition), Some(position)) = (self.partition, self.position) {
            write!(f, " (partition {partition}, position {position})")?;
        }
        write!(f, ": {}", self.flaw)
    }
}

/// What is wrong with an event where `expected` is the ordinal that must come next.
pub fn flaw_of(event: &Recorded, expected: i64) -> Option<Flaw> {
    if event.payload_hash != payload_hash(&event.payload) {
        return Some(Flaw::Payload);
    }
    if event.leaf_hash != leaf_hash(event) {
        return Some(Flaw::Envelope);
    }
    match event.ordinal {
        ordinal if ordinal > expected => Some(Flaw::Missing { found: ordinal }),
        ordinal if ordinal < expected => Some(Flaw::Twice),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::genesis;

    #[test]
    fn an_event_is_faulted_for_what_is_wrong_with_it() {
        let mut event = Recorded { ordinal: 3, ..genesis(Uuid::nil(), 1) };
        event.leaf_hash = leaf_hash(&event);
        assert_eq!(flaw_of(&event, 3), None);
        assert_eq!(flaw_of(&event, 2), Some(Flaw::Missing { found: 3 }));
        assert_eq!(flaw_of(&event, 4), Some(Flaw::Twice));
        let altered = Recorded { payload: b"{}".to_vec(), ..event.clone() };
        assert_eq!(flaw_of(&altered, 3), Some(Flaw::Payload));
        let altered = Recorded { payload_hash: payload_hash(b"{}"), ..altered };
        assert_eq!(flaw_of(&altered, 3), Some(Flaw::Envelope));
        let altered = Recorded { command: "Other".to_owned(), ..event };
        assert_eq!(flaw_of(&altered, 3), Some(Flaw::Envelope));
    }

    #[test]
    fn a_finding_says_where_as_far_as_is_known() {
        let tenant = TenantId::new("acme").unwrap();
        let finding = Finding::of_tenant(&tenant, 7, Flaw::CutOff { sealed: 9 });
        let said = "tenant acme, ordinal 7: it is missing: the checkpoint at 9 vouches for it, and \
                    the events end before it";
        assert_eq!(finding.to_string(), said);
        let finding = Finding::of_position(2, 17, Flaw::Hole);
        let said = "the log (partition 2, position 17): this position of the partition is missing";
        assert_eq!(finding.to_string(), said);
    }
}
