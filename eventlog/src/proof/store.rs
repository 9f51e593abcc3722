//! What a store keeps for proofs, beside the events: signed heads, and hashes that save time.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::TenantId;

use super::{Checkpoint, Finding, Flaw, VerifierKey};
use crate::{Hash, LogError, Placement, Recorded};

/// The head of a tree as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    /// Leaves: events of a tenant, or entries of the installation.
    pub size: i64,
    pub root: Hash,
    /// Whole microseconds.
    pub signed_at: DateTime<Utc>,
    /// The signed note that says so.
    pub note: String,
}

impl SignedHead {
    /// Whether it is what its note says of the tree `origin`, and the note is signed.
    pub fn holds(&self, key: &VerifierKey, origin: &str) -> Result<(), Flaw> {
        let checkpoint = Checkpoint::verify(&self.note, key, origin)?;
        let is_same = i64::try_from(checkpoint.size) == Ok(self.size)
            && checkpoint.root == self.root
            && checkpoint.signed_at == self.signed_at;
        if is_same { Ok(()) } else { Err(Flaw::OtherNote) }
    }
}

/// A tenant's head, which is a leaf of the installation's tree as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Dense in the installation, from 1.
    pub number: i64,
    pub tenant: TenantId,
    pub head: SignedHead,
}

/// An event as it stands, its hashes not looked at; or what is wrong with a row that is none.
pub type Row = Result<Recorded, Finding>;

/// A store of what proves that nobody altered the record. Every [`crate::EventLog`] of events is
/// one.
#[async_trait]
pub trait ProofStore: Send + Sync {
    /// Rows behind a position of a partition, in order, at most `limit`, with holes and all.
    async fn rows(&self, partition: i32, after: i64, limit: usize) -> Result<Vec<Row>, LogError>;

    /// Rows of a tenant behind an ordinal, in order, at most `limit`, with holes and all.
    async fn rows_of(
        &self,
        place: &Placement,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Row>, LogError>;

    /// Partition and position of a row in a partition that there is none of, if there is one.
    async fn stray(&self) -> Result<Option<(i32, i64)>, LogError>;

    /// Leaf hashes of a tenant's events behind an ordinal, at most `limit`, as they stand. A
    /// missing ordinal is [`LogError::Integrity`].
    async fn leaves(
        &self,
        place: &Placement,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Hash>, LogError>;

    /// The newest ordinal of a tenant; 0 where it has no event.
    async fn newest_ordinal(&self, place: &Placement) -> Result<i64, LogError>;

    /// Entries behind a number, in order, at most `limit`.
    async fn entries(&self, after: i64, limit: usize) -> Result<Vec<Entry>, LogError>;

    /// The newest entry.
    async fn last_entry(&self) -> Result<Option<Entry>, LogError>;

    /// Heads of a tenant that are larger than `after`, the smallest first, at most `limit`.
    async fn heads_of(
        &self,
        tenant: &TenantId,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError>;

    /// The largest head of a tenant of at most `most` events.
    async fn head_of(&self, tenant: &TenantId, most: i64) -> Result<Option<Entry>, LogError>;

    /// Adds entries, numbered on from the newest one: all of them, or none and `false` where
    /// another node was first.
    async fn add_entries(&self, entries: &[Entry]) -> Result<bool, LogError>;

    /// Heads of the installation's tree that are larger than `after`, the smallest first.
    async fn installation_heads(
        &self,
        after: i64,
        limit: usize,
    ) -> Result<Vec<SignedHead>, LogError>;

    /// The largest head of the installation's tree that was signed by `at`, of at most `most`
    /// entries.
    async fn installation_head(
        &self,
        most: i64,
        at: DateTime<Utc>,
    ) -> Result<Option<SignedHead>, LogError>;

    /// Keeps a head of the installation's tree, unless one of that size is there.
    async fn add_installation_head(&self, head: &SignedHead) -> Result<(), LogError>;

    /// Roots of complete subtrees: the first so many of this tile, none where it is not kept.
    async fn tile(&self, tree: &str, level: i64, tile: i64) -> Result<Vec<Hash>, LogError>;

    /// Keeps a tile, unless a fuller one is there.
    async fn save_tile(
        &self,
        tree: &str,
        level: i64,
        tile: i64,
        hashes: &[Hash],
    ) -> Result<(), LogError>;

    /// Drops all tiles of a tree.
    async fn forget_tiles(&self, tree: &str) -> Result<(), LogError>;
}
