//! What the record costs to look into, against its size: a page of a search, and the read models as
//! they were. The events go straight to the log, as many at once as it takes well.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use chrono::DateTime;
use domain::{
    Actor, ActorKind, Aggregate, Event, GroupCreated, GroupId, GroupRenamed, TenantCreated,
    TenantId,
};
use eventlog::{
    Appended, Batch, EventLog, Head, Order, Placement, PostgresLog, Recorded, genesis, leaf_hash,
    payload_hash,
};
use projections::events::{Query, Term, search};
use projections::{Projections, Until, ViewError, Views, as_of};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::watch;
use uuid::Uuid;

use crate::Result;
use crate::cell::{Cell, Contender};

const PARTITIONS: i32 = 1;
/// Events in a batch.
const AT_ONCE: i64 = 1_000;
/// How many events fall on a group.
const PER_GROUP: i64 = 20;
/// So few that each has a full page in the smallest record too: pages of one length are compared.
const ACTORS: i64 = 25;
/// How much of a page is asked for.
const PAGE: usize = 100;
/// When the first event was recorded; a millisecond passes with each.
const BEGINNING: i64 = 1_767_225_600_000_000;
/// How often a past is folded.
const FOLDS: usize = 5;

/// A record of so many events, with its rows.
pub(crate) struct Record {
    log: Arc<dyn EventLog>,
    projections: Projections,
    tenant: TenantId,
    events: i64,
    /// Whom the projections take for a writer.
    _committed: watch::Sender<Vec<i64>>,
}

impl Record {
    pub(crate) async fn prepare(url: &str, events: i64) -> Result<Self> {
        let log: Arc<dyn EventLog> = Arc::new(PostgresLog::connect(url, PARTITIONS).await?);
        let tenant = TenantId::new("bench")?;
        let mut head = log.heads().await?.into_iter().next().ok_or("there is no partition")?;
        let mut sequences = vec![0; usize::try_from(events / PER_GROUP + 2)?];
        while head.position < events {
            let batch = batch(&tenant, head, events, &mut sequences)?;
            if log.append(&batch).await? == Appended::Moved {
                return Err("somebody else wrote".into());
            }
            if let Some(last) = batch.events.last() {
                (head.position, head.leaf_hash) = (last.position, last.leaf_hash);
            }
        }
        let (committed, told) = watch::channel(vec![head.position]);
        let views = Views::postgres(url).await?;
        let projections = Projections::start(Arc::clone(&log), views, told, Vec::new()).await?;
        loop {
            match projections.reads().current(&tenant).await {
                Err(ViewError::Behind { .. } | ViewError::Unbuilt(_)) => {}
                current => break drop(current?),
            }
        }
        // As the store does by itself, within a minute.
        let mut raw = PgConnection::connect(url).await?;
        sqlx::raw_sql("analyze").execute(&mut raw).await?;
        raw.close().await?;
        Ok(Self { log, projections, tenant, events, _committed: committed })
    }

    /// Searches by name, as somebody would look for what happened.
    pub(crate) fn searches(&self) -> Vec<(&'static str, Arc<Search>)> {
        let (group, actor) = (Aggregate::group(GroupId(self.events / PER_GROUP / 2)), "u-7");
        let correlation = format!("r-{}", self.events * 2 / 500);
        let renamed = || vec![Term::event_type("group.renamed")];
        let searches = [
            ("newest", vec![]),
            ("by type", vec![renamed()]),
            ("by actor", vec![vec![Term::actor(actor)]]),
            ("by actor and type", vec![vec![Term::actor(actor)], renamed()]),
            ("by thing", vec![vec![Term::aggregate(&group), Term::touched(&group)]]),
            ("by type and correlation", vec![renamed(), vec![Term::correlation(&correlation)]]),
        ];
        let middle = DateTime::from_timestamp_micros(BEGINNING + self.events * 500);
        let of = |(name, all): (&'static str, Vec<Vec<Term>>)| {
            let query = Query { all, until: middle, order: Order::Descending, ..Query::default() };
            let (log, tenant) = (Arc::clone(&self.log), self.tenant.clone());
            let views = self.projections.reads().eventual();
            (name, Arc::new(Search { log, views, tenant, query, found: AtomicUsize::new(0) }))
        };
        searches.into_iter().map(of).collect()
    }

