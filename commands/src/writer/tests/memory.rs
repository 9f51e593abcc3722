//! A log in memory that keeps every promise of [`EventLog`], and can be made to fail.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::TenantId;
use eventlog::{
    Answer, AnswerKey, Appended, Batch, EventLog, Filter, Head, LogError, Placement, Recorded,
    Snapshot, VaultKind, VaultRow, VaultWrite, genesis,
};
use tokio::sync::watch;
use uuid::Uuid;

/// What happens to an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// None: this one goes well.
    Spared,
    /// The connection dies before the statement runs.
    CutBefore,
    /// The statement lands, and the connection dies before it can say so.
    CutAfter,
    /// The connection dies, and the statement lands just before the next one that goes well.
    LandsLate,
    /// Nothing is inserted, and nothing tells why.
    Moved,
}

pub(super) struct Memory {
    installation: Uuid,
    store: Mutex<Store>,
    held: watch::Sender<Held>,
}

#[derive(Debug, Default)]
struct Held {
    appends: bool,
    /// Whose events take long to come.
    loads: Option<TenantId>,
    /// How many appends are under way.
    waiting: usize,
}

#[derive(Default)]
struct Store {
    partitions: Vec<Vec<Recorded>>,
    placements: BTreeMap<TenantId, i32>,
    vault: HashMap<(VaultKind, String), VaultRow>,
    answers: BTreeMap<AnswerKey, Answer>,
    snapshots: HashMap<TenantId, Snapshot>,
    next_id: i64,
    faults: VecDeque<Fault>,
    late: Option<Batch>,
    poisoned: HashSet<Uuid>,
    /// How many commands' events each append carried.
    appends: Vec<usize>,
    tenant_reads: Vec<TenantId>,
}

impl Memory {
    pub(super) fn new(partitions: i32) -> Self {
        let installation = Uuid::from_u128(7);
        let partitions = (0..partitions).map(|p| vec![genesis(installation, p)]).collect();
        let store = Store { partitions, next_id: 1, ..Store::default() };
        Self { installation, store: Mutex::new(store), held: watch::Sender::default() }
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap()
    }

    /// What happens to the next appends, in order.
    pub(super) fn fail_next(&self, faults: &[Fault]) {
        self.store().faults.extend(faults);
    }

    /// Refuses every statement that carries events of that command.
    pub(super) fn poison(&self, command: Uuid) {
        self.store().poisoned.insert(command);
    }

    /// Makes appends wait, or lets them go on.
    pub(super) fn hold_appends(&self, appends: bool) {
        self.held.send_modify(|held| held.appends = appends);
    }

    /// How many appends wait to go on.
    pub(super) fn waiting(&self) -> usize {
        self.held.borrow().waiting
    }

    /// Lets all appends go well from now on.
    pub(super) fn clear_faults(&self) {
        self.store().faults.clear();
    }

    /// Makes what was read of a tenant take long to come, or lets it come.
    pub(super) fn hold_loads(&self, loads: Option<TenantId>) {
        self.held.send_modify(|held| held.loads = loads);
    }

    /// Loses the last `count` events of a partition, with all that was written with them.
    pub(super) fn lose_tail(&self, partition: usize, count: usize) {
        let store = &mut *self.store();
        let rows = &mut store.partitions[partition];
        let lost = rows.split_off(rows.len() - count);
        let ids: HashSet<_> = lost.iter().map(|row| row.command_id).collect();
        store.answers.retain(|_, answer| !ids.contains(&answer.command_id));
        for row in lost.iter().filter(|row| row.ordinal == 1) {
            store.placements.remove(&row.tenant);
            store.vault.retain(|_, kept| kept.tenant != row.tenant);
        }
    }

    pub(super) fn events(&self, partition: usize) -> Vec<Recorded> {
        self.store().partitions[partition][1..].to_vec()
    }

    pub(super) fn all_events(&self) -> Vec<Recorded> {
        self.store().partitions.iter().flat_map(|rows| rows[1..].to_vec()).collect()
    }

    /// How many commands with events each append carried.
    pub(super) fn appends(&self) -> Vec<usize> {
        self.store().appends.clone()
    }

    pub(super) fn snapshot_of(&self, tenant: &TenantId) -> Option<Snapshot> {
        self.store().snapshots.get(tenant).cloned()
    }

