//! Rows to values. What this program did not write is an integrity alarm, not a default.

use chrono::{DateTime, Utc};
use domain::{Actor, ActorKind, Aggregate, TenantId};
use uuid::Uuid;

use super::Cells;
use crate::proof::{Finding, Flaw, Row};
use crate::{Hash, Head, LogError, Placement, Recorded, VaultKind, VaultRow};

/// Turns what a driver says of a cell into an alarm: the row is there, and cannot be read.
fn unreadable(_: sqlx::Error) -> LogError {
    LogError::Unusable("a row does not have the columns that were written".to_owned())
}

/// The same as [`Cells`], with faults as the log tells them.
pub(super) struct Reader<'a, R>(pub(super) &'a R);

impl<R: Cells> Reader<'_, R> {
    pub(super) fn int(&self, index: usize) -> Result<i64, LogError> {
        self.0.int(index).map_err(unreadable)
    }
    pub(super) fn text(&self, index: usize) -> Result<String, LogError> {
        self.0.text(index).map_err(unreadable)
    }
    pub(super) fn bytes(&self, index: usize) -> Result<Vec<u8>, LogError> {
        self.0.bytes(index).map_err(unreadable)
    }
    fn maybe_bytes(&self, index: usize) -> Result<Option<Vec<u8>>, LogError> {
        self.0.maybe_bytes(index).map_err(unreadable)
    }
    pub(super) fn small(&self, index: usize) -> Result<i32, LogError> {
        i32::try_from(self.int(index)?).map_err(|_| foreign("a number is too large"))
    }
    pub(super) fn hash(&self, index: usize) -> Result<Hash, LogError> {
        let bytes = self.bytes(index)?;
        bytes.try_into().map(Hash).map_err(|_| foreign("a hash has another length"))
    }
    pub(super) fn uuid(&self, index: usize) -> Result<Uuid, LogError> {
        Uuid::from_slice(&self.bytes(index)?).map_err(|_| foreign("an id has another length"))
    }
    pub(super) fn instant(&self, index: usize) -> Result<DateTime<Utc>, LogError> {
        let micros = self.int(index)?;
        DateTime::from_timestamp_micros(micros).ok_or_else(|| foreign("an instant is out of range"))
    }
    pub(super) fn tenant(&self, index: usize) -> Result<TenantId, LogError> {
        TenantId::new(&self.text(index)?).map_err(|_| foreign("a tenant id is malformed"))
    }
}

fn foreign(what: &str) -> LogError {
    LogError::Unusable(format!("{what}: this program did not write that row"))
}

/// An event, in the order of [`super::EVENT_COLUMNS`], its hashes checked.
pub(super) fn event(row: &impl Cells) -> Result<Recorded, LogError> {
    let event = recorded(row)?;
    let Recorded { partition, position, .. } = event;
    let what = "its hash does not follow";
    if event.is_whole() {
        Ok(event)
    } else {
        Err(LogError::Integrity { partition, position, what })
    }
}

/// An event as it stands, or what is known of a row that is none.
pub(super) fn row(row: &impl Cells) -> Row {
    recorded(row).map_err(|error| {
        let cell = Reader(row);
        let why = if let LogError::Integrity { what, .. } = error {
            what.to_owned()
        } else {
            error.to_string()
        };
        Finding {
            tenant: cell.tenant(2).ok(),
            ordinal: cell.int(3).ok(),
            partition: cell.small(0).ok(),
            position: cell.int(1).ok(),
            flaw: Flaw::Unreadable(why),
        }
    })
}

fn recorded(row: &impl Cells) -> Result<Recorded, LogError> {
    let cell = Reader(row);
    let (partition, position) = (cell.small(0)?, cell.int(1)?);
    let altered = |what| LogError::Integrity { partition, position, what };
    let kind = ActorKind::from_name(&cell.text(14)?);
    Ok(Recorded {
        partition,
        position,
        tenant: cell.tenant(2)?,
        ordinal: cell.int(3)?,
        aggregate: Aggregate { kind: cell.text(4)?, id: cell.text(5)? },
        sequence: cell.int(6)?,
        event_type: cell.text(7)?,
        event_version: cell.small(8)?,
        payload: cell.bytes(9)?,
        payload_hash: cell.hash(10)?,
        leaf_hash: cell.hash(11)?,
        resource_owner: cell.text(12)?,
        actor: Actor {
            home: cell.tenant(13)?,
            kind: kind.ok_or_else(|| altered("the actor's kind is none"))?,
            id: cell.text(15)?,
            authenticated: cell.text(16)?,
        },
        command: cell.text(17)?,
        command_id: cell.uuid(18)?,
        correlation: cell.text(19)?,
        caller_address: cell.maybe_bytes(20)?,
        created_at: cell.instant(21)?,
    })
}

pub(super) fn head(row: &impl Cells) -> Result<Head, LogError> {
    let cell = Reader(row);
    Ok(Head { partition: cell.small(0)?, position: cell.int(1)?, leaf_hash: cell.hash(2)? })
}

pub(super) fn placement(row: &impl Cells) -> Result<Placement, LogError> {
    let cell = Reader(row);
    Ok(Placement { tenant: cell.tenant(0)?, partition: cell.small(1)? })
}

pub(super) fn vault_row(row: &impl Cells) -> Result<VaultRow, LogError> {
    let cell = Reader(row);
    let kind = cell.text(0)?;
    let kind = VaultKind::ALL.into_iter().find(|known| known.as_str() == kind);
    Ok(VaultRow {
        kind: kind.ok_or_else(|| foreign("a secret is of an unknown kind"))?,
        public_id: cell.text(1)?,
        tenant: cell.tenant(2)?,
        owner: cell.text(3)?,
        sealed: cell.bytes(4)?,
    })
}
