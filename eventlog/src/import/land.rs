//! Bringing what was proved into the log, by the same append as everybody's: on the tail that
//! stands, and again where another node was first.

use std::time::Duration;

use domain::{Event, TenantId};
use tokio::time::sleep;

use super::ImportError;
use super::check::Checked;
use crate::keyring::destroyed;
use crate::{Appended, Basis, Batch, EventLog, LogError, Placement, Recorded, VaultWrite};

/// Rows of the vault in one append.
const ROWS: usize = 200;
/// The type of the events that tell of an erasure.
const ERASED: &str = "subject.erased";
/// How often others may be first before it is given up.
const TRIES: u32 = 1_000;
const PAUSE: Duration = Duration::from_millis(2);

/// Where the tenant goes.
pub(super) struct Landing<'a> {
    pub(super) log: &'a dyn EventLog,
    pub(super) place: &'a Placement,
}

impl Landing<'_> {
    /// Writes rows that are not there yet.
    pub(super) async fn vault(&self, mut rows: Vec<VaultWrite>) -> Result<(), ImportError> {
        rows.sort_by(|a, b| a.key().cmp(&b.key()));
        for rows in rows.chunks(ROWS) {
            let mut tries = Tries::default();
            loop {
                let mut missing = Vec::new();
                for row in rows {
                    let (kind, public_id) = row.key();
                    if self.log.vault(kind, public_id).await?.is_none() {
                        missing.push(row.clone());
                    }
                }
                let bases = vec![self.tail().await?];
                let batch = Batch { bases, vault: missing, ..Batch::default() };
                if batch.vault.is_empty() || self.landed(&batch).await? {
                    break;
                }
                tries.again().await?;
            }
        }
        Ok(())
    }

    /// Has the webhooks that come along begin where the file ends: what is past was sent from where
    /// it was recorded. It is done before anybody can find them here.
    pub(super) async fn webhooks(&self, checked: &Checked) -> Result<(), ImportError> {
        for (webhook, placed_by) in &checked.webhooks {
            let (tenant, end) = (&self.place.tenant, checked.end.ordinal);
            self.log.cursors()?.place_cursor(tenant, *webhook, *placed_by, end).await?;
        }
        Ok(())
    }

    /// Writes events that follow on what is here.
    pub(super) async fn events(&self, mut events: Vec<Recorded>) -> Result<(), ImportError> {
        let mut tries = Tries::default();
        loop {
            let tail = self.tail().await?;
            for (event, position) in events.iter_mut().zip(tail.position + 1..) {
                (event.partition, event.position) = (tail.partition, position);
            }
            let vault = erased(&self.place.tenant, &events)?;
            let batch = Batch { bases: vec![tail], events, vault, ..Batch::default() };
            if self.landed(&batch).await? {
                return Ok(());
            }
            // They may be here all the same: this very append, or somebody who imports it too.
            events = batch.events;
            let Some(after) = events.first().map(|first| first.ordinal - 1) else { return Ok(()) };
            let there = self.log.read_tenant(self.place, after, events.len()).await?;
            if let Some((one, _)) =
                there.iter().zip(&events).find(|(there, ours)| there.leaf_hash != ours.leaf_hash)
            {
                let (tenant, ordinal) = (self.place.tenant.clone(), one.ordinal);
                return Err(ImportError::OtherHistory { tenant, ordinal });
            }
            events.drain(..there.len());
            tries.again().await?;
        }
    }

    /// Lets everybody find the tenant.
    pub(super) async fn place(&self) -> Result<(), ImportError> {
        let mut tries = Tries::default();
        loop {
            match self.log.placement(&self.place.tenant).await? {
                Some(place) if place == *self.place => return Ok(()),
                Some(_) => return Err(LogError::TenantTaken.into()),
                None => {}
            }
            let (bases, placements) = (vec![self.tail().await?], vec![self.place.clone()]);
            if self.landed(&Batch { bases, placements, ..Batch::default() }).await? {
                return Ok(());
            }
            tries.again().await?;
        }
    }

    async fn tail(&self) -> Result<Basis, LogError> {
        let heads = self.log.heads().await?;
        let tail = heads.into_iter().find(|head| head.partition == self.place.partition);
        tail.ok_or_else(|| LogError::Unusable("the tenant's partition is missing".to_owned()))
    }

    /// Whether it is in the log; `false` where that is to be found out.
    async fn landed(&self, batch: &Batch) -> Result<bool, LogError> {
        match self.log.append(batch).await {
            Ok(Appended::Landed) => Ok(true),
            Ok(Appended::Moved) | Err(LogError::Unavailable(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Destroys the keys of whoever these events tell was erased: an earlier import may have brought
/// them.
fn erased(tenant: &TenantId, events: &[Recorded]) -> Result<Vec<VaultWrite>, ImportError> {
    let mut writes = Vec::new();
    for event in events.iter().filter(|event| event.event_type == ERASED) {
        let decoded = Event::decode(&event.event_type, event.event_version, &event.payload);
        let unknown = |source| ImportError::Unknown { ordinal: event.ordinal, source };
        if let Event::SubjectErased(fact) = decoded.map_err(unknown)? {
            writes.push(destroyed(tenant, &fact.subject));
        }
    }
    writes.sort_by(|a, b| a.key().cmp(&b.key()));
    writes.dedup_by(|a, b| a.key() == b.key());
    Ok(writes)
}

#[derive(Default)]
struct Tries(u32);

impl Tries {
    /// Waits a moment before the next try.
    async fn again(&mut self) -> Result<(), ImportError> {
        self.0 += 1;
        if self.0 > TRIES {
            return Err(ImportError::Contended);
        }
        sleep(PAUSE * self.0.min(50)).await;
        Ok(())
    }
}
