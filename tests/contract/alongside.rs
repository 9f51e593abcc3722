//! What is written in the same statement as events: answers, secrets, places of tenants.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use eventlog::{
    Answer, AnswerKey, Appended, Batch, Hash, LogError, Placement, VaultKind, VaultRow, VaultWrite,
};
use uuid::Uuid;

use super::sample::{batch, events, head, tenant};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    an_answer_is_found_until_it_expires,
    a_taken_key_refuses_the_whole_batch,
    an_expired_answer_makes_room_for_another,
    a_secret_is_found_by_its_public_id,
    a_taken_public_id_refuses_the_whole_batch,
    secrets_that_one_batch_makes_and_drops,
    a_tenant_has_one_place,
    a_batch_that_moved_leaves_nothing_beside,
);

fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn answer(key: &str, answered_at: DateTime<Utc>) -> Answer {
    Answer {
        key: AnswerKey {
            partition: 0,
            tenant: tenant("acme"),
            actor: "acme/user/ada".to_owned(),
            key: key.to_owned(),
        },
        fingerprint: Hash([7; 32]),
        command_id: Uuid::now_v7(),
        sealed: b"sealed".to_vec(),
        answered_at,
        expires_at: answered_at + TimeDelta::hours(24),
    }
}

fn secret(public_id: &str, sealed: &[u8]) -> VaultRow {
    VaultRow {
        kind: VaultKind::Bearer,
        public_id: public_id.to_owned(),
        tenant: tenant("acme"),
        owner: "ada".to_owned(),
        sealed: sealed.to_vec(),
    }
}

fn insert(row: &VaultRow) -> VaultWrite {
    VaultWrite::Insert(row.clone())
}

fn delete(row: &VaultRow) -> VaultWrite {
    VaultWrite::Delete {
        kind: row.kind,
        public_id: row.public_id.clone(),
        tenant: row.tenant.clone(),
    }
}

/// One event, and a place for what goes with it.
async fn next(log: &dyn eventlog::EventLog) -> Batch {
    let base = head(log).await;
    batch(&base, events(&base, &tenant("acme"), base.position + 1, 1))
}

async fn an_answer_is_found_until_it_expires(database: Arc<Database>) {
    let log = database.log().await;
    let given = answer("k", instant(0));
    let with = Batch { answers: vec![given.clone()], ..next(&*log).await };
    assert_eq!(log.append(&with).await.unwrap(), Appended::Landed);
    let found = log.answer(&given.key, instant(100)).await.unwrap();
    assert_eq!(found.as_ref(), Some(&given));
    let other = AnswerKey { actor: "acme/user/bob".to_owned(), ..given.key.clone() };
    assert_eq!(log.answer(&other, instant(100)).await.unwrap(), None);
    assert_eq!(log.answer(&given.key, given.expires_at).await.unwrap(), None);
    // An answer may also stand alone, for a command that had nothing to change.
    let alone =
        Batch { events: Vec::new(), answers: vec![answer("l", instant(0))], ..next(&*log).await };
    assert_eq!(log.append(&alone).await.unwrap(), Appended::Landed);
}

async fn a_taken_key_refuses_the_whole_batch(database: Arc<Database>) {
    let log = database.log().await;
    let first = Batch { answers: vec![answer("k", instant(0))], ..next(&*log).await };
    log.append(&first).await.unwrap();
    let clash = vec![answer("j", instant(1)), answer("k", instant(1))];
    let second =
        Batch { answers: clash, vault: vec![insert(&secret("t", b"x"))], ..next(&*log).await };
    assert!(matches!(log.append(&second).await, Err(LogError::AnswerTaken)));
    assert_eq!(head(&*log).await.position, 1);
    assert_eq!(log.vault(VaultKind::Bearer, "t").await.unwrap(), None);
    assert_eq!(log.answer(&answer("j", instant(1)).key, instant(2)).await.unwrap(), None);
}

async fn an_expired_answer_makes_room_for_another(database: Arc<Database>) {
    let log = database.log().await;
    let first = answer("k", instant(0));
    log.append(&Batch { answers: vec![first.clone()], ..next(&*log).await }).await.unwrap();
    let second = answer("k", first.expires_at);
    let again = Batch { answers: vec![second.clone()], ..next(&*log).await };
    assert_eq!(log.append(&again).await.unwrap(), Appended::Landed);
    assert_eq!(log.answer(&second.key, second.answered_at).await.unwrap(), Some(second));
}

