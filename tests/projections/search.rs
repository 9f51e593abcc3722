//! Searching the record: what is found, and that a cursor neither skips nor repeats anything while
//! events arrive.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use domain::{Aggregate, Event, GroupId, GroupRenamed, TenantId};
use eventlog::{EventLog, Order, Recorded};
use projections::events::{Found, Query, Term, search};
use projections::{Projections, Reads};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tokio::time::sleep;

use super::ledger::{Ledger, instant};
use super::scenario::{event, group, steps};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    any_search_finds_what_a_look_at_every_event_finds,
    a_cursor_neither_skips_nor_repeats_while_events_arrive,
    a_page_ends_early_rather_than_look_at_everything,
    an_address_is_found_as_it_was_sealed,
);

/// Everything the tenant has, in order.
async fn whole(log: &dyn EventLog, tenant: &TenantId) -> Vec<Recorded> {
    let place = log.placement(tenant).await.unwrap().unwrap();
    log.read_tenant(&place, 0, 10_000).await.unwrap()
}

/// What `query` finds, a page of random length after the other.
async fn paged(
    ledger: &Ledger,
    engine: &Projections,
    tenant: &TenantId,
    query: &Query,
) -> Vec<i64> {
    let (log, views) = (ledger.log.as_ref(), engine.reads().eventual());
    let (mut query, mut found) = (query.clone(), Vec::new());
    for turn in 0_usize.. {
        let limit = 1 + (turn * 7) % 5;
        let page = search(log, &views, tenant, &query, limit).await.unwrap();
        assert!(page.events.len() <= limit);
        found.extend(page.events.iter().map(|event| event.ordinal));
        go_on(&mut query, &page);
        if !page.has_more {
            break;
        }
    }
    found
}

fn go_on(query: &mut Query, page: &Found) {
    match query.order {
        Order::Ascending => query.above = page.reached,
        Order::Descending => query.below = page.reached,
    }
}

/// Terms of an event that are drawn by number.
fn term(of: &Recorded, number: u8) -> Vec<Term> {
    let decoded = Event::decode(&of.event_type, of.event_version, &of.payload).unwrap();
    let touched = decoded.touches(&of.tenant).into_iter().next();
    let thing = touched.unwrap_or_else(|| of.aggregate.clone());
    match number {
        0 => vec![Term::kind(&of.aggregate.kind)],
        1 => vec![Term::aggregate(&of.aggregate)],
        2 => vec![Term::event_type(&of.event_type)],
        3 => vec![Term::command(&of.command)],
        4 => vec![Term::command_id(of.command_id)],
        5 => vec![Term::actor(&of.actor.id)],
        6 => vec![Term::resource_owner(&of.resource_owner)],
        7 => vec![Term::aggregate(&thing), Term::touched(&thing)],
        8 => vec![Term::event_type(&of.event_type), Term::event_type("group.created")],
        _ => vec![Term::correlation("nobody's")],
    }
}

/// Events (two of them, drawn from the record), terms of the first, and bounds.
type Drawn = (prop::sample::Index, prop::sample::Index, Vec<u8>, bool, bool, i64);

fn drawn() -> impl Strategy<Value = Drawn> {
    let index = any::<prop::sample::Index>;
    let terms = prop::collection::vec(0..10_u8, 0..4);
    (index(), index(), terms, any::<bool>(), any::<bool>(), 1..50_i64)
}

async fn any_search_finds_what_a_look_at_every_event_finds(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("acme").await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..8 {
        for step in steps().new_tree(&mut runner).unwrap().current() {
            if let Some(event) = event(&ledger.tenants[&tenant].state, step) {
                ledger.record(&tenant, vec![event]).await;
            }
        }
    }
    ledger.settle(&engine).await;
    let all = whole(ledger.log.as_ref(), &tenant).await;
    for _ in 0..150 {
        let (one, other, terms, descends, in_time, effort) =
            drawn().new_tree(&mut runner).unwrap().current();
        let (one, other) = (one.get(&all), other.get(&all));
        let mut query = Query { effort, ..Query::default() };
        query.all = terms.iter().map(|number| term(one, *number)).collect();
        if descends {
            query.order = Order::Descending;
        }
        if in_time {
            query.since = Some(one.created_at.min(other.created_at));
            query.until = Some(one.created_at.max(other.created_at));
        } else {
            query.above = other.ordinal / 3;
            query.below = other.ordinal + 20;
        }
        let is_one = |event: &&Recorded| {
            let in_stretch = event.ordinal > query.above && event.ordinal < query.below;
            in_stretch && query.takes(event)
        };
        let mut expected: Vec<_> = all.iter().filter(is_one).map(|it| it.ordinal).collect();
        if descends {
            expected.reverse();
        }
        let found = paged(&ledger, &engine, &tenant, &query).await;
        assert_eq!(found, expected, "{terms:?} of {} in {query:?}", one.ordinal);
    }
    engine.stop().await;
}

