//! What a store keeps for proofs: heads that stay, entries without a hole, and rows as they stand.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use eventlog::proof::{Entry, Flaw, SignedHead};
use eventlog::{EventLog, Hash, LogError, Placement};
use futures::future::join_all;

use super::sample::{batch, events, head, tenant};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    entries_follow_each_other_without_a_hole,
    of_nodes_that_seal_at_once_one_lands,
    heads_are_found_by_size_and_by_time,
    heads_are_neither_altered_nor_deleted,
    a_fuller_tile_stays,
    rows_are_shown_as_they_stand,
    leaves_have_no_hole,
    a_row_where_no_partition_is_comes_to_light,
);

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn signed(size: i64) -> SignedHead {
    SignedHead { size, root: Hash([7; 32]), signed_at: at(size), note: format!("note {size}\n") }
}

fn entry(number: i64, name: &str, size: i64) -> Entry {
    Entry { number, tenant: tenant(name), head: signed(size) }
}

async fn filled(database: &Database) -> (Arc<dyn EventLog>, Placement) {
    let log = database.log().await;
    let base = head(&*log).await;
    log.append(&batch(&base, events(&base, &tenant("acme"), 1, 5))).await.unwrap();
    (log, Placement { tenant: tenant("acme"), partition: 0 })
}

async fn entries_follow_each_other_without_a_hole(database: Arc<Database>) {
    let log = database.log().await;
    let store = log.proofs().unwrap();
    assert_eq!(store.last_entry().await.unwrap(), None);
    assert!(store.add_entries(&[]).await.unwrap());
    assert!(!store.add_entries(&[entry(2, "acme", 1)]).await.unwrap(), "nothing is before it");
    let first = [entry(1, "acme", 4), entry(2, "beta", 9)];
    assert!(store.add_entries(&first).await.unwrap());
    assert!(!store.add_entries(&first).await.unwrap(), "they are there");
    let more: Vec<_> = (3..40).map(|number| entry(number, "acme", number * 2)).collect();
    assert!(store.add_entries(&more).await.unwrap());
    let same_size = [entry(40, "gamma", 1), entry(41, "acme", 4)];
    assert!(!store.add_entries(&same_size).await.unwrap(), "a size is sealed once");
    assert_eq!(store.last_entry().await.unwrap().as_ref(), more.last());
    let all = store.entries(0, 100).await.unwrap();
    assert_eq!(all, [first.as_slice(), &more].concat());
    assert_eq!(store.entries(1, 2).await.unwrap(), all[1..3]);
}

async fn of_nodes_that_seal_at_once_one_lands(database: Arc<Database>) {
    let node = |name: &'static str| {
        let database = Arc::clone(&database);
        tokio::spawn(async move {
            let log = database.log().await;
            let rows: Vec<_> = (1..=3).map(|number| entry(number, name, number)).collect();
            log.proofs().unwrap().add_entries(&rows).await.unwrap()
        })
    };
    let landed = join_all(["one", "two", "three", "four"].map(node)).await;
    let landed: Vec<_> = landed.into_iter().map(Result::unwrap).collect();
    assert_eq!(landed.iter().filter(|landed| **landed).count(), 1, "{landed:?}");
    let log = database.log().await;
    let all = log.proofs().unwrap().entries(0, 10).await.unwrap();
    assert!(all.len() == 3 && all.iter().all(|entry| entry.tenant == all[0].tenant), "{all:?}");
}

async fn heads_are_found_by_size_and_by_time(database: Arc<Database>) {
    let log = database.log().await;
    let store = log.proofs().unwrap();
    let entries = [entry(1, "acme", 4), entry(2, "beta", 5), entry(3, "acme", 9)];
    store.add_entries(&entries).await.unwrap();
    let acme = tenant("acme");
    for (most, found) in [(3, None), (4, Some(0)), (8, Some(0)), (9, Some(2)), (i64::MAX, Some(2))]
    {
        let head = store.head_of(&acme, most).await.unwrap();
        assert_eq!(head.as_ref(), found.map(|place: usize| &entries[place]), "{most}");
    }
    assert_eq!(store.heads_of(&acme, 4, 10).await.unwrap(), entries[2..]);
    for size in [2, 3, 3] {
        store.add_installation_head(&signed(size)).await.unwrap();
    }
    let heads = store.installation_heads(0, 10).await.unwrap();
    assert_eq!(heads, [signed(2), signed(3)]);
    for (most, by, found) in [(9, 9, Some(3)), (2, 9, Some(2)), (9, 2, Some(2)), (9, 1, None)] {
        let head = store.installation_head(most, at(by)).await.unwrap();
        assert_eq!(head, found.map(signed), "{most} {by}");
    }
}

