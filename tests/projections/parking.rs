//! A tenant whose event cannot be taken stands still in that projection; the others go on.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use domain::GroupId;
use projections::{Parked, Projections, Value, ViewError, groups, tokens};

use super::ledger::{Ledger, tenant, until};
use super::picky::{Manner, PICKED, Picky};
use super::scenario::group;
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    an_event_that_is_refused_parks_its_tenant_until_a_rebuild,
    a_row_that_the_store_refuses_parks_its_tenant_alone,
    a_tenant_with_an_unknown_event_is_answered_at_once,
);

async fn parked(engine: &Projections, projection: &str) -> Vec<Parked> {
    let status = engine.status().await.unwrap();
    let found = status.projections.into_iter().find(|it| it.name == projection);
    found.unwrap().parked
}

/// Names of the groups that a picky projection holds.
async fn picked(engine: &Projections, picky: &Picky) -> Vec<Value> {
    let mut contents = engine.reads().eventual().contents(picky).await.unwrap();
    contents.remove(PICKED.name).unwrap().into_iter().map(|row| row[2].clone()).collect()
}

async fn an_event_that_is_refused_parks_its_tenant_until_a_rebuild(database: Arc<Database>) {
    park_and_mend(&database, Picky::new(Manner::Refuses)).await;
}

async fn a_row_that_the_store_refuses_parks_its_tenant_alone(database: Arc<Database>) {
    park_and_mend(&database, Picky::new(Manner::Spoils)).await;
}

async fn park_and_mend(database: &Database, picky: Picky) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(database, vec![Box::new(picky.clone())]).await;
    let (ill, well) = (ledger.found("ill").await, ledger.found("well").await);
    ledger.record(&well, vec![group(1, None, "good")]).await;
    let (partition, position) = ledger.record(&ill, vec![group(2, None, "bad")]).await;
    ledger.record(&ill, vec![group(3, None, "late")]).await;
    ledger.record(&well, vec![group(4, None, "better")]).await;
    ledger.settle(&engine).await;

    let found = parked(&engine, PICKED.name).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].tenant.as_str(), found[0].partition), ("ill", i64::from(partition)));
    assert!(found[0].position >= position, "{found:?}");
    assert_eq!(picked(&engine, &picky).await, ["good", "better"].map(Value::from));
    // Its other projections go on.
    let current = engine.reads().current(&ill).await.unwrap();
    assert_eq!(groups::all(&current.views, &ill).await.unwrap().len(), 2);

    // Nothing is mended yet: a rebuild finds the same, or the store refuses it.
    let again = engine.rebuild(PICKED.name, |_| {}).await;
    match picky.manner {
        Manner::Refuses => again.unwrap(),
        Manner::Spoils => assert!(matches!(again, Err(ViewError::Refused(_))), "{again:?}"),
    }
    assert_eq!(parked(&engine, PICKED.name).await.len(), 1);

    picky.is_mended.store(true, Ordering::Relaxed);
    engine.rebuild(PICKED.name, |_| {}).await.unwrap();
    assert_eq!(parked(&engine, PICKED.name).await, []);
    let names = picked(&engine, &picky).await;
    assert_eq!(names, ["bad", "late", "good", "better"].map(Value::from));
    ledger.record(&ill, vec![group(5, None, "new")]).await;
    ledger.settle(&engine).await;
    assert_eq!(picked(&engine, &picky).await.len(), 5);
}

async fn a_tenant_with_an_unknown_event_is_answered_at_once(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(&database, vec![]).await;
    let (ill, well) = (ledger.found("ill").await, ledger.found("well").await);
    ledger.record(&well, vec![group(1, None, "good")]).await;
    let unknown = |row: &mut eventlog::Recorded| row.event_type.replace_range(.., "group.painted");
    let (partition, position) = ledger.record_altered(&ill, group(2, None, "x"), unknown).await;
    ledger.settle(&engine).await;

    let current = engine.reads().current(&ill).await.unwrap();
    let refused = groups::one(&current.views, &ill, GroupId(2)).await;
    assert!(matches!(refused, Err(ViewError::Parked { .. })), "{refused:?}");
    assert!(tokens::all(&current.views, &ill).await.is_err());
    assert_eq!(groups::all(&current.views, &well).await.unwrap().len(), 1);
    // A fold for one answer says the same.
    let own = engine.reads().after(&ill, partition, position).await.unwrap();
    assert!(matches!(groups::all(&own, &ill).await, Err(ViewError::Parked { .. })));
    let past = engine.reads().as_of(&ill, projections::Until::Now).await.unwrap();
    assert!(matches!(groups::all(&past.views, &ill).await, Err(ViewError::Parked { .. })));

    // It still is after a restart.
    engine.stop().await;
    let engine = ledger.start(&database, vec![]).await;
    until("the parked tenants are not read", || async {
        let views = engine.reads().eventual();
        matches!(groups::all(&views, &tenant("ill")).await, Err(ViewError::Parked { .. }))
    })
    .await;
}
