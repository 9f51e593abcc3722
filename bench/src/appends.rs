//! The append by itself: what the statement costs without a queue or a rule.

use std::sync::Arc;

use domain::{Actor, Aggregate, TenantId};
use eventlog::{
    Appended, Batch, EventLog, Head, Placement, Recorded, genesis, leaf_hash, payload_hash,
};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::Result;
use crate::cell::Contender;

const TENANT: &str = "bench";

/// Appends batches of so many events to one partition.
pub(crate) struct Appends {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) size: usize,
    pub(crate) partition: i32,
    payload: Vec<u8>,
    tail: Mutex<Head>,
}

impl Appends {
    pub(crate) async fn prepare(
        log: Arc<dyn EventLog>,
        partition: i32,
        size: usize,
        payload: Vec<u8>,
    ) -> Result<Self> {
        let heads = log.heads().await?;
        let tail = heads.into_iter().find(|head| head.partition == partition);
        let tail = Mutex::new(tail.ok_or("there is no such partition")?);
        Ok(Self { log, size, partition, payload, tail })
    }

    /// Where its tenant is kept.
    pub(crate) fn place(&self) -> Result<Placement> {
        Ok(Placement { tenant: TenantId::new(TENANT)?, partition: self.partition })
    }

    fn event(&self, tenant: &TenantId, position: i64) -> Recorded {
        let mut event = Recorded {
            position,
            tenant: tenant.clone(),
            ordinal: position,
            aggregate: Aggregate { kind: "group".to_owned(), id: "1007".to_owned() },
            sequence: position,
            event_type: "group.renamed".to_owned(),
            payload: self.payload.clone(),
            payload_hash: payload_hash(&self.payload),
            resource_owner: tenant.to_string(),
            actor: Actor::system(),
            command: "RenameGroup".to_owned(),
            command_id: Uuid::now_v7(),
            correlation: Uuid::now_v7().to_string(),
            caller_address: Some(vec![7; 53]),
            ..genesis(Uuid::nil(), self.partition)
        };
        event.leaf_hash = leaf_hash(&event);
        event
    }
}

impl Contender for Appends {
    async fn act(&self, _: usize) -> Result<()> {
        let mut tail = self.tail.lock().await;
        let tenant = TenantId::new(TENANT)?;
        let positions = (tail.position + 1..).take(self.size);
        let events: Vec<_> = positions.map(|position| self.event(&tenant, position)).collect();
        let batch = Batch { bases: vec![*tail], events, ..Batch::default() };
        if self.log.append(&batch).await? == Appended::Moved {
            return Err("somebody else wrote".into());
        }
        if let Some(last) = batch.events.last() {
            (tail.position, tail.leaf_hash) = (last.position, last.leaf_hash);
        }
        Ok(())
    }
}