async fn heads_are_neither_altered_nor_deleted(database: Arc<Database>) {
    let log = database.log().await;
    let store = log.proofs().unwrap();
    store.add_entries(&[entry(1, "acme", 4)]).await.unwrap();
    store.add_installation_head(&signed(1)).await.unwrap();
    for table in ["tenant_checkpoints", "installation_checkpoints"] {
        for statement in [format!("UPDATE {table} SET size = 7"), format!("DELETE FROM {table}")] {
            assert!(database.execute(&statement).await.is_err(), "{statement}");
        }
    }
}

async fn a_fuller_tile_stays(database: Arc<Database>) {
    let log = database.log().await;
    let store = log.proofs().unwrap();
    let hashes: Vec<_> = (0..3).map(|byte| Hash([byte; 32])).collect();
    assert_eq!(store.tile("acme", 1, 0).await.unwrap(), []);
    for count in [2, 3, 1] {
        store.save_tile("acme", 1, 0, &hashes[..count]).await.unwrap();
    }
    store.save_tile("", 1, 0, &hashes[2..]).await.unwrap();
    assert_eq!(store.tile("acme", 1, 0).await.unwrap(), hashes);
    store.forget_tiles("acme").await.unwrap();
    assert_eq!(store.tile("acme", 1, 0).await.unwrap(), []);
    assert_eq!(store.tile("", 1, 0).await.unwrap(), hashes[2..]);
}

async fn rows_are_shown_as_they_stand(database: Arc<Database>) {
    let (log, place) = filled(&database).await;
    database.tamper("UPDATE events SET actor_id = 'nobody' WHERE position = 2").await;
    database.tamper("UPDATE events SET actor_kind = 'ghost' WHERE position = 3").await;
    database.tamper("DELETE FROM events WHERE position = 4").await;
    let store = log.proofs().unwrap();
    let of_tenant = store.rows_of(&place, 0, 10).await.unwrap();
    assert_eq!(store.rows(0, 0, 10).await.unwrap(), of_tenant);
    let [first, second, third, last] = &of_tenant[..] else { panic!("{of_tenant:?}") };
    assert!(first.as_ref().is_ok_and(eventlog::Recorded::is_whole));
    assert_eq!(second.as_ref().map(|event| event.actor.id.as_str()).unwrap(), "nobody");
    let broken = third.as_ref().unwrap_err();
    assert_eq!((broken.ordinal, broken.position), (Some(3), Some(3)));
    assert!(matches!(&broken.flaw, Flaw::Unreadable(why) if why.contains("actor")), "{broken}");
    assert_eq!(last.as_ref().map(|event| event.ordinal).unwrap(), 5);
    let genesis = store.rows(0, i64::MIN, 1).await.unwrap();
    assert_eq!(genesis[0].as_ref().unwrap().position, 0);
}

async fn leaves_have_no_hole(database: Arc<Database>) {
    let (log, place) = filled(&database).await;
    let store = log.proofs().unwrap();
    let leaves = store.leaves(&place, 1, 3).await.unwrap();
    let events = log.read_tenant(&place, 1, 3).await.unwrap();
    assert_eq!(leaves, events.iter().map(|event| event.leaf_hash).collect::<Vec<_>>());
    database.tamper("DELETE FROM events WHERE position = 4").await;
    let holed = store.leaves(&place, 1, 3).await;
    assert!(matches!(holed, Err(LogError::Integrity { position: 5, .. })), "{holed:?}");
}

async fn a_row_where_no_partition_is_comes_to_light(database: Arc<Database>) {
    let (log, _) = filled(&database).await;
    let store = log.proofs().unwrap();
    assert_eq!(store.stray().await.unwrap(), None);
    database.tamper("UPDATE events SET partition = 99 WHERE position = 5").await;
    assert_eq!(store.stray().await.unwrap(), Some((99, 5)));
}
