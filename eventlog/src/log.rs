//! What a store of events must do; SQLite and PostgreSQL both do it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::TenantId;
use uuid::Uuid;

use crate::proof::ProofStore;
use crate::{
    AccessFilter, AccessRecord, CursorStore, Hash, LogError, Recorded, VaultKind, VaultRow,
    VaultWrite,
};

/// The newest row of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub partition: i32,
    pub position: i64,
    pub leaf_hash: Hash,
}

/// What a batch rests on: the row that must still stand at a partition's tail.
pub type Basis = Head;

/// Where a tenant's events are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    pub tenant: TenantId,
    pub partition: i32,
}

/// Under what a command's answer is remembered: who sent which key. `actor` is the home tenant,
/// kind and id of the actor, `key` the caller's `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AnswerKey {
    pub partition: i32,
    pub tenant: TenantId,
    pub actor: String,
    pub key: String,
}

/// The remembered answer of a command, kept until `expires_at`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub key: AnswerKey,
    /// Keyed hash over the command's name and body: another one under the same key is refused.
    pub fingerprint: Hash,
    pub command_id: Uuid,
    /// What was answered, sealed under the tenant's key: it may show a secret.
    pub sealed: Vec<u8>,
    /// An answer under the same key that expired by now makes room for this one.
    pub answered_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Everything one append writes, all of it or nothing, in one round trip.
///
/// Where a subject's key is dropped, the snapshots of its tenant go too.
///
/// `bases` names every partition the batch touches or rests on. Events are sorted by partition and
/// position and start right behind the bases; answers and vault rows are sorted by key.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    pub bases: Vec<Basis>,
    pub placements: Vec<Placement>,
    pub events: Vec<Recorded>,
    pub answers: Vec<Answer>,
    pub vault: Vec<VaultWrite>,
}

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// All of it is durable (or, with nothing to insert, the bases were confirmed).
    Landed,
    /// A basis no longer holds, or another row stands where one should go: nothing was written.
    /// Read what is new, fold, decide again.
    Moved,
}

/// Which way a page of events runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    Ascending,
    Descending,
}

/// Which of a tenant's events to show; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only events past this ordinal, in the direction of `order`.
    pub after: Option<i64>,
    pub order: Order,
    pub aggregate_kind: Option<String>,
    /// One of these, where any are named.
    pub aggregate_kinds: Vec<String>,
    pub aggregate_id: Option<String>,
    pub event_type: Option<String>,
    /// One of these, where any are named.
    pub event_types: Vec<String>,
    pub resource_owner: Option<String>,
    /// Only events past this sequence of their aggregate.
    pub sequence_after: Option<i64>,
    pub actor_id: Option<String>,
    pub command: Option<String>,
    pub correlation: Option<String>,
    pub since: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}

/// A tenant's folded state at an ordinal, so that a restart need not fold all. Never truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub tenant: TenantId,
    pub partition: i32,
    pub fold_version: i32,
    pub ordinal: i64,
    pub position: i64,
    /// Leaf of the event at `ordinal`: a snapshot of a tail that vanished is recognised by it.
    pub leaf_hash: Hash,
    /// Sealed under the tenant's key.
    pub sealed: Vec<u8>,
}