    pub(super) fn alter_snapshot(&self, tenant: &TenantId, alter: impl FnOnce(&mut Snapshot)) {
        alter(self.store().snapshots.get_mut(tenant).unwrap());
    }

    /// How many pages of a tenant's events were read.
    pub(super) fn reads_of(&self, tenant: &TenantId) -> usize {
        self.store().tenant_reads.iter().filter(|read| *read == tenant).count()
    }

    async fn wait_while(&self, is_held: impl Fn(&Held) -> bool) {
        let _ = self.held.subscribe().wait_for(|held| !is_held(held)).await;
    }
}

fn cut() -> LogError {
    LogError::Unavailable(std::io::Error::other("cut off").into())
}

impl Store {
    fn append(&mut self, batch: &Batch) -> Result<Appended, LogError> {
        for basis in &batch.bases {
            let rows = &self.partitions[usize::try_from(basis.partition).unwrap()];
            let there = rows.get(usize::try_from(basis.position).unwrap());
            if there.is_none_or(|row| row.leaf_hash != basis.leaf_hash) {
                return Ok(Appended::Moved);
            }
            if rows.len() > usize::try_from(basis.position).unwrap() + 1 {
                return Ok(Appended::Moved);
            }
        }
        if batch.events.iter().any(|event| self.poisoned.contains(&event.command_id)) {
            return Err(LogError::Refused(std::io::Error::other("poisoned").into()));
        }
        if batch.placements.iter().any(|place| self.placements.contains_key(&place.tenant)) {
            return Err(LogError::TenantTaken);
        }
        let is_taken = |answer: &Answer| {
            self.answers.get(&answer.key).is_some_and(|kept| kept.expires_at > answer.answered_at)
        };
        if batch.answers.iter().any(is_taken) {
            return Err(LogError::AnswerTaken);
        }
        let mut inserted = HashSet::new();
        for write in &batch.vault {
            if let VaultWrite::Insert(row) = write {
                let key = (row.kind, row.public_id.clone());
                if self.vault.contains_key(&key) || !inserted.insert(key) {
                    return Err(LogError::VaultTaken);
                }
            }
        }
        self.insert(batch);
        Ok(Appended::Landed)
    }

    fn insert(&mut self, batch: &Batch) {
        let commands: HashSet<_> = batch.events.iter().map(|event| event.command_id).collect();
        self.appends.push(commands.len());
        for event in &batch.events {
            assert!(event.is_whole(), "{event:?}");
            let rows = &mut self.partitions[usize::try_from(event.partition).unwrap()];
            assert_eq!(event.position, i64::try_from(rows.len()).unwrap(), "positions are dense");
            let before = rows.last().map(|row| row.created_at);
            assert!(before <= Some(event.created_at), "time runs forward");
            rows.push(event.clone());
        }
        for place in &batch.placements {
            self.placements.insert(place.tenant.clone(), place.partition);
        }
        for answer in &batch.answers {
            self.answers.insert(answer.key.clone(), answer.clone());
        }
        // Inside a statement there is no before and after: what it drops was there before it.
        for write in &batch.vault {
            if let VaultWrite::Delete { kind, public_id, .. } = write {
                self.vault.remove(&(*kind, public_id.clone()));
            }
        }
        for write in &batch.vault {
            if let VaultWrite::Insert(row) = write {
                self.vault.insert((row.kind, row.public_id.clone()), row.clone());
            }
        }
    }
}

