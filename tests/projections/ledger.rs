//! A log with events in it, and the engine over it, without a writer in between.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{Actor, Aggregate, Event, Tenant, TenantCreated, TenantId};
use eventlog::{
    Appended, Batch, EventLog, Hash, Head, Placement, Recorded, leaf_hash, payload_hash,
};
use projections::{Projection, Projections, Value, Views};
use tokio::sync::watch;
use uuid::Uuid;

use crate::stores::{Database, Place};

pub(crate) type Contents = BTreeMap<&'static str, Vec<Vec<Value>>>;

/// One tenant, as the ledger wrote it.
pub(super) struct Known {
    pub(super) partition: i32,
    pub(super) state: Tenant,
    pub(super) ordinal: i64,
    sequences: HashMap<Aggregate, i64>,
}

pub(super) struct Ledger {
    pub(super) log: Arc<dyn EventLog>,
    pub(super) tenants: BTreeMap<TenantId, Known>,
    heads: Vec<Head>,
    committed: watch::Sender<Vec<i64>>,
    /// Whether the engine is told of what is appended.
    pub(super) is_telling: bool,
}

pub(super) fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

/// The read models of a test's database, through a handle of their own.
pub(super) async fn views(database: &Database) -> Views {
    match &database.place {
        Place::DataDir(dir) => Views::sqlite(dir).await.unwrap(),
        Place::Url(url) => Views::postgres(url).await.unwrap(),
    }
}

/// The rows of all projections of the program.
pub(crate) async fn contents(views: &Views) -> Contents {
    let mut all = Contents::new();
    for projection in projections::all() {
        all.extend(views.contents(projection.as_ref()).await.unwrap());
    }
    all
}

/// The same of those that are folded for the past.
pub(super) async fn contents_of_the_past(views: &Views) -> Contents {
    let mut all = Contents::new();
    for projection in projections::all().iter().filter(|it| it.is_folded_for_the_past()) {
        all.extend(views.contents(projection.as_ref()).await.unwrap());
    }
    all
}

/// The rows that belong to one tenant.
pub(super) fn of_tenant(contents: &Contents, tenant: &TenantId) -> Contents {
    let mine = |row: &&Vec<Value>| row[0] == Value::from(tenant);
    let part = contents.iter();
    part.map(|(table, rows)| (*table, rows.iter().filter(mine).cloned().collect())).collect()
}

/// Looks until `is_so` holds; fails after ten seconds.
pub(super) async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let wait = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.expect(what);
}

impl Ledger {
    pub(super) async fn open(log: Arc<dyn EventLog>) -> Self {
        let heads = log.heads().await.unwrap();
        let committed = watch::Sender::new(heads.iter().map(|head| head.position).collect());
        Self { log, tenants: BTreeMap::new(), heads, committed, is_telling: true }
    }

    /// Starts the engine over this log.
    pub(super) async fn start(
        &self,
        database: &Database,
        extra: Vec<Box<dyn Projection>>,
    ) -> Projections {
        self.start_over(views(database).await, extra).await
    }

    pub(super) async fn start_over(
        &self,
        views: Views,
        extra: Vec<Box<dyn Projection>>,
    ) -> Projections {
        let committed = self.committed.subscribe();
        Projections::start(Arc::clone(&self.log), views, committed, extra).await.unwrap()
    }

    /// Makes a tenant in a partition; returns it.
    pub(super) async fn found(&mut self, name: &str) -> TenantId {
        let tenant = tenant(name);
        let count = self.tenants.len();
        let partition = self.heads[count % self.heads.len()].partition;
        let known = Known {
            partition,
            state: Tenant::unborn(tenant.clone()),
            ordinal: 0,
            sequences: HashMap::new(),
        };
        self.tenants.insert(tenant.clone(), known);
        let created = TenantCreated { tenant: tenant.clone(), name: name.to_uppercase() };
        let placements = vec![Placement { tenant: tenant.clone(), partition }];
        self.append(&tenant, vec![created.into()], placements, |_| {}).await;
        tenant
    }

