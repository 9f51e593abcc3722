//! What the installation counts and keeps beside its events.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use domain::TenantId;
use eventlog::{
    Answer, AnswerKey, Appended, Hash, Key, Keyring, LogError, MasterKey, Snapshot, VaultKind,
    VaultWrite,
};
use futures::future::join_all;
use uuid::Uuid;

use super::sample::{batch, changed, event, head, tenant};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    nobody_gets_another_ones_ids,
    a_nonce_is_taken_once,
    what_expired_is_purged,
    a_snapshot_is_found_by_its_fold_version,
    snapshots_go_with_whoever_is_erased_and_do_not_come_back,
    another_master_key_is_refused_by_name,
);

async fn nobody_gets_another_ones_ids(database: Arc<Database>) {
    let nodes = join_all((0..3).map(|_| database.log())).await;
    let blocks = join_all((0..30).map(|n| nodes[n % 3].reserve_ids(16))).await;
    let firsts: BTreeSet<i64> = blocks.into_iter().map(Result::unwrap).collect();
    let expected: BTreeSet<i64> = (0..30).map(|n| 1000 + 16 * n).collect();
    assert_eq!(firsts, expected);
    let past_the_end = nodes[0].reserve_ids(1 << 53).await;
    assert!(matches!(past_the_end, Err(LogError::Unusable(_))), "{past_the_end:?}");
    assert_eq!(nodes[0].reserve_ids(1).await.unwrap(), 1480);
}

async fn a_nonce_is_taken_once(database: Arc<Database>) {
    let nodes = join_all((0..2).map(|_| database.log())).await;
    let until = DateTime::UNIX_EPOCH;
    let tries = join_all((0..10).map(|n| nodes[n % 2].take_nonce("client", "n-1", until))).await;
    assert_eq!(tries.into_iter().filter(|taken| *taken.as_ref().unwrap()).count(), 1);
    assert!(nodes[0].take_nonce("other", "n-1", until).await.unwrap());
}

async fn what_expired_is_purged(database: Arc<Database>) {
    let log = database.log().await;
    let instant = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
    for nonce in 0..5 {
        log.take_nonce("client", &nonce.to_string(), instant(nonce)).await.unwrap();
    }
    let key = AnswerKey {
        partition: 0,
        tenant: tenant("acme"),
        actor: "a".to_owned(),
        key: "k".to_owned(),
    };
    let answer = Answer {
        key: key.clone(),
        fingerprint: Hash([0; 32]),
        command_id: Uuid::nil(),
        sealed: Vec::new(),
        answered_at: instant(0),
        expires_at: instant(2),
    };
    let mut kept = batch(&head(&*log).await, Vec::new());
    kept.answers = vec![answer];
    log.append(&kept).await.unwrap();
    assert_eq!(log.purge(instant(2)).await.unwrap(), 4);
    assert_eq!(log.purge(instant(2)).await.unwrap(), 0);
    assert_eq!(log.answer(&key, instant(0)).await.unwrap(), None);
    assert!(!log.take_nonce("client", "3", instant(9)).await.unwrap());
}

async fn a_snapshot_is_found_by_its_fold_version(database: Arc<Database>) {
    let log = database.log().await;
    let old = Snapshot {
        tenant: tenant("acme"),
        partition: 0,
        fold_version: 1,
        ordinal: 10,
        position: 12,
        leaf_hash: Hash([3; 32]),
        sealed: vec![0; 100_000],
    };
    log.save_snapshot(&old).await.unwrap();
    assert_eq!(log.load_snapshot(&old.tenant, 1).await.unwrap().as_ref(), Some(&old));
    assert_eq!(log.load_snapshot(&old.tenant, 2).await.unwrap(), None);
    let new = Snapshot { fold_version: 2, ordinal: 20, position: 22, ..old };
    log.save_snapshot(&new).await.unwrap();
    assert_eq!(log.load_snapshot(&new.tenant, 1).await.unwrap(), None);
    assert_eq!(log.load_snapshot(&new.tenant, 2).await.unwrap(), Some(new));
}

async fn snapshots_go_with_whoever_is_erased_and_do_not_come_back(database: Arc<Database>) {
    let log = database.log().await;
    let acme = tenant("acme");
    let snapshot = |tenant: &TenantId, ordinal| Snapshot {
        tenant: tenant.clone(),
        partition: 0,
        fold_version: 1,
        ordinal,
        position: ordinal,
        leaf_hash: Hash([3; 32]),
        sealed: vec![7; 100],
    };
    let other = tenant("other");
    for tenant in [&acme, &other] {
        log.save_snapshot(&snapshot(tenant, 0)).await.unwrap();
    }
    let first = head(&*log).await;
    let erased = changed(event(&first, &acme, 1), |event| {
        "subject.erased".clone_into(&mut event.event_type);
    });
    let mut gone = batch(&first, vec![erased]);
    let (kind, public_id) = (VaultKind::SubjectKey, "acme/A-B-1".to_owned());
    gone.vault = vec![VaultWrite::Delete { kind, public_id, tenant: acme.clone() }];
    assert_eq!(log.append(&gone).await.unwrap(), Appended::Landed);
    log.scrub().await.unwrap();
    assert_eq!(log.load_snapshot(&acme, 1).await.unwrap(), None);
    assert!(log.load_snapshot(&other, 1).await.unwrap().is_some());
    // Somebody folded it before that, and is late to keep it.
    log.save_snapshot(&snapshot(&acme, 0)).await.unwrap();
    assert_eq!(log.load_snapshot(&acme, 1).await.unwrap(), None);
    log.save_snapshot(&snapshot(&acme, 1)).await.unwrap();
    assert!(log.load_snapshot(&acme, 1).await.unwrap().is_some());
}

async fn another_master_key_is_refused_by_name(database: Arc<Database>) {
    let [right, wrong] = [(); 2].map(|()| MasterKey(Key::draw().unwrap()));
    Keyring::new(database.log().await, right.clone()).verify_master().await.unwrap();
    Keyring::new(database.log().await, right).verify_master().await.unwrap();
    let refused = Keyring::new(database.log().await, wrong).verify_master().await.unwrap_err();
    assert!(refused.to_string().contains("the master key is not the one"), "{refused}");
}
