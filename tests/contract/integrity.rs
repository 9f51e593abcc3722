//! What is recorded stays, and if somebody breaks in all the same, reading it raises an alarm.

use std::sync::Arc;

use eventlog::{EventLog, LogError, Placement};

use super::sample::{batch, events, head, tenant};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    plain_statements_change_nothing,
    an_altered_row_raises_an_alarm,
    a_missing_row_raises_an_alarm,
);

async fn filled(database: &Database) -> Arc<dyn EventLog> {
    let log = database.log().await;
    let base = head(&*log).await;
    log.append(&batch(&base, events(&base, &tenant("acme"), 1, 5))).await.unwrap();
    log
}

fn alarm<T: std::fmt::Debug>(result: Result<T, LogError>) -> i64 {
    match result {
        Err(LogError::Integrity { partition: 0, position, .. }) => position,
        other => panic!("no alarm: {other:?}"),
    }
}

async fn plain_statements_change_nothing(database: Arc<Database>) {
    let log = filled(&database).await;
    for statement in ["UPDATE events SET command = 'x'", "DELETE FROM events WHERE position = 5"] {
        assert!(database.execute(statement).await.is_err(), "{statement}");
    }
    assert_eq!(log.read(0, 0, 10).await.unwrap().len(), 5);
}

async fn an_altered_row_raises_an_alarm(database: Arc<Database>) {
    let log = filled(&database).await;
    database.tamper("UPDATE events SET actor_id = 'nobody' WHERE position = 3").await;
    assert_eq!(log.read(0, 0, 2).await.unwrap().len(), 2);
    assert_eq!(alarm(log.read(0, 0, 10).await), 3);
    let place = Placement { tenant: tenant("acme"), partition: 0 };
    assert_eq!(alarm(log.read_tenant(&place, 0, 10).await), 3);
    assert_eq!(alarm(log.search(&place, &eventlog::Filter::default(), 10).await), 3);
}

async fn a_missing_row_raises_an_alarm(database: Arc<Database>) {
    let log = filled(&database).await;
    database.tamper("DELETE FROM events WHERE position = 3").await;
    assert_eq!(alarm(log.read(0, 0, 10).await), 4);
    assert_eq!(alarm(log.read(0, 2, 10).await), 4);
    let place = Placement { tenant: tenant("acme"), partition: 0 };
    assert_eq!(alarm(log.read_tenant(&place, 1, 10).await), 4);
}
