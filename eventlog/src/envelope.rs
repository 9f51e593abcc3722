//! One recorded event with everything the log knows of it, and the hash that vouches for it.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::{Actor, Aggregate, Stamp, TenantId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::seal::{hex, unhex};

/// Names the form of a leaf; another form gets another tag.
const LEAF_TAG: &[u8] = b"chancery/leaf/1";
const GENESIS_TAG: &[u8] = b"chancery/genesis/1";

/// Event type of the row at position 0 of each partition.
pub const GENESIS_TYPE: &str = "log.genesis";

/// SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        unhex(text).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Hash {
    /// Hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// An event as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Transport only; in no hash.
    pub partition: i32,
    /// Dense in the partition: 0 is the genesis row, the first event is 1. In no hash.
    pub position: i64,
    pub tenant: TenantId,
    /// Dense in the tenant, from 1: the public position, the same on every store.
    pub ordinal: i64,
    pub aggregate: Aggregate,
    /// Dense in the aggregate, from 1.
    pub sequence: i64,
    pub event_type: String,
    pub event_version: i32,
    /// Byte for byte what was hashed.
    pub payload: Vec<u8>,
    pub payload_hash: Hash,
    pub leaf_hash: Hash,
    pub resource_owner: String,
    pub actor: Actor,
    /// Name of the command that led to it.
    pub command: String,
    /// Given where the command entered; all events of one command share it.
    pub command_id: Uuid,
    /// Request or correlation id.
    pub correlation: String,
    /// Sealed under a key of the tenant and the month.
    pub caller_address: Option<Vec<u8>>,
    /// Whole microseconds; never runs backwards inside a tenant.
    pub created_at: DateTime<Utc>,
}

impl Recorded {
    pub fn stamp(&self) -> Stamp {
        Stamp { ordinal: self.ordinal, sequence: self.sequence, at: self.created_at }
    }

    /// Whether both hashes follow from what stands here.
    pub fn is_whole(&self) -> bool {
        if self.position == 0 {
            return self.payload_hash == payload_hash(&self.payload)
                && self.leaf_hash == genesis_hash(&self.payload);
        }
        self.payload_hash == payload_hash(&self.payload) && self.leaf_hash == leaf_hash(self)
    }
}

/// Hash of a payload's stored bytes.
pub fn payload_hash(payload: &[u8]) -> Hash {
    Hash(Sha256::digest(payload).into())
}

/// Hash of the whole envelope, each part with its length in front, so that no two envelopes read
/// the same. It covers the payload by its hash, so that proofs outlive an erasure.
pub fn leaf_hash(event: &Recorded) -> Hash {
    let mut hasher = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    part(LEAF_TAG);
    part(event.tenant.as_str().as_bytes());
    part(&event.ordinal.to_be_bytes());
    part(event.aggregate.kind.as_bytes());
    part(event.aggregate.id.as_bytes());
    part(&event.sequence.to_be_bytes());
    part(event.event_type.as_bytes());
    part(&event.event_version.to_be_bytes());
    part(&event.payload_hash.0);
    part(event.resource_owner.as_bytes());
    part(event.actor.home.as_str().as_bytes());
    part(event.actor.kind.as_str().as_bytes());
    part(event.actor.id.as_bytes());
    part(event.actor.authenticated.as_bytes());
    part(event.command.as_bytes());
    part(event.command_id.as_bytes());
    part(event.correlation.as_bytes());
    // A missing address and an empty one differ.
    part(&[u8::from(event.caller_address.is_some())]);
    part(event.caller_address.as_deref().unwrap_or_default());
    part(&event.created_at.timestamp_micros().to_be_bytes());
    Hash(hasher.finalize().into())
}

/// The row at position 0 of a partition: the installation's id, so that a tail always exists.
pub fn genesis(installation: Uuid, partition: i32) -> Recorded {
    let payload = format!(r#"{{"installation":"{installation}","partition":{partition}}}"#);
    let payload = payload.into_bytes();
    Recorded {
        partition,
        position: 0,
        tenant: TenantId::system(),
        // Ordinals start at 1, and every partition has its own genesis.
        ordinal: -i64::from(partition),
        aggregate: Aggregate { kind: "log".to_owned(), id: partition.to_string() },
        sequence: 0,
        event_type: GENESIS_TYPE.to_owned(),
        event_version: 1,
        payload_hash: payload_hash(&payload),
        leaf_hash: genesis_hash(&payload),
        payload,
        resource_owner: "SYSTEM".to_owned(),
        actor: Actor::system(),
        command: "Install".to_owned(),
        command_id: installation,
        correlation: String::new(),
        caller_address: None,
        created_at: DateTime::UNIX_EPOCH,
    }
}

fn genesis_hash(payload: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(GENESIS_TAG);
    hasher.update(payload);
    Hash(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Recorded {
        let payload = br#"{"group":1}"#.to_vec();
        let mut event = Recorded {
            position: 1,
            ordinal: 1,
            sequence: 1,
            event_type: "group.moved".to_owned(),
            payload_hash: payload_hash(&payload),
            payload,
            ..genesis(Uuid::nil(), 3)
        };
        event.leaf_hash = leaf_hash(&event);
        event
    }

    #[test]
    fn a_leaf_follows_from_its_envelope_wherever_it_is_kept() {
        let event = sample();
        assert!(event.is_whole());
        assert!(Recorded { partition: 9, position: 77, ..event }.is_whole());
    }

    #[test]
    fn any_change_of_what_is_recorded_breaks_it() {
        let whole = sample();
        for broken in [
            Recorded { ordinal: 2, ..whole.clone() },
            Recorded { payload: b"{}".to_vec(), ..whole.clone() },
            Recorded { command: "Other".to_owned(), ..whole.clone() },
            Recorded { caller_address: Some(Vec::new()), ..whole.clone() },
            Recorded { created_at: DateTime::from_timestamp_micros(1).unwrap(), ..whole.clone() },
        ] {
            assert!(!broken.is_whole(), "{broken:?}");
        }
    }

    #[test]
    fn every_partition_begins_with_a_whole_genesis() {
        assert!(genesis(Uuid::nil(), 0).is_whole());
        assert_ne!(genesis(Uuid::nil(), 0).leaf_hash, genesis(Uuid::nil(), 1).leaf_hash);
    }
}
