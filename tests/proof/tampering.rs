//! Whoever alters, deletes, inserts or reorders rows by hand is found, with the first event that
//! does not hold.

use std::sync::Arc;

use eventlog::proof::{Checkpoint, Flaw, NoteError, tenant_origin};

use super::{Sealed, key_of, now, spot};
use crate::contract::sample::{changed, tenant};
use crate::stores::{Database, Place, on_both_stores};

on_both_stores!(
    an_altered_column_is_found,
    a_deleted_row_is_found,
    an_inserted_row_is_found,
    reordered_rows_are_found,
    an_altered_row_with_hashes_that_follow_is_found_by_the_checkpoint,
    reordered_rows_with_hashes_that_follow_are_found_by_the_checkpoint,
    a_record_that_was_cut_off_is_found,
    a_record_that_was_cut_off_with_its_checkpoints_is_found_by_a_note_kept_elsewhere,
    forged_checkpoints_are_found,
    a_tenant_whose_place_is_gone_is_found,
);

/// Twelve events of `acme` and four of `beta` among each other, sealed at 8 and 12, and one more.
async fn sealed(database: &Database) -> Sealed {
    let mut sealed = Sealed::begin(database).await;
    sealed.add("acme", 5).await;
    sealed.add("beta", 2).await;
    sealed.add("acme", 3).await;
    sealed.seal().await;
    sealed.add("beta", 2).await;
    sealed.add("acme", 4).await;
    sealed.seal().await;
    sealed.add("acme", 1).await;
    assert!(sealed.verdict().await.holds());
    sealed
}

const COLUMNS: [&str; 16] = [
    "payload = (SELECT payload FROM events WHERE position = 1)",
    "payload_hash = leaf_hash",
    "leaf_hash = payload_hash",
    "aggregate_kind = 'other'",
    "aggregate_id = 'other'",
    "sequence = 1000",
    "event_type = 'group.deleted'",
    "event_version = 2",
    "resource_owner = 'other'",
    "actor_home = 'other'",
    "actor_kind = 'user'",
    "actor_id = 'other'",
    "command = 'Other'",
    "correlation = 'other'",
    "caller_address = NULL",
    "created_at = created_at - 1",
];

/// Each statement meets event 6 of `acme`, and is undone by a fresh database for each of a few.
async fn an_altered_column_is_found(database: Arc<Database>) {
    let sealed = sealed(&database).await;
    let sixth = "WHERE tenant = 'acme' AND ordinal = 6";
    database.tamper(&format!("CREATE TABLE kept AS SELECT * FROM events {sixth}")).await;
    for set in COLUMNS {
        database.tamper(&format!("UPDATE events SET {set} {sixth}")).await;
        let verdict = sealed.verdict().await;
        let first = verdict.first().unwrap();
        assert_eq!(spot(first), (Some("acme"), Some(6)), "{set}: {first}");
        assert_eq!(verdict.findings.len(), 1, "{set}: {:?}", verdict.findings);
        let back = format!("DELETE FROM events {sixth}; INSERT INTO events SELECT * FROM kept");
        database.tamper(&back).await;
        assert!(sealed.verdict().await.holds(), "{set} is undone");
    }
    for set in ["actor_kind = 'ghost'", "command_id = leaf_hash"] {
        database.tamper(&format!("UPDATE events SET {set} {sixth}")).await;
        let verdict = sealed.verdict().await;
        let first = verdict.first().unwrap();
        assert!(matches!(first.flaw, Flaw::Unreadable(_)), "{set}: {first}");
        assert_eq!(spot(first), (Some("acme"), Some(6)), "{set}: {first}");
    }
}

async fn first_of(sealed: &Sealed) -> (Option<String>, Option<i64>, Flaw) {
    let verdict = sealed.verdict().await;
    let first = verdict.first().unwrap();
    let (tenant, ordinal) = spot(first);
    (tenant.map(str::to_owned), ordinal, first.flaw.clone())
}

fn acme(ordinal: i64, flaw: Flaw) -> (Option<String>, Option<i64>, Flaw) {
    (Some("acme".to_owned()), Some(ordinal), flaw)
}

async fn a_deleted_row_is_found(database: Arc<Database>) {
    let sealed = sealed(&database).await;
    database.tamper("DELETE FROM events WHERE tenant = 'acme' AND ordinal = 3").await;
    assert_eq!(first_of(&sealed).await, acme(3, Flaw::Missing { found: 4 }));
    // Even where positions are made dense again.
    let close = "UPDATE events SET position = position + 1000 WHERE position > 3; \
                 UPDATE events SET position = position - 1001 WHERE position > 1000";
    database.tamper(close).await;
    assert_eq!(first_of(&sealed).await, acme(3, Flaw::Missing { found: 4 }));
}

