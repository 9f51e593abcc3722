//! Events to append, and where they go.

use chrono::DateTime;
use domain::{Actor, Aggregate, TenantId};
use eventlog::{Batch, EventLog, Hash, Head, Recorded, leaf_hash, payload_hash};
use uuid::Uuid;

pub(crate) fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

/// The event that follows `head` in its partition.
pub(crate) fn event(head: &Head, tenant: &TenantId, ordinal: i64) -> Recorded {
    let payload = format!(r#"{{"group":{ordinal}}}"#).into_bytes();
    let mut event = Recorded {
        partition: head.partition,
        position: head.position + 1,
        tenant: tenant.clone(),
        ordinal,
        aggregate: Aggregate { kind: "group".to_owned(), id: "7".to_owned() },
        sequence: ordinal,
        event_type: "group.moved".to_owned(),
        event_version: 1,
        payload_hash: payload_hash(&payload),
        payload,
        leaf_hash: Hash([0; 32]),
        resource_owner: tenant.to_string(),
        actor: Actor::system(),
        command: "MoveGroup".to_owned(),
        command_id: Uuid::now_v7(),
        correlation: "r-1".to_owned(),
        caller_address: Some(vec![1, 2, 3]),
        created_at: DateTime::from_timestamp_micros(1_700_000_000_000_000 + ordinal).unwrap(),
    };
    event.leaf_hash = leaf_hash(&event);
    event
}

/// Changes an event and makes its leaf follow again.
pub(crate) fn changed(mut event: Recorded, change: impl FnOnce(&mut Recorded)) -> Recorded {
    change(&mut event);
    event.payload_hash = payload_hash(&event.payload);
    event.leaf_hash = leaf_hash(&event);
    event
}

pub(crate) fn head_of(event: &Recorded) -> Head {
    Head { partition: event.partition, position: event.position, leaf_hash: event.leaf_hash }
}

/// `count` events of one tenant, the first one right behind `head`.
pub(crate) fn events(head: &Head, tenant: &TenantId, ordinal: i64, count: usize) -> Vec<Recorded> {
    let mut head = *head;
    let next = |ordinal| {
        let event = event(&head, tenant, ordinal);
        head = head_of(&event);
        event
    };
    (ordinal..).take(count).map(next).collect()
}

/// A batch of `events` that rests on `head` alone.
pub(crate) fn batch(head: &Head, events: Vec<Recorded>) -> Batch {
    Batch { bases: vec![*head], events, ..Batch::default() }
}

/// The newest row of partition 0, which every store has.
pub(crate) async fn head(log: &dyn EventLog) -> Head {
    log.heads().await.unwrap()[0]
}
