//! A batch lands as a whole behind the row it rests on, or not at all.

use std::sync::Arc;

use eventlog::{Appended, Batch, Hash, Head};

use super::sample::{batch, changed, event, events, head, head_of, tenant};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    what_lands_is_read_back_byte_for_byte,
    a_hundred_events_land_in_one_batch,
    a_batch_that_rests_on_another_row_moves,
    a_taken_ordinal_or_sequence_moves,
    an_empty_batch_confirms_its_bases_or_denies_them,
    the_same_batch_twice_stands_once,
);

async fn what_lands_is_read_back_byte_for_byte(database: Arc<Database>) {
    let (log, acme) = (database.log().await, tenant("acme"));
    let base = head(&*log).await;
    assert_eq!(base.position, 0);
    let first = event(&base, &acme, 1);
    let second = changed(event(&head_of(&first), &acme, 2), |event| {
        event.caller_address = None;
        event.payload = vec![0, 159, 146, 150];
        event.correlation = String::from("ümläut '; --");
    });
    let written = vec![first, second];
    assert_eq!(log.append(&batch(&base, written.clone())).await.unwrap(), Appended::Landed);
    assert_eq!(log.read(0, 0, 10).await.unwrap(), written);
    assert_eq!(log.read(0, 1, 10).await.unwrap(), written[1..]);
    assert_eq!(log.read(0, 0, 1).await.unwrap(), written[..1]);
    assert_eq!(head(&*log).await, head_of(&written[1]));
}

async fn a_hundred_events_land_in_one_batch(database: Arc<Database>) {
    let (log, acme) = (database.log().await, tenant("acme"));
    let base = head(&*log).await;
    let written = events(&base, &acme, 1, 100);
    assert_eq!(log.append(&batch(&base, written.clone())).await.unwrap(), Appended::Landed);
    assert_eq!(log.read(0, 0, 200).await.unwrap(), written);
}

async fn a_batch_that_rests_on_another_row_moves(database: Arc<Database>) {
    let (log, acme) = (database.log().await, tenant("acme"));
    let base = head(&*log).await;
    let altered = Head { leaf_hash: Hash([9; 32]), ..base };
    let ahead = Head { position: 5, ..base };
    for wrong in [altered, ahead] {
        let refused = batch(&wrong, vec![event(&wrong, &acme, 1)]);
        assert_eq!(log.append(&refused).await.unwrap(), Appended::Moved, "{wrong:?}");
    }
    let landed = event(&base, &acme, 1);
    log.append(&batch(&base, vec![landed.clone()])).await.unwrap();
    let late = batch(&base, vec![event(&base, &acme, 1)]);
    assert_eq!(log.append(&late).await.unwrap(), Appended::Moved);
    assert_eq!(log.read(0, 0, 10).await.unwrap(), [landed]);
}

async fn a_taken_ordinal_or_sequence_moves(database: Arc<Database>) {
    let (log, acme) = (database.log().await, tenant("acme"));
    let base = head(&*log).await;
    let first = event(&base, &acme, 1);
    log.append(&batch(&base, vec![first.clone()])).await.unwrap();
    let base = head_of(&first);
    let taken = [
        changed(event(&base, &acme, 1), |event| event.sequence = 2),
        changed(event(&base, &acme, 2), |event| event.sequence = 1),
    ];
    for taken in taken {
        let refused = batch(&base, vec![taken]);
        assert_eq!(log.append(&refused).await.unwrap(), Appended::Moved);
    }
    assert_eq!(head(&*log).await, base);
}

async fn an_empty_batch_confirms_its_bases_or_denies_them(database: Arc<Database>) {
    let (log, acme) = (database.log().await, tenant("acme"));
    let bases = log.heads().await.unwrap();
    let confirm = Batch { bases, ..Batch::default() };
    assert_eq!(log.append(&confirm).await.unwrap(), Appended::Landed);
    let base = head(&*log).await;
    log.append(&batch(&base, vec![event(&base, &acme, 1)])).await.unwrap();
    assert_eq!(log.append(&confirm).await.unwrap(), Appended::Moved);
}

async fn the_same_batch_twice_stands_once(database: Arc<Database>) {
    let (log, acme) = (database.log().await, tenant("acme"));
    let base = head(&*log).await;
    let written = batch(&base, events(&base, &acme, 1, 3));
    assert_eq!(log.append(&written).await.unwrap(), Appended::Landed);
    assert_eq!(log.append(&written).await.unwrap(), Appended::Moved);
    let found = log.read(0, base.position, 10).await.unwrap();
    assert_eq!(found, written.events);
}
