//! Starting on what is there, on nothing, and on what does not belong to the log.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use eventlog::EventLog;
use projections::{Value, Views, groups};

use super::ledger::{Ledger, contents, until, views};
use super::picky::{Manner, PICKED, Picky};
use super::scenario::group;
use super::watched::Watched;
use crate::stores::{Database, Place, on_both_stores};

on_both_stores!(
    rows_that_were_lost_are_there_again_after_a_start,
    rows_of_another_log_are_forgotten,
    a_projection_that_is_new_is_built_before_the_start_is_over,
    two_nodes_keep_one_set_of_rows,
    rows_follow_when_the_tail_of_the_log_vanishes,
    rows_follow_when_another_tail_grows_at_once,
    a_projection_that_others_gave_up_is_built_again,
);

async fn rows_that_were_lost_are_there_again_after_a_start(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("acme").await;
    ledger.record(&tenant, vec![group(1, None, "one"), group(2, Some(1), "two")]).await;
    ledger.settle(&engine).await;
    let rows = contents(&engine.reads().eventual()).await;
    engine.stop().await;
    match &database.place {
        Place::DataDir(dir) => {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(dir.join(format!("views.db{end}")));
            }
        }
        Place::Url(_) => database.execute_on_views("drop table view_origin, view_slots").await,
    }
    let engine = ledger.start(&database, vec![]).await;
    ledger.settle(&engine).await;
    assert_eq!(contents(&engine.reads().eventual()).await, rows);
    assert_eq!(rows["groups_v1"].len(), 2);
}

async fn rows_of_another_log_are_forgotten(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let tenant = ledger.found("acme").await;
    ledger.record(&tenant, vec![group(1, None, "one")]).await;
    let engine = ledger.start(&database, vec![]).await;
    ledger.settle(&engine).await;
    let rows = contents(&engine.reads().eventual()).await;
    engine.stop().await;
    for foreign in [
        "update view_origin set installation = 'another'",
        "update view_checkpoints set position = position + 5",
        "update view_checkpoints set leaf_hash = 'another' where position > 0",
    ] {
        database.execute_on_views("update groups_v1_a set name = 'foreign'").await;
        database.execute_on_views(foreign).await;
        let engine = ledger.start(&database, vec![]).await;
        ledger.settle(&engine).await;
        assert_eq!(contents(&engine.reads().eventual()).await, rows, "{foreign}");
        engine.stop().await;
    }
}

async fn a_projection_that_is_new_is_built_before_the_start_is_over(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let tenant = ledger.found("acme").await;
    ledger.record(&tenant, vec![group(1, None, "one")]).await;
    let engine = ledger.start(&database, vec![]).await;
    ledger.settle(&engine).await;
    engine.stop().await;
    let picky = Picky::new(Manner::Refuses);
    picky.is_mended.store(true, Ordering::Relaxed);
    let engine = ledger.start(&database, vec![Box::new(picky.clone())]).await;
    let names = async |views: &Views| {
        let rows = views.contents(&picky).await.unwrap().remove(PICKED.name).unwrap();
        rows.into_iter().map(|row| row[2].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&engine.reads().eventual()).await, ["one"].map(Value::from));
    ledger.record(&tenant, vec![group(2, None, "two")]).await;
    ledger.settle(&engine).await;
    assert_eq!(names(&engine.reads().eventual()).await, ["one", "two"].map(Value::from));
    engine.stop().await;

    // A program that does not know it goes on without; one that does builds it again.
    let engine = ledger.start(&database, vec![]).await;
    ledger.record(&tenant, vec![group(3, None, "three")]).await;
    ledger.settle(&engine).await;
    engine.stop().await;
    let engine = ledger.start(&database, vec![Box::new(picky.clone())]).await;
    let expected = ["one", "two", "three"].map(Value::from);
    assert_eq!(names(&engine.reads().eventual()).await, expected);
}