const COPY: &str = "event_type, event_version, payload, payload_hash, leaf_hash, resource_owner, \
     actor_home, actor_kind, actor_id, actor_authenticated, command, command_id, correlation, \
     caller_address, created_at FROM events WHERE tenant = 'acme' AND ordinal = 5";

fn insert(position: i64, ordinal: i64) -> String {
    format!(
        "INSERT INTO events SELECT partition, {position}, tenant, {ordinal}, aggregate_kind, \
         'copy', sequence, {COPY}"
    )
}

async fn an_inserted_row_is_found(database: Arc<Database>) {
    let sealed = sealed(&database).await;
    let make_room = "UPDATE events SET position = position + 1000 WHERE position >= 2; \
         UPDATE events SET position = position - 999 WHERE position >= 1000; \
         UPDATE events SET ordinal = ordinal + 1000 WHERE tenant = 'acme' AND ordinal >= 2; \
         UPDATE events SET ordinal = ordinal - 999 WHERE tenant = 'acme' AND ordinal >= 1000";
    // Behind the last one, where nothing is sealed yet, a copy's own hash gives it away.
    database.tamper(&insert(18, 14)).await;
    assert_eq!(first_of(&sealed).await, acme(14, Flaw::Envelope));
    database.tamper("DELETE FROM events WHERE position = 18").await;
    assert!(sealed.verdict().await.holds());
    // Where no reader looks.
    database.tamper(&insert(1, 900).replace("SELECT partition,", "SELECT 77,")).await;
    let verdict = sealed.verdict().await;
    let stray = verdict.first().unwrap();
    assert_eq!((stray.partition, &stray.flaw), (Some(77), &Flaw::NoPartition));
    database.tamper("DELETE FROM events WHERE partition = 77").await;
    // In the midst.
    database.tamper(&format!("{make_room}; {}", insert(2, 2))).await;
    assert_eq!(first_of(&sealed).await, acme(2, Flaw::Envelope));
}

async fn reordered_rows_are_found(database: Arc<Database>) {
    let sealed = sealed(&database).await;
    let swap = "UPDATE events SET ordinal = 1000 WHERE tenant = 'acme' AND ordinal = 3; \
         UPDATE events SET ordinal = 3 WHERE tenant = 'acme' AND ordinal = 4; \
         UPDATE events SET ordinal = 4 WHERE tenant = 'acme' AND ordinal = 1000";
    database.tamper(swap).await;
    let (tenant, ordinal, flaw) = first_of(&sealed).await;
    assert_eq!((tenant.as_deref(), ordinal), (Some("acme"), Some(3)), "{flaw}");
    database.tamper(swap).await;
    assert!(sealed.verdict().await.holds());
    let swap = "UPDATE events SET position = 1000 WHERE position = 3; \
         UPDATE events SET position = 3 WHERE position = 4; \
         UPDATE events SET position = 4 WHERE position = 1000";
    database.tamper(swap).await;
    assert_eq!(first_of(&sealed).await, acme(3, Flaw::Missing { found: 4 }));
}

/// Writes an event over the one that stands at its position, as somebody who knows how hashes are
/// made would.
async fn overwrite(database: &Database, event: &eventlog::Recorded) {
    let bytes = |bytes: &[u8]| {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match database.place {
            Place::DataDir(_) => format!("x'{hex}'"),
            Place::Url(_) => format!(r"'\x{hex}'"),
        }
    };
    let (payload, hash) = (bytes(&event.payload), bytes(&event.payload_hash.0));
    let (leaf, ordinal, actor) = (bytes(&event.leaf_hash.0), event.ordinal, &event.actor.id);
    let statement = format!(
        "UPDATE events SET payload = {payload}, payload_hash = {hash}, leaf_hash = {leaf}, \
         ordinal = {ordinal}, actor_id = '{actor}', sequence = {} WHERE position = {}",
        event.sequence, event.position
    );
    database.tamper(&statement).await;
}

async fn an_altered_row_with_hashes_that_follow_is_found_by_the_checkpoint(
    database: Arc<Database>,
) {
    let sealed = sealed(&database).await;
    let events = sealed.events_of("acme").await;
    for (ordinal, first, to) in [(10_usize, 9, 12), (2, 1, 8)] {
        let forged = changed(events[ordinal - 1].clone(), |event| {
            event.payload = br#"{"group":666}"#.to_vec();
            "somebody".clone_into(&mut event.actor.id);
        });
        overwrite(&database, &forged).await;
        assert!(sealed.log.read(0, 0, 100).await.is_ok(), "nothing else would find it");
        assert_eq!(first_of(&sealed).await, acme(first, Flaw::Root { to }));
        overwrite(&database, &events[ordinal - 1]).await;
        assert!(sealed.verdict().await.holds());
    }
}

