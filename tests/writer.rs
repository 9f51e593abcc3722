//! The writer on real stores: several nodes, tails that vanish, lines that are cut. Whatever was
//! granted stands in the log, once; whatever stands there is dense.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use commands::groups::{CreateGroup, MoveGroup};
use commands::tenants::CreateTenant;
use commands::{Command, Failure, Granted, Request, SystemClock, Writer, WriterSettings};
use domain::{Actor, Authority, Event, GroupId, Tenant, TenantId};
use eventlog::{EventLog, Key, Keyring, MasterKey};
use futures::future::join_all;
use uuid::Uuid;

use crate::stores::{Database, Line, Place, on_both_stores};

on_both_stores!(
    nodes_that_share_a_log_lose_and_repeat_nothing,
    a_tail_that_vanishes_under_a_running_writer_is_noticed,
    callers_outlive_a_line_that_is_cut,
    an_append_that_is_held_up_and_cut_off_lands_once,
);

const CALLERS: usize = 12;
const TENANTS: [&str; 2] = ["acme", "other"];

/// A writer of its own on the log, as on another node.
fn node(log: &Arc<dyn EventLog>, master: &MasterKey) -> Writer {
    let keyring = Keyring::new(Arc::clone(log), master.clone());
    Writer::start(Arc::clone(log), keyring, WriterSettings::default(), Arc::new(SystemClock))
}

fn master() -> MasterKey {
    MasterKey(Key::draw().unwrap())
}

fn request(tenant: &str) -> Request {
    Request {
        tenant: TenantId::new(tenant).unwrap(),
        actor: Actor::system(),
        authority: Authority::full(),
        command_id: Uuid::now_v7(),
        correlation: String::new(),
        address: Some([10, 0, 0, 7].into()),
        expected_sequence: None,
        idempotency: None,
        dry_run: false,
    }
}

async fn run<C: Command>(writer: &Writer, tenant: &str, command: C) -> Granted<C::Fresh> {
    writer.run(request(tenant), command).await.unwrap()
}

async fn add(writer: &Writer, tenant: &str, parent: Option<GroupId>) -> GroupId {
    run(writer, tenant, CreateGroup { parent, name: "a group".to_owned() }).await.fresh
}

/// Makes a tenant with a root and two groups below it.
async fn found(writer: &Writer, tenant: &str) -> [GroupId; 3] {
    run(writer, tenant, CreateTenant { name: tenant.to_owned() }).await;
    let root = add(writer, tenant, None).await;
    [root, add(writer, tenant, Some(root)).await, add(writer, tenant, Some(root)).await]
}

/// Folds each tenant from the log, which must be dense; also tells whose commands are in it.
async fn folded(log: &dyn EventLog) -> (HashMap<String, Tenant>, HashMap<Uuid, usize>) {
    let (mut tenants, mut commands) = (HashMap::new(), HashMap::new());
    for place in log.placements().await.unwrap() {
        let mut state = Tenant::unborn(place.tenant.clone());
        let mut sequences = HashMap::new();
        let events = log.read_tenant(&place, 0, usize::MAX).await.unwrap();
        for (event, ordinal) in events.iter().zip(1..) {
            let sequence = sequences.entry(event.aggregate.clone()).or_insert(0);
            *sequence += 1;
            assert_eq!((event.ordinal, event.sequence), (ordinal, *sequence));
            assert!(event.is_whole());
            *commands.entry(event.command_id).or_insert(0) += 1;
            let fact = Event::decode(&event.event_type, event.event_version, &event.payload);
            state.apply(&fact.unwrap());
        }
        tenants.insert(place.tenant.to_string(), state);
    }
    (tenants, commands)
}

/// Sends one group to and fro, and adds one now and then; returns the commands that were granted
/// with how many events each led to.
async fn bustle(writer: Writer, tenant: &str, groups: [GroupId; 3], turns: usize) -> Sent {
    let (mut sent, [root, a, b]) = (Sent::default(), groups);
    for turn in 0..turns {
        let asked = request(tenant);
        let id = asked.command_id;
        let (group, to) = if turn % 2 == 0 { (a, b) } else { (a, root) };
        let outcome = if turn % 5 == 4 {
            let command = CreateGroup { parent: Some(root), name: "a group".to_owned() };
            writer.run(asked, command).await.map(|granted| granted.events.len()).map_err(lost)
        } else {
            let moved = writer.run(asked, MoveGroup { group, to }).await;
            moved.map(|granted| granted.events.len()).map_err(lost)
        };
        match outcome {
            Ok(events) => sent.granted.push((id, events)),
            Err(()) => drop(sent.open.insert(id)),
        }
    }
    sent
}