    /// Appends events of a tenant; returns where the last one went.
    pub(super) async fn record(&mut self, tenant: &TenantId, events: Vec<Event>) -> (i32, i64) {
        self.append(tenant, events, Vec::new(), |_| {}).await
    }

    /// Appends an event that is altered before it is hashed.
    pub(super) async fn record_altered(
        &mut self,
        tenant: &TenantId,
        event: Event,
        alter: impl FnMut(&mut Recorded),
    ) -> (i32, i64) {
        self.append(tenant, vec![event], Vec::new(), alter).await
    }

    async fn append(
        &mut self,
        tenant: &TenantId,
        events: Vec<Event>,
        placements: Vec<Placement>,
        mut alter: impl FnMut(&mut Recorded),
    ) -> (i32, i64) {
        let known = self.tenants.get_mut(tenant).unwrap();
        let head = self.heads.iter_mut().find(|head| head.partition == known.partition).unwrap();
        let bases = vec![*head];
        let mut rows = Vec::new();
        for event in events {
            known.state.apply(&event);
            let mut row = known.next(head, tenant, &event);
            alter(&mut row);
            row.payload_hash = payload_hash(&row.payload);
            row.leaf_hash = leaf_hash(&row);
            head.position = row.position;
            head.leaf_hash = row.leaf_hash;
            rows.push(row);
        }
        let (partition, position) = (head.partition, head.position);
        let batch = Batch { bases, placements, events: rows, ..Batch::default() };
        assert_eq!(self.log.append(&batch).await.unwrap(), Appended::Landed);
        if self.is_telling {
            let positions = self.heads.iter().map(|head| head.position).collect();
            self.committed.send_replace(positions);
        }
        (partition, position)
    }

    /// Where a tenant's partition ends, to go back to.
    pub(super) fn mark(&self, tenant: &TenantId) -> Head {
        let partition = self.tenants[tenant].partition;
        *self.heads.iter().find(|head| head.partition == partition).unwrap()
    }

    /// Forgets the last event of a tenant, which is gone from the log: `head` is the last again.
    pub(super) fn go_back(&mut self, tenant: &TenantId, head: Head) {
        let known = self.tenants.get_mut(tenant).unwrap();
        let lost = self.heads.iter_mut().find(|it| it.partition == head.partition).unwrap();
        known.ordinal -= lost.position - head.position;
        *lost = head;
    }

    /// Waits until the engine has everything in its rows.
    pub(super) async fn settle(&self, engine: &Projections) {
        until("the rows are late", || async {
            let reads = engine.reads().current_everywhere().await;
            reads.is_ok_and(|current| {
                let pairs = current.positions.iter().zip(&self.heads);
                pairs.into_iter().all(|(position, head)| *position >= head.position)
            })
        })
        .await;
    }
}

impl Known {
    fn next(&mut self, head: &Head, tenant: &TenantId, event: &Event) -> Recorded {
        self.ordinal += 1;
        let aggregate = event.aggregate(tenant);
        let sequence = self.sequences.entry(aggregate.clone()).or_default();
        *sequence += 1;
        Recorded {
            partition: head.partition,
            position: head.position + 1,
            tenant: tenant.clone(),
            ordinal: self.ordinal,
            aggregate,
            sequence: *sequence,
            event_type: event.name().to_owned(),
            event_version: event.version(),
            payload: event.encode().unwrap(),
            payload_hash: Hash([0; 32]),
            leaf_hash: Hash([0; 32]),
            resource_owner: event.resource_owner(tenant),
            actor: Actor::system(),
            command: "Test".to_owned(),
            command_id: Uuid::now_v7(),
            correlation: String::new(),
            caller_address: None,
            created_at: instant(head.position + 1),
        }
    }
}

/// When the event at a position was recorded.
pub(super) fn instant(position: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_767_225_600_000_000 + position).unwrap()
}
