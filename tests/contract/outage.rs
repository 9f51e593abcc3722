//! Connections that die and databases that go away: what was acknowledged stands, once.

use std::sync::Arc;
use std::time::Duration;

use eventlog::{Appended, EventLog, LogError};
use uuid::Uuid;

use super::sample::{batch, events, head, tenant};
use crate::stores::{Database, Line, Place, on_both_stores};

on_both_stores!(
    an_append_that_was_cut_off_is_found_again,
    an_append_repeated_while_the_first_is_held_up_stands_once,
    whoever_stops_waiting_at_any_moment_finds_one_copy,
    a_store_that_is_taken_away_comes_back_by_itself,
);

/// Appends the same bytes until it is told that they, or others, stand there.
async fn settle(log: &dyn EventLog, written: &eventlog::Batch) {
    while log.append(written).await.unwrap() == Appended::Landed {}
    let found = log.read(0, written.bases[0].position, 100).await.unwrap();
    assert_eq!(found, written.events);
}

async fn an_append_that_was_cut_off_is_found_again(database: Arc<Database>) {
    let (mut line, direct) = (Line::to(&database).await, database.log().await);
    let far = line.log().await;
    let base = head(&*far).await;
    let written = batch(&base, events(&base, &tenant("acme"), 1, 3));
    let mut hold = database.hold().await;
    let append = tokio::spawn({
        let written = written.clone();
        async move { far.append(&written).await }
    });
    hold.met().await;
    match &database.place {
        Place::DataDir(_) => append.abort(),
        Place::Url(_) => {
            line.cut().await;
            let answer = append.await.unwrap();
            assert!(matches!(answer, Err(LogError::Unavailable(_))), "{answer:?}");
            // The server is still at it, so that this proves nothing.
            assert_eq!(direct.read(0, base.position, 10).await.unwrap(), []);
        }
    }
    hold.release().await;
    if matches!(database.place, Place::Url(_)) {
        // Seconds later, for all the client knows, the statement commits.
        while direct.read(0, base.position, 10).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(direct.append(&written).await.unwrap(), Appended::Moved);
    }
    settle(&*direct, &written).await;
}

async fn an_append_repeated_while_the_first_is_held_up_stands_once(database: Arc<Database>) {
    let (mut line, direct) = (Line::to(&database).await, database.log().await);
    let far = line.log().await;
    let base = head(&*far).await;
    let written = batch(&base, events(&base, &tenant("acme"), 1, 3));
    let mut hold = database.hold().await;
    let append = |log: Arc<dyn EventLog>| {
        let written = written.clone();
        tokio::spawn(async move { log.append(&written).await })
    };
    let first = append(far);
    hold.met().await;
    if matches!(database.place, Place::Url(_)) {
        line.cut().await;
    }
    let second = append(Arc::clone(&direct));
    hold.release().await;
    let outcomes = [first.await.unwrap(), second.await.unwrap()];
    let landed = |outcome: &&Result<Appended, LogError>| matches!(outcome, Ok(Appended::Landed));
    assert!(outcomes.iter().filter(landed).count() <= 1, "{outcomes:?}");
    settle(&*direct, &written).await;
}

async fn whoever_stops_waiting_at_any_moment_finds_one_copy(database: Arc<Database>) {
    let (log, acme) = (database.log().await, tenant("acme"));
    for round in 0..30 {
        let base = head(&*log).await;
        let written = batch(&base, events(&base, &acme, base.position + 1, 2));
        // From before the first byte is sent to after the answer has come.
        let patience = Duration::from_micros(round * 100);
        let _ = tokio::time::timeout(patience, log.append(&written)).await;
        settle(&*log, &written).await;
    }
    let ids: std::collections::BTreeSet<Uuid> =
        log.read(0, 0, 100).await.unwrap().iter().map(|event| event.command_id).collect();
    assert_eq!(ids.len(), 60);
}

async fn a_store_that_is_taken_away_comes_back_by_itself(database: Arc<Database>) {
    let mut line = Line::to(&database).await;
    let far = line.log().await;
    let base = head(&*far).await;
    let written = batch(&base, events(&base, &tenant("acme"), 1, 1));
    line.cut().await;
    for _ in 0..2 {
        let refused = far.append(&written).await;
        assert!(matches!(refused, Err(LogError::Unavailable(_))), "{refused:?}");
        if matches!(database.place, Place::DataDir(_)) {
            break; // Each try waits for the file as long as the store is told to.
        }
        assert!(matches!(far.heads().await, Err(LogError::Unavailable(_))));
    }
    line.mend().await;
    assert_eq!(far.append(&written).await.unwrap(), Appended::Landed);
    assert_eq!(head(&*far).await.position, 1);
}