#[derive(Default)]
struct Sent {
    granted: Vec<(Uuid, usize)>,
    /// What became of these nobody was told.
    open: HashSet<Uuid>,
}

/// The only way in which a command of these may end without a grant.
fn lost<R: std::fmt::Debug>(failure: Failure<R>) {
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
}

/// Every grant stands, once, and nothing else does but what nobody was told of.
async fn compare(log: &dyn EventLog, sent: Vec<Sent>) {
    let (_, mut commands) = folded(log).await;
    for (id, events) in sent.iter().flat_map(|sent| &sent.granted) {
        assert_eq!(commands.remove(id).unwrap_or(0), *events);
    }
    let open: HashSet<_> = sent.iter().flat_map(|sent| &sent.open).copied().collect();
    let founding = 4 * TENANTS.len();
    let rest: Vec<_> = commands.keys().filter(|id| !open.contains(id)).collect();
    assert_eq!(rest.len(), founding);
}

async fn nodes_that_share_a_log_lose_and_repeat_nothing(database: Arc<Database>) {
    let (log, other, master) = (database.log().await, database.log().await, master());
    let writers = [node(&log, &master), node(&other, &master)];
    let groups = [found(&writers[0], TENANTS[0]).await, found(&writers[1], TENANTS[1]).await];
    let callers = (0..CALLERS).map(|n| {
        let (writer, tenant) = (writers[n % 2].clone(), n / 2 % 2);
        tokio::spawn(bustle(writer, TENANTS[tenant], groups[tenant], 10))
    });
    let sent: Vec<_> = join_all(callers).await.into_iter().map(Result::unwrap).collect();
    assert!(sent.iter().all(|sent| sent.open.is_empty()));
    compare(&*log, sent).await;
    join_all(writers.iter().map(Writer::drain)).await;
}

async fn a_tail_that_vanishes_under_a_running_writer_is_noticed(database: Arc<Database>) {
    let log = database.log().await;
    let writer = node(&log, &master());
    let [root, a, b] = found(&writer, "acme").await;
    let moved = run(&writer, "acme", MoveGroup { group: a, to: b }).await;
    let (partition, position) = (moved.partition, moved.position);
    // As after a failover to a copy that had not received the last row yet.
    let lost = format!("partition = {partition} AND position >= {position}");
    database.tamper(&format!("DELETE FROM events WHERE {lost}")).await;
    // On what is left this is no cycle.
    let granted = run(&writer, "acme", MoveGroup { group: b, to: a }).await;
    assert_eq!((granted.ordinal, granted.position), (moved.ordinal, position));
    let (tenants, _) = folded(&*log).await;
    assert_eq!(tenants["acme"].groups.line(b).collect::<Vec<_>>(), [b, a, root]);
}

async fn callers_outlive_a_line_that_is_cut(database: Arc<Database>) {
    let mut line = Line::to(&database).await;
    let far = line.log().await;
    let writer = node(&far, &master());
    let groups = [found(&writer, TENANTS[0]).await, found(&writer, TENANTS[1]).await];
    let callers: Vec<_> = (0..CALLERS)
        .map(|n| tokio::spawn(bustle(writer.clone(), TENANTS[n % 2], groups[n % 2], 10)))
        .collect();
    let mut committed = writer.committed().positions;
    for _ in 0..2 {
        committed.changed().await.unwrap();
        line.cut().await;
        tokio::task::yield_now().await;
        line.mend().await;
    }
    let sent: Vec<_> = join_all(callers).await.into_iter().map(Result::unwrap).collect();
    compare(&*database.log().await, sent).await;
}

async fn an_append_that_is_held_up_and_cut_off_lands_once(database: Arc<Database>) {
    let mut line = Line::to(&database).await;
    let far = line.log().await;
    let writer = node(&far, &master());
    // The tenant that stands in partition 0 is the one to hold up.
    let names: Vec<_> = (0..40).map(|n| format!("tenant-{n}")).collect();
    for name in &names {
        run(&writer, name, CreateTenant { name: name.clone() }).await;
    }
    let places = far.placements().await.unwrap();
    let first = places.into_iter().find(|place| place.partition == 0).unwrap().tenant;
    let mut hold = database.hold().await;
    let asked = tokio::spawn({
        let (writer, tenant) = (writer.clone(), first.to_string());
        async move { add(&writer, &tenant, None).await }
    });
    hold.met().await;
    if matches!(database.place, Place::Url(_)) {
        line.cut().await;
        line.mend().await;
    }
    hold.release().await;
    let group = asked.await.unwrap();
    let (tenants, _) = folded(&*database.log().await).await;
    let groups = &tenants[first.as_str()].groups;
    assert_eq!((groups.len(), groups.get(group).is_some()), (1, true));
}