/// The store of events, with the vault, the remembered answers, and the installation's counters.
///
/// A read that finds a position missing or a hash that does not follow answers
/// [`LogError::Integrity`]: it is never something to wait for or to skip.
#[async_trait]
pub trait EventLog: Send + Sync + 'static {
    /// `sqlite` or `postgres`.
    fn store(&self) -> &'static str;

    /// How many partitions there are, numbered from 0; chosen at install.
    fn partitions(&self) -> i32;

    /// The installation's id, as it stands in the genesis rows.
    fn installation(&self) -> Uuid;

    /// What it keeps for proofs; an error where it keeps nothing of the kind.
    fn proofs(&self) -> Result<&dyn ProofStore, LogError> {
        Err(LogError::Unusable("this log keeps nothing for proofs".to_owned()))
    }

    /// What it keeps of deliveries; an error where it keeps nothing of the kind.
    fn cursors(&self) -> Result<&dyn CursorStore, LogError> {
        Err(LogError::Unusable("this log keeps nothing of deliveries".to_owned()))
    }

    /// Writes a batch, in one statement that every basis must allow. An `Unavailable` error leaves
    /// open whether it landed: append the same bytes again, or look for one's own command ids.
    async fn append(&self, batch: &Batch) -> Result<Appended, LogError>;

    /// The newest row of every partition, in one statement.
    async fn heads(&self) -> Result<Vec<Head>, LogError>;

    /// The events behind position `after` of a partition, in order, at most `limit`.
    async fn read(
        &self,
        partition: i32,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Recorded>, LogError>;

    /// The events of one tenant behind ordinal `after`, in order, at most `limit`.
    async fn read_tenant(
        &self,
        place: &Placement,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Recorded>, LogError>;

    /// The events of one tenant at these ordinals, which ascend, in order; what is not there is
    /// left out.
    async fn read_at(
        &self,
        place: &Placement,
        ordinals: &[i64],
    ) -> Result<Vec<Recorded>, LogError> {
        let mut events = Vec::new();
        for ordinal in ordinals {
            let found = self.read_tenant(place, ordinal - 1, 1).await?;
            events.extend(found.into_iter().filter(|event| event.ordinal == *ordinal));
        }
        Ok(events)
    }

    /// The events of one tenant that `filter` lets through, at most `limit`.
    async fn search(
        &self,
        place: &Placement,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Recorded>, LogError>;

    /// Where every tenant is kept.
    async fn placements(&self) -> Result<Vec<Placement>, LogError>;

    /// Where one tenant is kept; `None` when there is no such tenant.
    async fn placement(&self, tenant: &TenantId) -> Result<Option<Placement>, LogError>;

    /// The vault's row of that public id.
    async fn vault(&self, kind: VaultKind, public_id: &str) -> Result<Option<VaultRow>, LogError>;

    /// All rows of a kind that belong to one tenant, by public id.
    async fn vault_of(&self, kind: VaultKind, tenant: &TenantId)
    -> Result<Vec<VaultRow>, LogError>;

    /// Rows of a kind whose public id lies between two texts, in its order, at most `limit`.
    async fn vault_between(
        &self,
        kind: VaultKind,
        above: &str,
        below: &str,
        limit: usize,
    ) -> Result<Vec<VaultRow>, LogError>;

    /// The remembered answer under a key, unless it expired before `now`.
    async fn answer(&self, key: &AnswerKey, now: DateTime<Utc>)
    -> Result<Option<Answer>, LogError>;

    /// Drops what expired before `now`: remembered answers and nonces. Returns how many rows went.
    async fn purge(&self, now: DateTime<Utc>) -> Result<u64, LogError>;

    /// Takes `count` integer ids that nobody else will get; returns the first one.
    async fn reserve_ids(&self, count: i64) -> Result<i64, LogError>;

    /// Takes a nonce once: `false` when it was taken before. Kept until `expires_at`.
    async fn take_nonce(
        &self,
        scope: &str,
        nonce: &str,
        expires_at: DateTime<Utc>,
    ) -> Result<bool, LogError>;

    /// Keeps a snapshot in place of an older one of the same tenant, unless somebody was erased
    /// after its ordinal.
    async fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), LogError>;

    /// The snapshot of a tenant, if it has `fold_version`.
    async fn load_snapshot(
        &self,
        tenant: &TenantId,
        fold_version: i32,
    ) -> Result<Option<Snapshot>, LogError>;

    /// Keeps access records. A store in memory keeps none.
    async fn record_accesses(&self, records: &[AccessRecord]) -> Result<(), LogError> {
        let _ = records;
        Ok(())
    }

    /// The access records of a tenant that `filter` lets through, at most `limit`.
    async fn accesses(
        &self,
        tenant: &TenantId,
        filter: &AccessFilter,
        limit: usize,
    ) -> Result<Vec<AccessRecord>, LogError> {
        let _ = (tenant, filter, limit);
        Ok(Vec::new())
    }

    /// Drops the access records of before `before`, a piece at a time. Returns how many went.
    async fn drop_accesses(&self, before: DateTime<Utc>) -> Result<u64, LogError> {
        let _ = before;
        Ok(0)
    }

    /// Drops the keys of addresses of all months before this one (`2026-11`), of all tenants.
    /// Returns how many went.
    async fn drop_address_keys(&self, month: &str) -> Result<u64, LogError> {
        let _ = month;
        Ok(0)
    }

    /// Has the store let go of what deleted rows left in its files, as far as it can: for when a
    /// subject's key was destroyed. Backups, archives and replicas are out of its reach.
    async fn scrub(&self) -> Result<(), LogError> {
        Ok(())
    }

    /// What the master key sealed at the first start, to know it again by.
    async fn master_check(&self) -> Result<Option<Vec<u8>>, LogError>;

    /// Keeps `sealed` to know the master key by, unless something is kept already.
    async fn set_master_check(&self, sealed: &[u8]) -> Result<(), LogError>;
}
