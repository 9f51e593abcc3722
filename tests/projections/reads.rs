//! The gate, and waiting for what was recorded.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use eventlog::EventLog;
use projections::{ViewError, groups};

use super::ledger::{Ledger, tenant, until};
use super::scenario::group;
use super::watched::Watched;
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    a_thousand_requests_share_a_few_questions,
    a_request_takes_no_answer_that_was_begun_before_it_came,
    a_write_is_shown_even_if_the_rows_stand_still,
    a_read_says_that_the_rows_are_late,
    nothing_is_read_of_a_tenant_that_is_not_there,
);

async fn a_thousand_requests_share_a_few_questions(database: Arc<Database>) {
    let log = Watched::over(database.log().await);
    let mut ledger = Ledger::open(Arc::clone(&log) as Arc<dyn EventLog>).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("acme").await;
    ledger.settle(&engine).await;
    log.is_holding.send_replace(true);
    let ask = || {
        let (reads, tenant) = (engine.reads(), tenant.clone());
        tokio::spawn(async move { reads.current(&tenant).await.map(drop) })
    };
    let first = ask();
    let before = log.heads_asked.load(Ordering::Relaxed);
    let rest: Vec<_> = (0..1_000).map(|_| ask()).collect();
    tokio::task::yield_now().await;
    log.is_holding.send_replace(false);
    for request in rest.into_iter().chain([first]) {
        request.await.unwrap().unwrap();
    }
    // Some of them are the poll's.
    let asked = log.heads_asked.load(Ordering::Relaxed) - before;
    assert!((1..=50).contains(&asked), "{asked} questions");
}

async fn a_request_takes_no_answer_that_was_begun_before_it_came(database: Arc<Database>) {
    let log = Watched::over(database.log().await);
    let mut ledger = Ledger::open(Arc::clone(&log) as Arc<dyn EventLog>).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("acme").await;
    ledger.settle(&engine).await;
    // Only the gate will know of the next event.
    ledger.is_telling = false;
    log.is_holding.send_replace(true);
    let ask = || {
        let (reads, tenant) = (engine.reads(), tenant.clone());
        tokio::spawn(async move {
            let current = reads.current(&tenant).await.unwrap();
            groups::all(&current.views, &tenant).await.unwrap().len()
        })
    };
    let early = ask();
    // The poll's question and the gate's: both have their answer, and nobody may have it.
    until("the questions were not put", || async { log.heads_held.load(Ordering::Relaxed) == 2 })
        .await;
    ledger.record(&tenant, vec![group(1, None, "one")]).await;
    let late = ask();
    tokio::time::sleep(Duration::from_millis(5)).await;
    log.is_holding.send_replace(false);
    assert_eq!(late.await.unwrap(), 1);
    early.await.unwrap();
}

async fn a_write_is_shown_even_if_the_rows_stand_still(database: Arc<Database>) {
    let log = Watched::over(database.log().await);
    let mut ledger = Ledger::open(Arc::clone(&log) as Arc<dyn EventLog>).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("acme").await;
    ledger.settle(&engine).await;
    log.page_most.store(0, Ordering::Relaxed);
    ledger.record(&tenant, vec![group(1, None, "one")]).await;
    let (partition, position) = ledger.record(&tenant, vec![group(2, None, "two")]).await;
    let own = engine.reads().after(&tenant, partition, position - 1).await.unwrap();
    assert_eq!(groups::all(&own, &tenant).await.unwrap().len(), 1);
    let own = engine.reads().after(&tenant, partition, position).await.unwrap();
    assert_eq!(groups::all(&own, &tenant).await.unwrap().len(), 2);
}

async fn a_read_says_that_the_rows_are_late(database: Arc<Database>) {
    let log = Watched::over(database.log().await);
    let mut ledger = Ledger::open(Arc::clone(&log) as Arc<dyn EventLog>).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("acme").await;
    ledger.settle(&engine).await;
    log.page_most.store(0, Ordering::Relaxed);
    ledger.record(&tenant, vec![group(1, None, "one"), group(2, None, "two")]).await;
    let late = engine.reads().current(&tenant).await;
    assert!(matches!(late, Err(ViewError::Behind { lag: 2 })), "{late:?}");
    assert_eq!(engine.lag_events(), 2);
    log.page_most.store(usize::MAX, Ordering::Relaxed);
    ledger.settle(&engine).await;
    assert_eq!(engine.lag_events(), 0);
}

async fn nothing_is_read_of_a_tenant_that_is_not_there(database: Arc<Database>) {
    let ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(&database, vec![]).await;
    let none = engine.reads().current(&tenant("nobody")).await;
    assert!(matches!(none, Err(ViewError::NoTenant(_))), "{none:?}");
    let past = engine.reads().as_of(&tenant("nobody"), projections::Until::Now).await;
    assert!(matches!(past, Err(ViewError::NoTenant(_))), "{past:?}");
}
