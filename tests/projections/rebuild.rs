//! Rebuilding while it serves.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use projections::{Progress, Until, ViewError, groups};

use super::ledger::{Ledger, contents, contents_of_the_past, of_tenant};
use super::scenario::group;
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    no_read_fails_or_goes_back_while_events_arrive,
    a_table_that_was_tampered_with_is_mended,
    one_rebuild_of_a_projection_at_a_time,
);

const REBUILDS: usize = 4;

async fn no_read_fails_or_goes_back_while_events_arrive(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = Arc::new(ledger.start(&database, vec![]).await);
    let tenant = ledger.found("busy").await;
    for id in 1..=300 {
        ledger.record(&tenant, vec![group(id, None, &format!("group {id}"))]).await;
    }
    let is_over = Arc::new(AtomicBool::new(false));
    let reader = {
        let (reads, tenant, is_over) = (engine.reads(), tenant.clone(), Arc::clone(&is_over));
        tokio::spawn(async move {
            let (mut seen, mut answers) = (0, 0);
            while !is_over.load(Ordering::Relaxed) {
                let current = reads.current(&tenant).await.unwrap();
                let rows = groups::all(&current.views, &tenant).await.unwrap().len();
                assert!(rows >= seen, "{rows} groups after {seen}");
                (seen, answers) = (rows, answers + 1);
            }
            answers
        })
    };
    let rebuilder = {
        let (engine, is_over) = (Arc::clone(&engine), Arc::clone(&is_over));
        tokio::spawn(async move {
            for _ in 0..REBUILDS {
                engine.rebuild("groups_v1", |_| {}).await.unwrap();
            }
            is_over.store(true, Ordering::Relaxed);
        })
    };
    let mut id = 300;
    while !is_over.load(Ordering::Relaxed) && !rebuilder.is_finished() {
        id += 1;
        let (partition, position) =
            ledger.record(&tenant, vec![group(id, Some(1), &format!("group {id}"))]).await;
        let own = engine.reads().after(&tenant, partition, position).await.unwrap();
        let found = groups::one(&own, &tenant, domain::GroupId(id)).await.unwrap();
        assert!(found.is_some(), "group {id} was acknowledged and is not shown");
    }
    rebuilder.await.unwrap();
    assert!(reader.await.unwrap() > 0);
    ledger.settle(&engine).await;
    let single = engine.reads().as_of(&tenant, Until::Now).await.unwrap();
    let rows = contents_of_the_past(&engine.reads().eventual()).await;
    let single = contents_of_the_past(&single.views).await;
    assert_eq!(of_tenant(&rows, &tenant), of_tenant(&single, &tenant));
}

async fn a_table_that_was_tampered_with_is_mended(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("acme").await;
    ledger.record(&tenant, vec![group(1, None, "one"), group(2, Some(1), "two")]).await;
    ledger.settle(&engine).await;
    let views = engine.reads().eventual();
    let rows = contents(&views).await;
    database.execute_on_views("delete from groups_v1_a where group_id = 2").await;
    assert_ne!(contents(&views).await, rows);
    let told = Mutex::new(Vec::new());
    let progress = |now: Progress| told.lock().unwrap().push(now);
    engine.rebuild("groups_v1", progress).await.unwrap();
    assert_eq!(contents(&views).await, rows);
    let last = *told.lock().unwrap().last().unwrap();
    assert_eq!((last.position, last.head), (3, 3));
    let status = engine.status().await.unwrap();
    let groups = status.projections.iter().find(|it| it.name == "groups_v1").unwrap();
    assert_eq!((groups.slot, groups.lag_events, groups.rebuild), ("b", 0, None));
    assert!(status.is_current());
}

async fn one_rebuild_of_a_projection_at_a_time(database: Arc<Database>) {
    let ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(&database, vec![]).await;
    let unknown = engine.rebuild("nothing_v1", |_| {}).await;
    assert!(matches!(unknown, Err(ViewError::NoProjection(_))));
    let (one, other) =
        tokio::join!(engine.rebuild("groups_v1", |_| {}), engine.rebuild("groups_v1", |_| {}),);
    one.unwrap();
    assert!(matches!(other, Err(ViewError::Rebuilding(_))), "{other:?}");
    engine.rebuild("groups_v1", |_| {}).await.unwrap();
}