/// Follows the renamings of a group, page by page, until nothing more comes. `ends` counts pages
/// that were at the end of what there was while more was yet to come.
async fn follow(
    log: Arc<dyn EventLog>,
    reads: Reads,
    tenant: TenantId,
    is_over: Arc<AtomicBool>,
    ends: Arc<AtomicUsize>,
) -> Vec<i64> {
    let (mut found, mut query) = (Vec::new(), Query::default());
    query.all = vec![vec![Term::event_type("group.renamed")], term_of(2)];
    for turn in 0_usize.. {
        let was_over = is_over.load(Relaxed);
        let views = reads.current(&tenant).await.unwrap().views;
        query.effort = 1 + i64::try_from(turn % 11).unwrap();
        let page = search(log.as_ref(), &views, &tenant, &query, 1 + turn % 7).await.unwrap();
        found.extend(page.events.iter().map(|event| event.ordinal));
        query.above = page.reached;
        ends.fetch_add(usize::from(!page.has_more && !was_over), Relaxed);
        if was_over && !page.has_more {
            break;
        }
    }
    found
}

fn term_of(id: i64) -> Vec<Term> {
    vec![Term::aggregate(&Aggregate::group(GroupId(id)))]
}

async fn a_cursor_neither_skips_nor_repeats_while_events_arrive(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("busy").await;
    for id in 1..=3 {
        ledger.record(&tenant, vec![group(id, None, "g")]).await;
    }
    let (is_over, ends) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let log = Arc::clone(&ledger.log);
            let (is_over, ends) = (Arc::clone(&is_over), Arc::clone(&ends));
            tokio::spawn(follow(log, engine.reads(), tenant.clone(), is_over, ends))
        })
        .collect();
    for number in 0..300_i64 {
        let (from, to) = ("g".to_owned(), "g".to_owned());
        let renamed = GroupRenamed { group: GroupId(1 + number % 3), from, to };
        let count = usize::try_from(1 + number % 4).unwrap();
        ledger.record(&tenant, vec![renamed.into(); count]).await;
        // Now and then a reader comes to the end before there is more.
        let before = ends.load(Relaxed);
        while number % 100 == 50 && ends.load(Relaxed) == before {
            sleep(Duration::from_millis(1)).await;
        }
    }
    is_over.store(true, Relaxed);
    let all = whole(ledger.log.as_ref(), &tenant).await;
    let is_one = |event: &&Recorded| {
        event.event_type == "group.renamed" && event.aggregate == Aggregate::group(GroupId(2))
    };
    let expected: Vec<_> = all.iter().filter(is_one).map(|event| event.ordinal).collect();
    for reader in readers {
        assert_eq!(reader.await.unwrap(), expected);
    }
    engine.stop().await;
}

async fn a_page_ends_early_rather_than_look_at_everything(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("acme").await;
    let groups: Vec<_> = (1..=200).map(|id| group(id, None, "g")).collect();
    ledger.record(&tenant, groups).await;
    ledger.settle(&engine).await;
    let all = vec![vec![Term::event_type("group.created")], vec![Term::kind("tenant")]];
    let mut query = Query { all, effort: 20, order: Order::Descending, ..Query::default() };
    // The tenant is one event, whose list is the shorter one.
    let views = engine.reads().eventual();
    let page = search(ledger.log.as_ref(), &views, &tenant, &query, 5).await.unwrap();
    assert_eq!((page.events.len(), page.has_more), (0, false));
    // Here the other list cannot be probed, so the events are looked at, so many at once.
    query.all[1].push(Term::kind("client"));
    query.all.swap_remove(0);
    query.all.push(vec![Term::command("Test")]);
    query.all.push(vec![Term::event_type("group.created"), Term::event_type("group.moved")]);
    let page = search(ledger.log.as_ref(), &views, &tenant, &query, 5).await.unwrap();
    assert_eq!((page.events.len(), page.has_more), (0, false));
    let all = vec![vec![Term::command("Test")], vec![Term::actor("chancery")]];
    query = Query { all, effort: 20, sequence_above: 1, ..Query::default() };
    let page = search(ledger.log.as_ref(), &views, &tenant, &query, 5).await.unwrap();
    assert_eq!((page.events.len(), page.has_more, page.reached), (0, true, 24));
    engine.stop().await;
}

async fn an_address_is_found_as_it_was_sealed(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("acme").await;
    for (id, sealed) in [(1, Some(b"one".to_vec())), (2, None), (3, Some(b"other".to_vec()))] {
        let made = group(id, None, "g");
        ledger.record_altered(&tenant, made, |row| row.caller_address.clone_from(&sealed)).await;
    }
    ledger.settle(&engine).await;
    let views = engine.reads().eventual();
    for (sealed, ordinals) in
        [(vec![b"one"[..].to_vec()], vec![2]), (vec![], vec![]), (vec![b"none".to_vec()], vec![])]
    {
        let all = vec![sealed.iter().map(|it| Term::address(it)).collect()];
        let query = Query { all, until: Some(instant(99)), ..Query::default() };
        let page = search(ledger.log.as_ref(), &views, &tenant, &query, 5).await.unwrap();
        let found: Vec<_> = page.events.iter().map(|event| event.ordinal).collect();
        assert_eq!((found, page.has_more), (ordinals, false));
    }
    engine.stop().await;
}