async fn two_nodes_keep_one_set_of_rows(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let one = ledger.start(&database, vec![]).await;
    let other = ledger.start_over(views(&database).await, vec![]).await;
    let tenant = ledger.found("acme").await;
    for id in 1..=100 {
        ledger.record(&tenant, vec![group(id, None, "group")]).await;
        let reads = if id % 2 == 0 { one.reads() } else { other.reads() };
        let current = reads.current(&tenant).await.unwrap();
        let rows = groups::all(&current.views, &tenant).await.unwrap().len();
        assert_eq!(i64::try_from(rows).unwrap(), id);
        if id % 40 == 0 {
            one.rebuild("groups_v1", |_| {}).await.unwrap();
        }
    }
    ledger.settle(&one).await;
    ledger.settle(&other).await;
}

async fn rows_follow_when_the_tail_of_the_log_vanishes(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("acme").await;
    ledger.record(&tenant, vec![group(1, None, "one")]).await;
    let kept = ledger.mark(&tenant);
    ledger.record(&tenant, vec![group(2, None, "lost")]).await;
    ledger.settle(&engine).await;
    let shown = async || {
        let views = engine.reads().eventual();
        let rows = groups::all(&views, &tenant).await.unwrap_or_default();
        rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!(shown().await, ["one", "lost"]);
    // Nobody writes: the poll finds it.
    database.tamper("DELETE FROM events WHERE position = 3").await;
    until("the lost group is still shown", || async { shown().await == ["one"] }).await;
    ledger.go_back(&tenant, kept);
    ledger.record(&tenant, vec![group(3, None, "lost as well")]).await;
    ledger.settle(&engine).await;
    assert_eq!(shown().await, ["one", "lost as well"]);
    // While the engine does not look, others are written in its place, and one more.
    engine.stop().await;
    database.tamper("DELETE FROM events WHERE position = 3").await;
    ledger.go_back(&tenant, kept);
    ledger.record(&tenant, vec![group(4, None, "two")]).await;
    ledger.record(&tenant, vec![group(5, None, "three")]).await;
    let engine = ledger.start(&database, vec![]).await;
    ledger.settle(&engine).await;
    let views = engine.reads().eventual();
    let names: Vec<_> =
        groups::all(&views, &tenant).await.unwrap().into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["one", "two", "three"]);
    engine.stop().await;
}

async fn rows_follow_when_another_tail_grows_at_once(database: Arc<Database>) {
    let log = Watched::over(database.log().await);
    let mut ledger = Ledger::open(Arc::clone(&log) as Arc<dyn EventLog>).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("acme").await;
    let kept = ledger.mark(&tenant);
    ledger.record(&tenant, vec![group(1, None, "lost")]).await;
    ledger.settle(&engine).await;
    // The poll sees nothing of it: by its next look there is more than there was.
    log.is_holding.send_replace(true);
    database.tamper("DELETE FROM events WHERE position = 2").await;
    ledger.go_back(&tenant, kept);
    ledger.record(&tenant, vec![group(2, None, "two"), group(3, None, "three")]).await;
    until("what was lost is still shown", || async {
        let views = engine.reads().eventual();
        let rows = groups::all(&views, &tenant).await.unwrap_or_default();
        rows.iter().map(|row| row.name.as_str()).eq(["two", "three"])
    })
    .await;
}

async fn a_projection_that_others_gave_up_is_built_again(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(&database, vec![]).await;
    let tenant = ledger.found("acme").await;
    ledger.record(&tenant, vec![group(1, None, "one")]).await;
    ledger.settle(&engine).await;
    let given_up = "update view_slots set state = 'building' where projection = 'groups_v1';
        update view_checkpoints set layout = layout + 1";
    database.execute_on_views(given_up).await;
    ledger.record(&tenant, vec![group(2, None, "two")]).await;
    let views = engine.reads().eventual();
    until("the groups are not built again", || async {
        groups::all(&views, &tenant).await.is_ok_and(|rows| rows.len() == 2)
    })
    .await;
    ledger.settle(&engine).await;
    let groups = engine.status().await.unwrap().projections.into_iter();
    assert!(groups.filter(|it| it.name == "groups_v1").all(|it| it.is_live && it.slot == "b"));
}