async fn reordered_rows_with_hashes_that_follow_are_found_by_the_checkpoint(
    database: Arc<Database>,
) {
    let sealed = sealed(&database).await;
    let events = sealed.events_of("acme").await;
    let payload = |ordinal: usize| events[ordinal - 1].payload.clone();
    for (ordinal, with) in [(10_usize, 11_usize), (11, 10)] {
        let forged = changed(events[ordinal - 1].clone(), |event| event.payload = payload(with));
        overwrite(&database, &forged).await;
    }
    assert_eq!(first_of(&sealed).await, acme(9, Flaw::Root { to: 12 }));
}

async fn a_record_that_was_cut_off_is_found(database: Arc<Database>) {
    let sealed = sealed(&database).await;
    database.tamper("DELETE FROM events WHERE tenant = 'acme' AND ordinal > 12").await;
    assert!(sealed.verdict().await.holds(), "what was not sealed is not missed");
    database.tamper("DELETE FROM events WHERE tenant = 'acme' AND ordinal > 10").await;
    assert_eq!(first_of(&sealed).await, acme(11, Flaw::CutOff { sealed: 12 }));
    database.tamper("DELETE FROM events WHERE tenant = 'beta'").await;
    let verdict = sealed.verdict().await;
    let beta = verdict.findings.iter().find(|found| spot(found) == (Some("beta"), Some(1)));
    assert_eq!(beta.unwrap().flaw, Flaw::CutOff { sealed: 2 });
}

async fn a_record_that_was_cut_off_with_its_checkpoints_is_found_by_a_note_kept_elsewhere(
    database: Arc<Database>,
) {
    let sealed = sealed(&database).await;
    let note = sealed.note("acme").await;
    let key = key_of(&sealed.log, "a");
    let origin = tenant_origin(sealed.log.installation(), &tenant("acme"));
    let pinned = Checkpoint::verify(&note, key.verifier(), &origin).unwrap();
    assert!(sealed.verdict_with("a", Some(&pinned)).await.holds());
    database.tamper("DELETE FROM events WHERE position > 10").await;
    database.tamper("DELETE FROM tenant_checkpoints WHERE entry > 2").await;
    database.tamper("DELETE FROM installation_checkpoints WHERE size > 2").await;
    assert!(sealed.verdict().await.holds(), "all of it together looks like an older record");
    let verdict = sealed.verdict_with("a", Some(&pinned)).await;
    let first = verdict.first().unwrap();
    assert_eq!(spot(first), (Some("acme"), Some(9)), "{first}");
    assert_eq!(first.flaw, Flaw::CutOff { sealed: 12 });
}

async fn forged_checkpoints_are_found(database: Arc<Database>) {
    let sealed = sealed(&database).await;
    let verdict = sealed.verdict_with("b", None).await;
    let first = verdict.first().unwrap();
    assert_eq!(first.flaw, Flaw::Note(NoteError::OtherKey), "signed by another: {first}");
    assert_eq!(spot(first), (Some("beta"), Some(2)));
    database.tamper("CREATE TABLE kept AS SELECT * FROM tenant_checkpoints").await;
    let forged = {
        let origin = tenant_origin(sealed.log.installation(), &tenant("acme"));
        let root = sealed.events_of("acme").await[0].leaf_hash;
        Checkpoint { origin, size: 12, root, signed_at: now() }.sign(&key_of(&sealed.log, "b"))
    };
    for (set, flaw) in [
        ("root = (SELECT root FROM kept WHERE entry = 1)".to_owned(), Flaw::OtherNote),
        ("signed_at = signed_at + 1".to_owned(), Flaw::OtherNote),
        ("note = replace(note, 'time 2', 'time 1')".to_owned(), Flaw::Note(NoteError::Forged)),
        (format!("note = '{forged}'"), Flaw::Note(NoteError::OtherKey)),
        ("note = 'nonsense'".to_owned(), Flaw::Note(NoteError::Malformed("it has no blank line"))),
    ] {
        let at = "WHERE tenant = 'acme' AND size = 12";
        database.tamper(&format!("UPDATE tenant_checkpoints SET {set} {at}")).await;
        assert_eq!(first_of(&sealed).await, acme(12, flaw), "{set}");
        let back = "DELETE FROM tenant_checkpoints; \
                    INSERT INTO tenant_checkpoints SELECT * FROM kept";
        database.tamper(back).await;
        assert!(sealed.verdict().await.holds());
    }
    database.tamper("DELETE FROM tenant_checkpoints WHERE entry = 3").await;
    let verdict = sealed.verdict().await;
    assert!(verdict.findings.iter().any(|it| it.flaw == Flaw::EntryMissing), "{verdict:?}");
}

async fn a_tenant_whose_place_is_gone_is_found(database: Arc<Database>) {
    let sealed = sealed(&database).await;
    database.tamper("DELETE FROM placements WHERE tenant = 'acme'").await;
    assert_eq!(first_of(&sealed).await, acme(1, Flaw::Misplaced));
}