#[async_trait]
impl EventLog for Memory {
    fn store(&self) -> &'static str {
        "memory"
    }

    fn partitions(&self) -> i32 {
        i32::try_from(self.store().partitions.len()).unwrap()
    }

    fn installation(&self) -> Uuid {
        self.installation
    }

    async fn append(&self, batch: &Batch) -> Result<Appended, LogError> {
        tokio::task::yield_now().await;
        self.held.send_modify(|held| held.waiting += 1);
        self.wait_while(|held| held.appends).await;
        self.held.send_modify(|held| held.waiting -= 1);
        let store = &mut *self.store();
        match store.faults.pop_front().unwrap_or(Fault::Spared) {
            Fault::Spared => {
                if let Some(late) = store.late.take() {
                    // Whatever became of it, nobody hears of it.
                    let _ = store.append(&late);
                }
                store.append(batch)
            }
            Fault::CutBefore => Err(cut()),
            Fault::CutAfter => {
                let _ = store.append(batch);
                Err(cut())
            }
            Fault::LandsLate => {
                store.late = Some(batch.clone());
                Err(cut())
            }
            Fault::Moved => Ok(Appended::Moved),
        }
    }

    async fn heads(&self) -> Result<Vec<Head>, LogError> {
        let head = |rows: &Vec<Recorded>| {
            let Recorded { partition, position, leaf_hash, .. } = *rows.last().unwrap();
            Head { partition, position, leaf_hash }
        };
        Ok(self.store().partitions.iter().map(head).collect())
    }

    async fn read(
        &self,
        partition: i32,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        let store = self.store();
        let rows = &store.partitions[usize::try_from(partition).unwrap()];
        Ok(rows.iter().filter(|row| row.position > after).take(limit).cloned().collect())
    }

    async fn read_tenant(
        &self,
        place: &Placement,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        self.store().tenant_reads.push(place.tenant.clone());
        let page = {
            let store = self.store();
            let rows = &store.partitions[usize::try_from(place.partition).unwrap()][1..];
            let its = rows.iter().filter(|row| row.tenant == place.tenant && row.ordinal > after);
            its.take(limit).cloned().collect()
        };
        self.wait_while(|held| held.loads.as_ref() == Some(&place.tenant)).await;
        Ok(page)
    }

    async fn search(&self, _: &Placement, _: &Filter, _: usize) -> Result<Vec<Recorded>, LogError> {
        Err(LogError::Unusable("the writer searches nothing".to_owned()))
    }

    async fn placements(&self) -> Result<Vec<Placement>, LogError> {
        let place = |(tenant, partition): (&TenantId, &i32)| Placement {
            tenant: tenant.clone(),
            partition: *partition,
        };
        Ok(self.store().placements.iter().map(place).collect())
    }

    async fn placement(&self, tenant: &TenantId) -> Result<Option<Placement>, LogError> {
        let partition = self.store().placements.get(tenant).copied();
        Ok(partition.map(|partition| Placement { tenant: tenant.clone(), partition }))
    }

    async fn vault(&self, kind: VaultKind, public_id: &str) -> Result<Option<VaultRow>, LogError> {
        Ok(self.store().vault.get(&(kind, public_id.to_owned())).cloned())
    }

    async fn vault_of(
        &self,
        kind: VaultKind,
        tenant: &TenantId,
    ) -> Result<Vec<VaultRow>, LogError> {
        let store = self.store();
        let its = store.vault.values().filter(|row| row.kind == kind && row.tenant == *tenant);
        Ok(its.cloned().collect())
    }

    async fn vault_between(
        &self,
        kind: VaultKind,
        above: &str,
        below: &str,
        limit: usize,
    ) -> Result<Vec<VaultRow>, LogError> {
        let store = self.store();
        let is_between =
            |row: &&VaultRow| row.public_id.as_str() > above && row.public_id.as_str() < below;
        let rows = store.vault.values().filter(|row| row.kind == kind).filter(is_between);
        Ok(rows.take(limit).cloned().collect())
    }

    async fn answer(
        &self,
        key: &AnswerKey,
        now: DateTime<Utc>,
    ) -> Result<Option<Answer>, LogError> {
        let answer = self.store().answers.get(key).cloned();
        Ok(answer.filter(|answer| answer.expires_at > now))
    }

    async fn purge(&self, _: DateTime<Utc>) -> Result<u64, LogError> {
        Ok(0)
    }

    async fn reserve_ids(&self, count: i64) -> Result<i64, LogError> {
        let mut store = self.store();
        store.next_id += count;
        Ok(store.next_id - count)
    }

    async fn take_nonce(&self, _: &str, _: &str, _: DateTime<Utc>) -> Result<bool, LogError> {
        Ok(true)
    }

    async fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), LogError> {
        self.store().snapshots.insert(snapshot.tenant.clone(), snapshot.clone());
        Ok(())
    }

    async fn load_snapshot(
        &self,
        tenant: &TenantId,
        fold_version: i32,
    ) -> Result<Option<Snapshot>, LogError> {
        let snapshot = self.store().snapshots.get(tenant).cloned();
        Ok(snapshot.filter(|snapshot| snapshot.fold_version == fold_version))
    }

    async fn master_check(&self) -> Result<Option<Vec<u8>>, LogError> {
        Ok(None)
    }

    async fn set_master_check(&self, _: &[u8]) -> Result<(), LogError> {
        Ok(())
    }
}
