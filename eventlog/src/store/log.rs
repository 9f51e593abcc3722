//! The log over any store: everything but the append is the same statement on both.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::TenantId;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::decode::{self, Reader};
use super::{Cells, Store, Value, access, search, sql};
use crate::proof::ProofStore;
use crate::{
    AccessFilter, AccessRecord, Answer, AnswerKey, Appended, Batch, CursorStore, EventLog, Filter,
    Head, LogError, Placement, Recorded, Snapshot, VaultKind, VaultRow,
};

/// An ordinal that no event has.
const NOWHERE: i64 = i64::MIN;

pub(super) fn int(n: i32) -> Value<'static> {
    Value::Int(n.into())
}

pub(super) fn at(instant: DateTime<Utc>) -> Value<'static> {
    Value::Int(instant.timestamp_micros())
}

pub(super) fn page(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Alarms when `numbers`, read behind `after`, are not dense.
fn dense(events: &[Recorded], after: i64, number: fn(&Recorded) -> i64) -> Result<(), LogError> {
    dense_from(events, after, number, |event| (event.partition, event.position))
}

/// The same for whatever has a number, a partition and a position.
pub(super) fn dense_from<T>(
    rows: &[T],
    after: i64,
    number: impl Fn(&T) -> i64,
    place: impl Fn(&T) -> (i32, i64),
) -> Result<(), LogError> {
    let hole = rows.iter().zip(after + 1..).find(|(row, expected)| number(row) != *expected);
    hole.map_or(Ok(()), |(row, _)| {
        let ((partition, position), what) = (place(row), "an event before it is missing");
        Err(LogError::Integrity { partition, position, what })
    })
}

pub(super) fn all<R, T>(
    rows: &[R],
    one: impl Fn(&R) -> Result<T, LogError>,
) -> Result<Vec<T>, LogError> {
    rows.iter().map(one).collect()
}

/// Runs a statement that drops a piece of what is older than `before` until nothing is.
async fn drop_in_pieces<S: Store>(
    store: &S,
    sql: &'static str,
    before: DateTime<Utc>,
) -> Result<u64, LogError> {
    let mut gone = 0;
    loop {
        let piece = store.change(sql, &[at(before)]).await?.len();
        gone += u64::try_from(piece).unwrap_or(u64::MAX);
        if piece == 0 {
            return Ok(gone);
        }
    }
}

#[async_trait]
impl<S: Store> EventLog for S {
    fn store(&self) -> &'static str {
        S::NAME
    }

    fn partitions(&self) -> i32 {
        Store::installation(self).partitions
    }

    fn installation(&self) -> Uuid {
        Store::installation(self).id
    }

    fn proofs(&self) -> Result<&dyn ProofStore, LogError> {
        Ok(self)
    }

    fn cursors(&self) -> Result<&dyn CursorStore, LogError> {
        Ok(self)
    }

    async fn append(&self, batch: &Batch) -> Result<Appended, LogError> {
        Store::append(self, batch).await
    }

    async fn heads(&self) -> Result<Vec<Head>, LogError> {
        let heads = all(&self.fetch(S::HEADS, &[]).await?, decode::head)?;
        let bare = (0..EventLog::partitions(self))
            .zip(heads.iter().map(Some).chain(std::iter::repeat(None)))
            .find(|(partition, head)| head.is_none_or(|head| head.partition != *partition));
        if let Some((partition, _)) = bare {
            let what = "a partition has no row at all";
            return Err(LogError::Integrity { partition, position: 0, what });
        }
        Ok(heads)
    }

    async fn read(
        &self,
        partition: i32,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        let values = [int(partition), Value::Int(after), Value::Int(page(limit))];
        let events = all(&self.fetch(sql::READ, &values).await?, decode::event)?;
        dense(&events, after, |event| event.position)?;
        Ok(events)
    }

    async fn read_tenant(
        &self,
        place: &Placement,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        let tenant = Value::Text(place.tenant.as_str());
        let values = [int(place.partition), tenant, Value::Int(after), Value::Int(page(limit))];
        let events = all(&self.fetch(sql::READ_TENANT, &values).await?, decode::event)?;
        dense(&events, after, |event| event.ordinal)?;
        Ok(events)
    }

    async fn read_at(
        &self,
        place: &Placement,
        ordinals: &[i64],
    ) -> Result<Vec<Recorded>, LogError> {
        let (first, last) = (ordinals.first().copied(), ordinals.last().copied());
        if let (Some(first), Some(last)) = (first, last)
            && page(ordinals.len()) == last - first + 1
        {
            // They follow one another, and are read as they lie.
            return self.read_tenant(place, first - 1, ordinals.len()).await;
        }
        let mut events = Vec::with_capacity(ordinals.len());
        let place = [int(place.partition), Value::Text(place.tenant.as_str())];
        let rows: Vec<_> = (3..sql::AT_ONCE + 3).map(|number| format!("(${number})")).collect();
        let sql = format!("{}{}{}", sql::READ_AT, rows.join(", "), sql::READ_AT_END);
        for piece in ordinals.chunks(sql::AT_ONCE) {
            // Always as many, so that the store keeps one statement for all of them.
            let wanted = piece.iter().copied().chain(std::iter::repeat(NOWHERE)).map(Value::Int);
            let values: Vec<_> = place.into_iter().chain(wanted.take(sql::AT_ONCE)).collect();
            let rows = self.fetch(AssertSqlSafe(sql.as_str()), &values).await?;
            events.extend(all(&rows, decode::event)?);
        }
        Ok(events)
    }

    async fn search(
        &self,
        place: &Placement,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        let (sql, values) = search::search(place, filter, page(limit));
        all(&self.fetch(AssertSqlSafe(sql), &values).await?, decode::event)
    }

    async fn placements(&self) -> Result<Vec<Placement>, LogError> {
        all(&self.fetch(sql::PLACEMENTS, &[]).await?, decode::placement)
    }

    async fn placement(&self, tenant: &TenantId) -> Result<Option<Placement>, LogError> {
        let rows = self.fetch(sql::PLACEMENT, &[Value::Text(tenant.as_str())]).await?;
        rows.first().map(decode::placement).transpose()
    }

    async fn vault(&self, kind: VaultKind, public_id: &str) -> Result<Option<VaultRow>, LogError> {
        let values = [Value::Text(kind.as_str()), Value::Text(public_id)];
        self.fetch(sql::VAULT, &values).await?.first().map(decode::vault_row).transpose()
    }

    async fn vault_of(
        &self,
        kind: VaultKind,
        tenant: &TenantId,
    ) -> Result<Vec<VaultRow>, LogError> {
        let values = [Value::Text(kind.as_str()), Value::Text(tenant.as_str())];
        all(&self.fetch(sql::VAULT_OF, &values).await?, decode::vault_row)
    }

    async fn vault_between(
        &self,
        kind: VaultKind,
        above: &str,
        below: &str,
        limit: usize,
    ) -> Result<Vec<VaultRow>, LogError> {
        let texts = [kind.as_str(), above, below].map(Value::Text).into_iter();
        let values: Vec<_> = texts.chain([Value::Int(page(limit))]).collect();
        all(&self.fetch(sql::VAULT_BETWEEN, &values).await?, decode::vault_row)
    }

    async fn answer(
        &self,
        key: &AnswerKey,
        now: DateTime<Utc>,
    ) -> Result<Option<Answer>, LogError> {
        let values = [
            int(key.partition),
            Value::Text(key.tenant.as_str()),
            Value::Text(&key.actor),
            Value::Text(&key.key),
            at(now),
        ];
        let rows = self.fetch(sql::ANSWER, &values).await?;
        rows.first().map(|row| answer(row, key)).transpose()
    }

    async fn purge(&self, now: DateTime<Utc>) -> Result<u64, LogError> {
        let mut gone = 0;
        for sql in sql::PURGE {
            gone += drop_in_pieces(self, sql, now).await?;
        }
        Ok(gone)
    }

    async fn reserve_ids(&self, count: i64) -> Result<i64, LogError> {
        let rows = self.change(sql::RESERVE_IDS, &[Value::Int(count)]).await?;
        let used_up = || LogError::Unusable("the integer ids are used up".to_owned());
        Reader(rows.first().ok_or_else(used_up)?).int(0)
    }

    async fn take_nonce(
        &self,
        scope: &str,
        nonce: &str,
        expires_at: DateTime<Utc>,
    ) -> Result<bool, LogError> {
        let values = [Value::Text(scope), Value::Text(nonce), at(expires_at)];
        Ok(!self.change(sql::TAKE_NONCE, &values).await?.is_empty())
    }

    async fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), LogError> {
        let values = [
            Value::Text(snapshot.tenant.as_str()),
            int(snapshot.partition),
            int(snapshot.fold_version),
            Value::Int(snapshot.ordinal),
            Value::Int(snapshot.position),
            Value::Bytes(&snapshot.leaf_hash.0),
            Value::Bytes(&snapshot.sealed),
        ];
        self.change(sql::SAVE_SNAPSHOT, &values).await.map(drop)
    }

    async fn load_snapshot(
        &self,
        tenant: &TenantId,
        fold_version: i32,
    ) -> Result<Option<Snapshot>, LogError> {
        let values = [Value::Text(tenant.as_str()), int(fold_version)];
        let rows = self.fetch(sql::LOAD_SNAPSHOT, &values).await?;
        rows.first().map(|row| snapshot(row, tenant, fold_version)).transpose()
    }

    async fn record_accesses(&self, records: &[AccessRecord]) -> Result<(), LogError> {
        for some in records.chunks(access::AT_ONCE) {
            let values: Vec<_> = some.iter().flat_map(access::values).collect();
            self.change(AssertSqlSafe(access::insert(some.len())), &values).await?;
        }
        Ok(())
    }

    async fn accesses(
        &self,
        tenant: &TenantId,
        filter: &AccessFilter,
        limit: usize,
    ) -> Result<Vec<AccessRecord>, LogError> {
        let (sql, values) = access::search(tenant, filter, page(limit));
        all(&self.fetch(AssertSqlSafe(sql), &values).await?, access::record)
    }

    async fn drop_accesses(&self, before: DateTime<Utc>) -> Result<u64, LogError> {
        drop_in_pieces(self, access::PURGE, before).await
    }

    async fn drop_address_keys(&self, month: &str) -> Result<u64, LogError> {
        let gone = self.change(access::DROP_ADDRESS_KEYS, &[Value::Text(month)]).await?;
        Ok(u64::try_from(gone.len()).unwrap_or(u64::MAX))
    }

    async fn scrub(&self) -> Result<(), LogError> {
        Store::scrub(self).await
    }

    async fn master_check(&self) -> Result<Option<Vec<u8>>, LogError> {
        let rows = self.fetch(sql::MASTER_CHECK, &[]).await?;
        rows.first().map(|row| Reader(row).bytes(0)).transpose()
    }

    async fn set_master_check(&self, sealed: &[u8]) -> Result<(), LogError> {
        self.change(sql::SET_MASTER_CHECK, &[Value::Bytes(sealed)]).await.map(drop)
    }
}

fn answer(row: &impl Cells, key: &AnswerKey) -> Result<Answer, LogError> {
    let cell = Reader(row);
    Ok(Answer {
        key: key.clone(),
        fingerprint: cell.hash(0)?,
        command_id: cell.uuid(1)?,
        sealed: cell.bytes(2)?,
        answered_at: cell.instant(3)?,
        expires_at: cell.instant(4)?,
    })
}

fn snapshot(row: &impl Cells, tenant: &TenantId, fold_version: i32) -> Result<Snapshot, LogError> {
    let cell = Reader(row);
    Ok(Snapshot {
        tenant: tenant.clone(),
        partition: cell.small(0)?,
        fold_version,
        ordinal: cell.int(1)?,
        position: cell.int(2)?,
        leaf_hash: cell.hash(3)?,
        sealed: cell.bytes(4)?,
    })
}
