//! Rows are what the events say, however the pages fell.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use domain::{Level, Tenant, TenantId};
use eventlog::EventLog;
use projections::{Until, Views, clients, features, groups};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::ledger::{Ledger, contents, contents_of_the_past, of_tenant};
use super::scenario::{client_id, event, steps};
use super::watched::Watched;
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    pages_of_any_size_a_single_fold_and_a_rebuild_come_to_the_same_rows,
    the_first_version_of_group_created_is_projected_and_rebuilt,
    the_engine_keeps_the_same_rows_in_memory,
);

/// Random scenarios for each store.
const CASES: usize = 12;

async fn pages_of_any_size_a_single_fold_and_a_rebuild_come_to_the_same_rows(
    database: Arc<Database>,
) {
    let log = Watched::over(database.log().await);
    let mut ledger = Ledger::open(Arc::clone(&log) as Arc<dyn EventLog>).await;
    let engine = ledger.start(&database, vec![]).await;
    let mut runner = TestRunner::deterministic();
    for case in 0..CASES {
        let tenant = ledger.found(&format!("case-{case}")).await;
        let steps = steps().new_tree(&mut runner).unwrap().current();
        log.page_most.store(1 + case * 3, Ordering::Relaxed);
        for (number, step) in steps.into_iter().enumerate() {
            // Where nobody is told of an event, the page that comes is larger.
            ledger.is_telling = number % 3 == 0;
            if let Some(event) = event(&ledger.tenants[&tenant].state, step) {
                ledger.record(&tenant, vec![event]).await;
            }
        }
    }
    ledger.is_telling = true;
    ledger.settle(&engine).await;
    let views = engine.reads().eventual();
    let rows = contents(&views).await;
    let told = contents_of_the_past(&views).await;
    for (tenant, known) in &ledger.tenants {
        agrees_with_the_state(&views, tenant, &known.state).await;
        let single = engine.reads().as_of(tenant, Until::Now).await.unwrap();
        let single = contents_of_the_past(&single.views).await;
        assert_eq!(of_tenant(&single, tenant), of_tenant(&told, tenant));
    }
    log.page_most.store(7, Ordering::Relaxed);
    for projection in projections::all() {
        engine.rebuild(projection.name(), |_| {}).await.unwrap();
    }
    assert_eq!(contents(&views).await, rows);
    engine.stop().await;
}

/// The write side folds the same events for itself.
async fn agrees_with_the_state(views: &Views, tenant: &TenantId, state: &Tenant) {
    let rows = groups::all(views, tenant).await.unwrap();
    assert_eq!(rows.len(), state.groups.len());
    for row in rows {
        let held = state.groups.get(row.group).unwrap();
        assert_eq!((row.parent, &row.name), (held.parent, &held.name));
    }
    let rows = clients::all(views, tenant).await.unwrap();
    assert_eq!(rows.len(), state.clients.len());
    for row in rows {
        let held = state.clients.get(row.client).unwrap();
        assert_eq!((&row.features, row.is_locked), (&held.features, held.is_locked));
        assert_eq!((&row.tags, row.secret_generation), (&held.tags, held.secret_generation));
        let credentials = clients::credentials_of(views, tenant, row.client).await.unwrap();
        assert_eq!(credentials.len(), held.credentials.len());
        for credential in credentials {
            let known = &held.credentials[&credential.credential];
            assert_eq!(credential.state, *known);
        }
    }
    let found = clients::one(views, tenant, client_id(1)).await.unwrap();
    assert_eq!(found.is_some(), state.clients.get(client_id(1)).is_some());
    let set = features::on_level(views, tenant, &Level::Instance).await.unwrap();
    assert_eq!(set.flags, state.features.on(&Level::Instance).cloned().unwrap_or_default());
}

async fn the_first_version_of_group_created_is_projected_and_rebuilt(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("old").await;
    let golden = |payload: &'static str| {
        move |row: &mut eventlog::Recorded| {
            row.event_version = 1;
            row.payload = payload.as_bytes().to_vec();
        }
    };
    let root = super::scenario::group(7, None, "Acme");
    let nested = super::scenario::group(8, Some(7), "Emea");
    let payload = r#"{"group":7,"parent":0,"name":"Acme"}"#;
    ledger.record_altered(&tenant, root, golden(payload)).await;
    let payload = r#"{"group":8,"parent":7,"name":"Emea"}"#;
    ledger.record_altered(&tenant, nested, golden(payload)).await;
    ledger.settle(&engine).await;
    let views = engine.reads().eventual();
    let shown = async || {
        let rows = groups::all(&views, &tenant).await.unwrap();
        rows.into_iter()
            .map(|row| (row.group.0, row.parent.map(|it| it.0), row.name))
            .collect::<Vec<_>>()
    };
    let expected = [(7, None, "Acme".to_owned()), (8, Some(7), "Emea".to_owned())];
    assert_eq!(shown().await, expected);
    engine.rebuild("groups_v1", |_| {}).await.unwrap();
    assert_eq!(shown().await, expected);
}

async fn the_engine_keeps_the_same_rows_in_memory(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let kept = ledger.start(&database, vec![]).await;
    let held = ledger.start_over(Views::memory().await.unwrap(), vec![]).await;
    let tenant = ledger.found("acme").await;
    let mut runner = TestRunner::deterministic();
    for step in steps().new_tree(&mut runner).unwrap().current() {
        if let Some(event) = event(&ledger.tenants[&tenant].state, step) {
            ledger.record(&tenant, vec![event]).await;
        }
    }
    ledger.settle(&kept).await;
    ledger.settle(&held).await;
    let rows = contents(&kept.reads().eventual()).await;
    assert_eq!(contents(&held.reads().eventual()).await, rows);
    held.rebuild("clients_v1", |_| {}).await.unwrap();
    assert_eq!(contents(&held.reads().eventual()).await, rows);
}
