//! A writer over a log in memory, and verbs to ask it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{Actor, Authority, Event, GroupId, Tenant, TenantId};
use eventlog::{Hash, Key, Keyring, MasterKey};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::memory::Memory;
use crate::groups::{CreateGroup, MoveGroup};
use crate::tenants::CreateTenant;
use crate::writer::load::{Loaded, load};
use crate::{Clock, Command, Failure, Granted, Idempotency, Request, Writer, WriterSettings};

/// A clock that stands still until it is set.
pub(super) struct Hands(AtomicI64);

impl Hands {
    pub(super) fn set(&self, micros: i64) {
        self.0.store(micros, Ordering::Relaxed);
    }

    pub(super) fn advance_hours(&self, hours: i64) {
        self.0.fetch_add(hours * 3_600_000_000, Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

pub(super) struct World {
    pub(super) log: Arc<Memory>,
    pub(super) clock: Arc<Hands>,
    master: MasterKey,
}

impl World {
    pub(super) fn new(partitions: i32) -> Self {
        let clock = Arc::new(Hands(AtomicI64::new(1_767_225_600_000_000)));
        let master = MasterKey(Key::draw().unwrap());
        Self { log: Arc::new(Memory::new(partitions)), clock, master }
    }

    /// One more writer over the same log, as on another node.
    pub(super) fn writer(&self) -> Writer {
        self.writer_with(settings())
    }

    pub(super) fn writer_with(&self, settings: WriterSettings) -> Writer {
        let keyring = Keyring::new(Arc::<Memory>::clone(&self.log), self.master.clone());
        let (log, clock) = (Arc::<Memory>::clone(&self.log), Arc::<Hands>::clone(&self.clock));
        Writer::start(log, keyring, settings, clock)
    }

    /// What the log itself says of a tenant; asserts that it is dense in every way.
    pub(super) fn folded(&self, tenant: &str) -> Tenant {
        let mut state = Tenant::unborn(id(tenant));
        let (mut ordinal, mut sequences) = (0, std::collections::HashMap::new());
        for row in self.log.all_events().iter().filter(|row| row.tenant == id(tenant)) {
            ordinal += 1;
            assert_eq!(row.ordinal, ordinal);
            let sequence = sequences.entry(row.aggregate.clone()).or_insert(0);
            *sequence += 1;
            assert_eq!(row.sequence, *sequence, "{:?}", row.aggregate);
            let event = Event::decode(&row.event_type, row.event_version, &row.payload).unwrap();
            state.apply(&event);
        }
        state
    }
}

/// Little patience, so that cases are quick.
pub(super) fn settings() -> WriterSettings {
    WriterSettings { patience: Duration::from_secs(2), ..WriterSettings::default() }
}

pub(super) fn id(tenant: &str) -> TenantId {
    TenantId::new(tenant).unwrap()
}

/// Numbers the requests of all cases.
static ASKED: AtomicU64 = AtomicU64::new(1);

/// What a task that asks comes back with.
type Asked<C> =
    JoinHandle<Result<Granted<<C as Command>::Fresh>, Failure<<C as Command>::Rejection>>>;

pub(super) fn request(tenant: &str) -> Request {
    Request {
        tenant: id(tenant),
        actor: Actor::system(),
        authority: Authority::full(),
        command_id: Uuid::from_u128(ASKED.fetch_add(1, Ordering::Relaxed).into()),
        correlation: "case".to_owned(),
        address: None,
        expected_sequence: None,
        idempotency: None,
        dry_run: false,
    }
}

pub(super) fn idempotent(tenant: &str, key: &str, body: u8) -> Request {
    let idempotency = Idempotency { key: key.to_owned(), fingerprint: Hash([body; 32]) };
    Request { idempotency: Some(idempotency), ..request(tenant) }
}

pub(super) fn create(name: &str) -> CreateTenant {
    CreateTenant { name: name.to_owned() }
}

pub(super) fn group(parent: Option<GroupId>, name: &str) -> CreateGroup {
    CreateGroup { parent, name: name.to_owned() }
}

pub(super) fn shift(group: GroupId, to: GroupId) -> MoveGroup {
    MoveGroup { group, to }
}

/// Makes a tenant with groups: a root, two children of it, and a child of the first.
pub(super) async fn found(writer: &Writer, tenant: &str) -> [GroupId; 4] {
    writer.run(request(tenant), create(tenant)).await.unwrap();
    let root = add(writer, tenant, None).await;
    let (a, b) = (add(writer, tenant, Some(root)).await, add(writer, tenant, Some(root)).await);
    [root, a, b, add(writer, tenant, Some(a)).await]
}

pub(super) async fn add(writer: &Writer, tenant: &str, parent: Option<GroupId>) -> GroupId {
    writer.run(request(tenant), group(parent, "a group")).await.unwrap().fresh
}

/// The state that a load of this writer gives.
pub(super) async fn loaded(writer: &Writer, tenant: &str) -> Tenant {
    let shared = &writer.handle.shared;
    let seat = shared.places.seat(&id(tenant), false).await.unwrap().0;
    match load(shared, id(tenant), seat).await {
        Loaded::Ready(state) => state.tenant,
        failed @ (Loaded::Missing | Loaded::Failed(_)) => panic!("{failed:?}"),
    }
}

/// Asks in a task of its own.
pub(super) fn ask<C: Command>(writer: &Writer, request: Request, command: C) -> Asked<C> {
    let writer = writer.clone();
    tokio::spawn(async move { writer.run(request, command).await })
}

/// Holds the lane at an append, so that what is asked meanwhile waits together.
pub(super) async fn hold_lane(world: &World, writer: &Writer) {
    world.log.hold_appends(true);
    drop(ask(writer, request("blocker"), create("blocker")));
    until("the lane is at its append", || world.log.waiting() > 0).await;
}

/// Waits until something is so; a case that waits for ten seconds has failed.
pub(super) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.expect(what);
}