async fn a_secret_is_found_by_its_public_id(database: Arc<Database>) {
    let log = database.log().await;
    let (one, two) = (secret("one", b"1"), secret("two", b"2"));
    let with = Batch { vault: vec![insert(&one), insert(&two)], ..next(&*log).await };
    assert_eq!(log.append(&with).await.unwrap(), Appended::Landed);
    assert_eq!(log.vault(VaultKind::Bearer, "one").await.unwrap(), Some(one.clone()));
    assert_eq!(log.vault(VaultKind::EdgeGrid, "one").await.unwrap(), None);
    assert_eq!(log.vault_of(VaultKind::Bearer, &one.tenant).await.unwrap(), [one.clone(), two]);
    assert_eq!(log.vault_of(VaultKind::Bearer, &tenant("other")).await.unwrap(), []);
    let without = Batch { vault: vec![delete(&one)], ..next(&*log).await };
    assert_eq!(log.append(&without).await.unwrap(), Appended::Landed);
    assert_eq!(log.vault(VaultKind::Bearer, "one").await.unwrap(), None);
    assert_eq!(log.append(&Batch { ..next(&*log).await }).await.unwrap(), Appended::Landed);
}

async fn a_taken_public_id_refuses_the_whole_batch(database: Arc<Database>) {
    let log = database.log().await;
    let taken = secret("taken", b"1");
    log.append(&Batch { vault: vec![insert(&taken)], ..next(&*log).await }).await.unwrap();
    let clash = vec![insert(&secret("new", b"3")), insert(&secret("taken", b"2"))];
    let refused =
        Batch { vault: clash, answers: vec![answer("k", instant(0))], ..next(&*log).await };
    assert!(matches!(log.append(&refused).await, Err(LogError::VaultTaken)));
    assert_eq!(head(&*log).await.position, 1);
    assert_eq!(log.vault_of(VaultKind::Bearer, &taken.tenant).await.unwrap(), [taken]);
    assert_eq!(log.answer(&answer("k", instant(0)).key, instant(1)).await.unwrap(), None);
}

async fn secrets_that_one_batch_makes_and_drops(database: Arc<Database>) {
    let log = database.log().await;
    let (old, new) = (secret("a", b"old"), secret("a", b"new"));
    let brief = secret("b", b"brief");
    log.append(&Batch { vault: vec![insert(&old)], ..next(&*log).await }).await.unwrap();
    let vault = vec![delete(&old), insert(&new), insert(&brief), delete(&brief)];
    let both = Batch { vault, ..next(&*log).await };
    assert_eq!(log.append(&both).await.unwrap(), Appended::Landed);
    assert_eq!(log.vault_of(VaultKind::Bearer, &old.tenant).await.unwrap(), [new]);
}

async fn a_tenant_has_one_place(database: Arc<Database>) {
    let log = database.log().await;
    let place = |name: &str| Placement { tenant: tenant(name), partition: 0 };
    let with = Batch { placements: vec![place("acme"), place("beta")], ..next(&*log).await };
    assert_eq!(log.append(&with).await.unwrap(), Appended::Landed);
    assert_eq!(log.placements().await.unwrap(), [place("acme"), place("beta")]);
    assert_eq!(log.placement(&tenant("beta")).await.unwrap(), Some(place("beta")));
    assert_eq!(log.placement(&tenant("none")).await.unwrap(), None);
    let again = Batch { placements: vec![place("acme")], ..next(&*log).await };
    assert!(matches!(log.append(&again).await, Err(LogError::TenantTaken)));
    assert_eq!(head(&*log).await.position, 1);
}

async fn a_batch_that_moved_leaves_nothing_beside(database: Arc<Database>) {
    let log = database.log().await;
    let late = Batch {
        answers: vec![answer("k", instant(0))],
        vault: vec![insert(&secret("t", b"x"))],
        placements: vec![Placement { tenant: tenant("acme"), partition: 0 }],
        ..next(&*log).await
    };
    log.append(&next(&*log).await).await.unwrap();
    assert_eq!(log.append(&late).await.unwrap(), Appended::Moved);
    assert_eq!(log.answer(&late.answers[0].key, instant(1)).await.unwrap(), None);
    assert_eq!(log.vault(VaultKind::Bearer, "t").await.unwrap(), None);
    assert_eq!(log.placements().await.unwrap(), []);
}
