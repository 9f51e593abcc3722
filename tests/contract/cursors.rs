//! How far deliveries have come: placed by events, held by one node at a time.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::WebhookId;
use eventlog::{Cursor, Holding};
use futures::future::join_all;
use uuid::Uuid;

use super::sample::tenant;
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    a_cursor_is_placed_by_events_and_moves_forward,
    one_node_at_a_time_holds_a_cursor,
    of_nodes_that_reach_for_it_at_once_one_holds_it,
    a_step_of_the_schema_that_was_left_out_is_taken,
);

const HOOK: WebhookId = WebhookId(Uuid::from_u128(7));

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn holding(node: u128, until: i64) -> Holding {
    Holding { holder: Uuid::from_u128(node), until: at(until) }
}

async fn a_cursor_is_placed_by_events_and_moves_forward(database: Arc<Database>) {
    let (log, acme) = (database.log().await, tenant("acme"));
    let store = log.cursors().unwrap();
    assert_eq!(store.cursor(&acme, HOOK).await.unwrap(), None);
    assert_eq!(store.hold_cursor(&acme, HOOK, holding(1, 9), at(1)).await.unwrap(), None);
    store.place_cursor(&acme, HOOK, 1, 10).await.unwrap();
    store.place_cursor(&acme, HOOK, 1, 99).await.unwrap();
    let placed = store.cursor(&acme, HOOK).await.unwrap().unwrap();
    let (webhook, placed_by, ordinal) = (HOOK, 1, 10);
    let (failures, last_error, delivered_at, next_try_at) = (0, None, None, None);
    let fresh = Cursor {
        tenant: acme.clone(),
        webhook,
        placed_by,
        ordinal,
        failures,
        last_error,
        delivered_at,
        next_try_at,
    };
    assert_eq!(placed, fresh);
    let held = store.hold_cursor(&acme, HOOK, holding(1, 9), at(1)).await.unwrap();
    assert_eq!(held, Some(fresh.clone()));
    let failed = Cursor {
        ordinal: 12,
        failures: 3,
        last_error: Some("status 500".to_owned()),
        delivered_at: Some(at(2)),
        next_try_at: Some(at(4)),
        ..fresh.clone()
    };
    assert!(store.save_cursor(&failed, holding(1, 9)).await.unwrap());
    assert!(!store.save_cursor(&fresh, holding(1, 9)).await.unwrap(), "it does not go back");
    assert_eq!(store.cursors(&acme).await.unwrap(), std::slice::from_ref(&failed));
    assert_eq!(store.cursors(&tenant("beta")).await.unwrap(), []);
    // Only an event takes it back, and whoever did not hear of that saves nothing any more.
    store.place_cursor(&acme, HOOK, 2, 5).await.unwrap();
    assert!(!store.save_cursor(&failed, holding(1, 9)).await.unwrap());
    let again = Cursor { placed_by: 2, ordinal: 5, delivered_at: Some(at(2)), ..fresh };
    assert_eq!(store.cursor(&acme, HOOK).await.unwrap(), Some(again));
}

async fn one_node_at_a_time_holds_a_cursor(database: Arc<Database>) {
    let (log, acme) = (database.log().await, tenant("acme"));
    let store = log.cursors().unwrap();
    store.place_cursor(&acme, HOOK, 1, 0).await.unwrap();
    let hold = async |node, until, now| {
        let held = store.hold_cursor(&acme, HOOK, holding(node, until), at(now)).await.unwrap();
        held.is_some()
    };
    assert!(hold(1, 10, 0).await && hold(1, 20, 5).await, "and goes on holding it");
    assert!(!hold(2, 30, 19).await);
    let cursor = store.cursor(&acme, HOOK).await.unwrap().unwrap();
    assert!(!store.save_cursor(&cursor, holding(2, 30)).await.unwrap());
    assert!(hold(2, 30, 20).await, "the hold lapsed");
    assert!(!store.save_cursor(&cursor, holding(1, 40)).await.unwrap());
    assert!(store.save_cursor(&cursor, holding(2, 0)).await.unwrap(), "and lets it go");
    assert!(hold(1, 40, 21).await);
}

async fn of_nodes_that_reach_for_it_at_once_one_holds_it(database: Arc<Database>) {
    let acme = tenant("acme");
    let log = database.log().await;
    log.cursors().unwrap().place_cursor(&acme, HOOK, 1, 0).await.unwrap();
    let node = |node: u128| {
        let (database, acme) = (Arc::clone(&database), acme.clone());
        tokio::spawn(async move {
            let log = database.log().await;
            let store = log.cursors().unwrap();
            store.hold_cursor(&acme, HOOK, holding(node, 10), at(1)).await.unwrap().is_some()
        })
    };
    let held = join_all((1..=4).map(node)).await;
    assert_eq!(held.into_iter().filter(|held| *held.as_ref().unwrap()).count(), 1);
}

/// A store that was made before there were webhooks, and has later steps.
async fn a_step_of_the_schema_that_was_left_out_is_taken(database: Arc<Database>) {
    drop(database.log().await);
    let before = "DROP TABLE webhook_cursors; DELETE FROM _sqlx_migrations WHERE version = 4";
    database.execute(before).await.unwrap();
    if let crate::stores::Place::DataDir(dir) = &database.place {
        let refused = eventlog::SqliteLog::open_to_read(dir).await.unwrap_err().to_string();
        assert!(refused.contains("older than this program"), "{refused}");
    }
    let log = database.log().await;
    assert_eq!(log.cursors().unwrap().cursors(&tenant("acme")).await.unwrap(), []);
}