    /// How long it takes to fold the read models as they were after the first `events`.
    pub(crate) async fn folded(&self, events: i64) -> Result<Cell> {
        let (mut took, began) = (Vec::new(), Instant::now());
        for _ in 0..FOLDS {
            let asked = Instant::now();
            let past = as_of(self.log.as_ref(), &self.tenant, Until::Ordinal(events)).await?;
            took.push(asked.elapsed());
            if past.ordinal != events {
                return Err(format!("{} events are there, not {events}", past.ordinal).into());
            }
        }
        Ok(Cell::new(took, began.elapsed().max(Duration::from_millis(1))))
    }

    pub(crate) async fn stop(self) {
        self.projections.stop().await;
    }
}

/// One page of a search.
pub(crate) struct Search {
    log: Arc<dyn EventLog>,
    views: Views,
    tenant: TenantId,
    query: Query,
    /// So that a search that finds nothing is not measured unawares.
    found: AtomicUsize,
}

impl Contender for Search {
    async fn act(&self, _: usize) -> Result<()> {
        let page = search(self.log.as_ref(), &self.views, &self.tenant, &self.query, PAGE).await?;
        self.found.fetch_add(page.events.len(), Relaxed);
        if page.events.is_empty() { Err("nothing was found".into()) } else { Ok(()) }
    }
}

/// The next events: groups that are made, and then renamed again and again.
fn batch(tenant: &TenantId, head: Head, until: i64, sequences: &mut [i64]) -> Result<Batch> {
    let mut batch = Batch { bases: vec![head], ..Batch::default() };
    if head.position == 0 {
        batch.placements.push(Placement { tenant: tenant.clone(), partition: 0 });
    }
    let last = (head.position + AT_ONCE).min(until);
    for ordinal in head.position + 1..=last {
        let event = event(tenant, ordinal, until / PER_GROUP + 1);
        let group = usize::try_from(group_of(ordinal, until / PER_GROUP + 1))?;
        let sequence = sequences.get_mut(group).ok_or("there is no such group")?;
        *sequence += 1;
        batch.events.push(recorded(tenant, ordinal, *sequence, &event)?);
    }
    Ok(batch)
}

/// The tenant is 0.
fn group_of(ordinal: i64, groups: i64) -> i64 {
    if ordinal == 1 { 0 } else { 1 + (ordinal - 2) % groups }
}

fn event(tenant: &TenantId, ordinal: i64, groups: i64) -> Event {
    let group = GroupId(group_of(ordinal, groups));
    if ordinal == 1 {
        return TenantCreated { tenant: tenant.clone(), name: "Bench".to_owned() }.into();
    }
    if ordinal < 2 + groups {
        let parent = (group.0 > 1).then_some(GroupId(1));
        return GroupCreated { group, parent, name: "a group".to_owned() }.into();
    }
    let (from, to) = (format!("group {}", ordinal - groups), format!("group {ordinal}"));
    GroupRenamed { group, from, to }.into()
}

fn recorded(tenant: &TenantId, ordinal: i64, sequence: i64, event: &Event) -> Result<Recorded> {
    let payload = event.encode()?;
    let at = DateTime::from_timestamp_micros(BEGINNING + ordinal * 1_000);
    let id = format!("u-{}", ordinal % ACTORS);
    let mut recorded = Recorded {
        position: ordinal,
        tenant: tenant.clone(),
        ordinal,
        aggregate: event.aggregate(tenant),
        sequence,
        event_type: event.name().to_owned(),
        event_version: event.version(),
        payload_hash: payload_hash(&payload),
        payload,
        resource_owner: event.resource_owner(tenant),
        actor: Actor { kind: ActorKind::User, id, ..Actor::system() },
        command: "Bench".to_owned(),
        command_id: Uuid::now_v7(),
        // A few requests did a lot.
        correlation: format!("r-{}", ordinal / 100),
        caller_address: None,
        created_at: at.ok_or("time has run out")?,
        ..genesis(Uuid::nil(), 0)
    };
    recorded.leaf_hash = leaf_hash(&recorded);
    Ok(recorded)
}
