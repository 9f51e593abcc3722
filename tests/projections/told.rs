//! Things, told from events one by one and from rows all at once, come to the same; and what
//! changed between two instants is the difference of what there was at each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{Aggregate, Event, TenantId};
use eventlog::{Order, Recorded};
use projections::things::{self, Chapter, Difference, Members, Page, Shown, Tale};
use projections::{Projections, Until, Views, clients, groups};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::ledger::Ledger;
use super::scenario::{event, steps};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    a_thing_is_told_alike_from_its_events_and_from_its_rows,
    a_comparison_is_the_difference_of_two_instants,
);

/// A tenant with a random history.
async fn populated(
    database: &Database,
    runner: &mut TestRunner,
) -> (Ledger, Projections, TenantId, Vec<Recorded>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(database, vec![]).await;
    let tenant = ledger.found("acme").await;
    for _ in 0..4 {
        for step in steps().new_tree(runner).unwrap().current() {
            if let Some(event) = event(&ledger.tenants[&tenant].state, step) {
                ledger.record(&tenant, vec![event]).await;
            }
        }
    }
    ledger.settle(&engine).await;
    let place = ledger.log.placement(&tenant).await.unwrap().unwrap();
    let events = ledger.log.read_tenant(&place, 0, 10_000).await.unwrap();
    (ledger, engine, tenant, events)
}

/// What the changes of some events come to.
fn apply(members: &mut Members, changes: Vec<Difference>) {
    for Difference { member, before, after } in changes {
        let held = match after {
            Some(after) => members.insert(member, after),
            None => members.remove(&member),
        };
        assert_eq!(held, before);
    }
}

async fn a_thing_is_told_alike_from_its_events_and_from_its_rows(database: Arc<Database>) {
    let mut runner = TestRunner::deterministic();
    let (ledger, engine, tenant, events) = populated(&database, &mut runner).await;
    let named = |event: &Recorded| {
        let fact = Event::decode(&event.event_type, event.event_version, &event.payload).unwrap();
        fact.touches(&tenant).into_iter().chain([event.aggregate.clone()]).collect::<Vec<_>>()
    };
    let all: BTreeSet<Aggregate> = events.iter().flat_map(named).collect();
    let views = engine.reads().eventual();
    for (number, thing) in all.iter().enumerate() {
        // Up to some event in the middle, up to the last but one, and so on.
        let until = events.len() - number * 7 % events.len();
        let until = i64::try_from(until).unwrap();
        let past = engine.reads().as_of(&tenant, Until::Ordinal(until)).await.unwrap();
        let rows = things::all(&past.views, &tenant).await.unwrap();
        let expected = rows.get(thing).cloned().unwrap_or_default();

        let (mut tale, mut told) = (Tale::new(thing.clone()), Members::new());
        let mut about = Vec::new();
        for event in events.iter().filter(|it| it.ordinal <= until) {
            if !tale.is_about(event) {
                continue;
            }
            let changes = tale.tell(event);
            about.push(Chapter { event: event.clone(), changes: changes.clone() });
            apply(&mut told, changes);
        }
        assert_eq!(told, expected, "{thing:?} at {until}");

        for order in [Order::Ascending, Order::Descending] {
            let read = paged(&ledger, &views, &tenant, thing, until, order).await;
            assert_eq!(read, about, "{thing:?} up to {until}, {order:?}");
        }
    }
    engine.stop().await;
}

/// A history, read a few events at a time; the oldest first, however it was read.
async fn paged(
    ledger: &Ledger,
    views: &Views,
    tenant: &TenantId,
    thing: &Aggregate,
    until: i64,
    order: Order,
) -> Vec<Chapter> {
    let owner = None;
    let mut page = Page { after: None, order, below: until + 1, limit: 2, owner };
    let mut chapters = Vec::new();
    loop {
        let read =
            things::history(ledger.log.as_ref(), views, tenant, thing, page.clone()).await.unwrap();
        let Some(read) = read else { break };
        page.after = read.chapters.last().map(|last| last.event.ordinal);
        page.limit += 1;
        chapters.extend(read.chapters);
        if !read.has_more {
            break;
        }
    }
    if order == Order::Descending {
        chapters.reverse();
    }
    chapters
}

/// Groups and clients as their own queries show them, a few members of each.
async fn listed(views: &Views, tenant: &TenantId) -> BTreeMap<Aggregate, Vec<(String, Value)>> {
    let mut all = BTreeMap::new();
    for row in groups::all(views, tenant).await.unwrap() {
        let parent = row.parent.map(|it| json!(it.0)).unwrap_or_default();
        let members = vec![("name".to_owned(), json!(row.name)), ("parent".to_owned(), parent)];
        all.insert(Aggregate::group(row.group), members);
    }
    for row in clients::all(views, tenant).await.unwrap() {
        let members = vec![
            ("features".to_owned(), json!(row.features)),
            ("isLocked".to_owned(), json!(row.is_locked)),
            ("tags".to_owned(), json!(row.tags)),
        ];
        all.insert(Aggregate::client(row.client), members);
    }
    all
}

fn plain(shown: Option<&Shown>) -> Value {
    match shown {
        None => Value::Null,
        Some(Shown::Plain(value)) => value.clone(),
        Some(Shown::Personal(_)) => panic!("nothing here is personal"),
    }
}

async fn a_comparison_is_the_difference_of_two_instants(database: Arc<Database>) {
    let mut runner = TestRunner::deterministic();
    let (_ledger, engine, tenant, events) = populated(&database, &mut runner).await;
    let newest = i64::try_from(events.len()).unwrap();
    for _ in 0..25 {
        let (from, to) = (0..=newest, 0..=newest).new_tree(&mut runner).unwrap().current();
        let past =
            async |until| engine.reads().as_of(&tenant, Until::Ordinal(until)).await.unwrap();
        let (before, after) = (past(from.min(to)).await, past(from.max(to)).await);
        let changed = things::compare(&before.views, &after.views, &tenant).await.unwrap();
        assert!(changed.is_sorted_by(|one, other| one.thing < other.thing), "in order, each once");
        let changed: BTreeMap<_, _> =
            changed.into_iter().map(|it| (it.thing.clone(), it)).collect();
        let was = listed(&before.views, &tenant).await;
        let is = listed(&after.views, &tenant).await;
        for thing in was.keys().chain(is.keys()) {
            let (was, is) = (was.get(thing), is.get(thing));
            let changed = changed.get(thing);
            let there = changed.map(|it| (it.was_there, it.is_there));
            assert!(there.is_none_or(|it| it == (was.is_some(), is.is_some())), "{thing:?}");
            assert!(was.is_some() && is.is_some() || changed.is_some(), "{thing:?}");
            for (number, (member, _)) in was.or(is).unwrap().iter().enumerate() {
                let value = |of: Option<&Vec<(String, Value)>>| of.map(|it| it[number].1.clone());
                let (was, is) = (value(was).unwrap_or_default(), value(is).unwrap_or_default());
                let told = changed.and_then(|it| it.members.iter().find(|it| it.member == *member));
                let told = told.map(|it| (plain(it.before.as_ref()), plain(it.after.as_ref())));
                let expected = (was != is).then_some((was, is));
                assert_eq!(told, expected, "{member} of {thing:?} from {from} to {to}");
            }
        }
        let kinds = ["group", "client"];
        let of_these = changed.keys().filter(|thing| kinds.contains(&thing.kind.as_str()));
        assert!(of_these.into_iter().all(|it| was.contains_key(it) || is.contains_key(it)));
    }
    engine.stop().await;
}
