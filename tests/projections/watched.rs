//! A log that counts how often it is asked, reads pages as small as a test wants them, and can
//! hold an answer back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::TenantId;
use eventlog::{
    Answer, AnswerKey, Appended, Batch, EventLog, Filter, Head, LogError, Placement, Recorded,
    Snapshot, VaultKind, VaultRow,
};
use tokio::sync::watch;
use uuid::Uuid;

pub(super) struct Watched {
    inner: Arc<dyn EventLog>,
    /// The most events a page has.
    pub(super) page_most: AtomicUsize,
    pub(super) heads_asked: AtomicUsize,
    /// How many answers about heads are held back now.
    pub(super) heads_held: AtomicUsize,
    /// While it holds true, answers about heads are read but not given.
    pub(super) is_holding: watch::Sender<bool>,
}

impl Watched {
    pub(super) fn over(inner: Arc<dyn EventLog>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            page_most: AtomicUsize::new(usize::MAX),
            heads_asked: AtomicUsize::new(0),
            heads_held: AtomicUsize::new(0),
            is_holding: watch::Sender::new(false),
        })
    }

    fn most(&self, limit: usize) -> usize {
        limit.min(self.page_most.load(Ordering::Relaxed))
    }
}

#[async_trait]
impl EventLog for Watched {
    fn store(&self) -> &'static str {
        self.inner.store()
    }
    fn partitions(&self) -> i32 {
        self.inner.partitions()
    }
    fn installation(&self) -> Uuid {
        self.inner.installation()
    }
    async fn append(&self, batch: &Batch) -> Result<Appended, LogError> {
        self.inner.append(batch).await
    }
    async fn heads(&self) -> Result<Vec<Head>, LogError> {
        self.heads_asked.fetch_add(1, Ordering::Relaxed);
        let answer = self.inner.heads().await;
        self.heads_held.fetch_add(1, Ordering::Relaxed);
        self.is_holding.subscribe().wait_for(|is_holding| !is_holding).await.unwrap();
        self.heads_held.fetch_sub(1, Ordering::Relaxed);
        answer
    }
    async fn read(&self, part: i32, after: i64, limit: usize) -> Result<Vec<Recorded>, LogError> {
        self.inner.read(part, after, self.most(limit)).await
    }
    async fn read_tenant(
        &self,
        place: &Placement,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        self.inner.read_tenant(place, after, limit).await
    }
    async fn search(
        &self,
        place: &Placement,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        self.inner.search(place, filter, limit).await
    }
    async fn placements(&self) -> Result<Vec<Placement>, LogError> {
        self.inner.placements().await
    }
    async fn placement(&self, tenant: &TenantId) -> Result<Option<Placement>, LogError> {
        self.inner.placement(tenant).await
    }
    async fn vault(&self, kind: VaultKind, id: &str) -> Result<Option<VaultRow>, LogError> {
        self.inner.vault(kind, id).await
    }
    async fn vault_between(
        &self,
        kind: VaultKind,
        above: &str,
        below: &str,
        limit: usize,
    ) -> Result<Vec<VaultRow>, LogError> {
        self.inner.vault_between(kind, above, below, limit).await
    }

    async fn vault_of(&self, kind: VaultKind, of: &TenantId) -> Result<Vec<VaultRow>, LogError> {
        self.inner.vault_of(kind, of).await
    }
    async fn answer(
        &self,
        key: &AnswerKey,
        now: DateTime<Utc>,
    ) -> Result<Option<Answer>, LogError> {
        self.inner.answer(key, now).await
    }
    async fn purge(&self, now: DateTime<Utc>) -> Result<u64, LogError> {
        self.inner.purge(now).await
    }
    async fn reserve_ids(&self, count: i64) -> Result<i64, LogError> {
        self.inner.reserve_ids(count).await
    }
    async fn take_nonce(&self, a: &str, b: &str, end: DateTime<Utc>) -> Result<bool, LogError> {
        self.inner.take_nonce(a, b, end).await
    }
    async fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), LogError> {
        self.inner.save_snapshot(snapshot).await
    }
    async fn load_snapshot(&self, of: &TenantId, fold: i32) -> Result<Option<Snapshot>, LogError> {
        self.inner.load_snapshot(of, fold).await
    }
    async fn master_check(&self) -> Result<Option<Vec<u8>>, LogError> {
        self.inner.master_check().await
    }
    async fn set_master_check(&self, sealed: &[u8]) -> Result<(), LogError> {
        self.inner.set_master_check(sealed).await
    }
}
