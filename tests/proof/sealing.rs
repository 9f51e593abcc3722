//! The sealer: what it seals, how it goes on, and what it does not seal.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use api::settings::Settings;
use commands::SystemClock;
use eventlog::MasterKey;
use eventlog::proof::{
    Audit, Checkpoint, Finding, Flaw, SigningKey, installation_origin, tenant_origin,
};
use serde_json::{Value, json};

use super::{Sealed, key_of, now, sealer, spot};
use crate::contract::sample::tenant;
use crate::program::{Home, MASTER_KEY, client, serve_here};
use crate::stores::{Database, on_both_stores};
use crate::world::Reply;

on_both_stores!(
    what_is_new_is_sealed_once,
    notes_say_what_was_sealed,
    another_sealer_goes_on,
    nodes_that_seal_at_once_agree,
    a_tenant_that_does_not_hold_is_not_sealed,
    a_checkpoint_whose_events_are_gone_raises_an_alarm,
    a_tail_that_vanished_raises_an_alarm,
    a_forged_checkpoint_raises_an_alarm,
    a_missing_entry_stops_everything,
    what_was_put_right_is_sealed_on,
    the_alarm_of_a_server_ends_when_the_record_is_put_right,
);

async fn what_is_new_is_sealed_once(database: Arc<Database>) {
    let mut sealed = Sealed::begin(&database).await;
    assert_eq!(sealed.seal().await, eventlog::proof::Round::default(), "there is nothing");
    sealed.add("acme", 7).await;
    sealed.add("beta", 3).await;
    sealed.add("acme", 2).await;
    let round = sealed.seal().await;
    assert_eq!((round.events, round.checkpoints, round.found.len()), (12, 2, 0));
    let first = sealed.events_of("acme").await[0].created_at;
    assert_eq!(round.oldest, Some(first));
    assert_eq!(sealed.seal().await.events, 0);
    sealed.add("beta", 1).await;
    let round = sealed.seal().await;
    assert_eq!((round.events, round.checkpoints), (1, 1));
    let verdict = sealed.verdict().await;
    assert_eq!((verdict.events, verdict.checkpoints, verdict.unsealed), (13, 3, 0));
    assert!(verdict.holds(), "{:?}", verdict.findings);
    sealed.add("beta", 2).await;
    assert_eq!(sealed.verdict().await.unsealed, 2);
}

async fn notes_say_what_was_sealed(database: Arc<Database>) {
    let mut sealed = Sealed::begin(&database).await;
    sealed.add("acme", 3).await;
    sealed.seal().await;
    let (key, installation) = (key_of(&sealed.log, "a"), sealed.log.installation());
    let origin = tenant_origin(installation, &tenant("acme"));
    let note = sealed.note("acme").await;
    let checkpoint = Checkpoint::verify(&note, key.verifier(), &origin).unwrap();
    assert_eq!((checkpoint.size, checkpoint.signed_at), (3, now()));
    let store = sealed.log.proofs().unwrap();
    let heads = store.installation_heads(0, 10).await.unwrap();
    let origin = installation_origin(installation);
    let checkpoint = Checkpoint::verify(&heads[0].note, key.verifier(), &origin).unwrap();
    assert_eq!((heads.len(), checkpoint.size), (1, 1));
    assert!(Checkpoint::verify(&note, key_of(&sealed.log, "b").verifier(), &origin).is_err());
}

async fn another_sealer_goes_on(database: Arc<Database>) {
    let mut sealed = Sealed::begin(&database).await;
    for (count, size) in [(300, 300), (1, 301), (211, 512), (5, 517)] {
        sealed.add("acme", count).await;
        // As after a restart: nothing is left in memory.
        sealed.sealer = sealer(&sealed.log);
        let round = sealed.seal().await;
        assert_eq!(round.events, u64::try_from(count).unwrap());
        let store = sealed.log.proofs().unwrap();
        let head = store.head_of(&tenant("acme"), i64::MAX).await.unwrap().unwrap();
        assert_eq!(head.head.size, size);
    }
    assert!(sealed.verdict().await.holds());
    // Hashes that save time are no truth: they are made again.
    database.tamper("DELETE FROM tree_tiles WHERE tree = 'acme'").await;
    sealed.sealer = sealer(&sealed.log);
    sealed.add("acme", 300).await;
    assert_eq!(sealed.seal().await.found, []);
    let store = sealed.log.proofs().unwrap();
    assert_eq!(store.tile("acme", 1, 0).await.unwrap().len(), 3);
    let verdict = sealed.verdict().await;
    assert!(verdict.holds() && verdict.checkpoints == 5, "{verdict:?}");
}

async fn nodes_that_seal_at_once_agree(database: Arc<Database>) {
    let mut sealed = Sealed::begin(&database).await;
    let other = database.log().await;
    let mut second = sealer(&other);
    for count in [1, 5, 40, 3] {
        sealed.add("acme", count).await;
        sealed.add("beta", count).await;
        let (one, two) = tokio::join!(sealed.sealer.round(now()), second.round(now()));
        assert!(one.unwrap().found.is_empty() && two.unwrap().found.is_empty());
    }
    sealed.seal().await;
    second.round(now()).await.unwrap();
    let verdict = sealed.verdict().await;
    assert!(verdict.holds(), "{:?}", verdict.findings);
    assert_eq!((verdict.events, verdict.unsealed), (98, 0));
    assert!((8..=10).contains(&verdict.checkpoints), "{verdict:?}");
}

async fn a_tenant_that_does_not_hold_is_not_sealed(database: Arc<Database>) {
    let mut sealed = Sealed::begin(&database).await;
    sealed.add("acme", 4).await;
    sealed.seal().await;
    sealed.add("acme", 3).await;
    sealed.add("beta", 2).await;
    database.tamper("UPDATE events SET actor_id = 'x' WHERE tenant = 'acme' AND ordinal = 6").await;
    let round = sealed.seal().await;
    let found = round.found.iter().find(|found| found.tenant.is_some()).unwrap();
    assert_eq!((spot(found), &found.flaw), ((Some("acme"), Some(6)), &Flaw::Envelope));
    let store = sealed.log.proofs().unwrap();
    let beta = store.head_of(&tenant("beta"), i64::MAX).await.unwrap().unwrap();
    assert_eq!(beta.head.size, 2, "the other is sealed");
    let acme = store.head_of(&tenant("acme"), i64::MAX).await.unwrap().unwrap();
    assert!(acme.head.size < 6, "{acme:?}");
    sealed.add("acme", 1).await;
    let quiet = sealed.seal().await;
    assert_eq!((quiet.events, quiet.found.len()), (0, 0), "it was told once");
    sealed.sealer = sealer(&sealed.log);
    let again = sealed.seal().await;
    assert!(again.found.iter().any(|found| spot(found) == (Some("acme"), Some(6))), "{again:?}");
}

async fn a_checkpoint_whose_events_are_gone_raises_an_alarm(database: Arc<Database>) {
    drop(database.log().await);
    for (sealed_at, kept) in [(4, 2), (256, 255), (512, 300)] {
        database
            .tamper("DELETE FROM tenant_checkpoints; DELETE FROM installation_checkpoints")
            .await;
        database.tamper("DELETE FROM tree_tiles; DELETE FROM events WHERE position > 0").await;
        database.tamper("DELETE FROM placements").await;
        let mut sealed = Sealed::begin(&database).await;
        sealed.add("acme", sealed_at).await;
        sealed.seal().await;
        database.tamper(&format!("DELETE FROM events WHERE ordinal > {kept}")).await;
        sealed.sealer = sealer(&sealed.log);
        let round = sealed.seal().await;
        let size = i64::try_from(sealed_at).unwrap();
        assert_eq!(spot(&round.found[0]), (Some("acme"), Some(kept + 1)), "{round:?}");
        assert_eq!(round.found[0].flaw, Flaw::CutOff { sealed: size });
        // Others in their place do not pass for them.
        sealed.add("acme", sealed_at).await;
        sealed.sealer = sealer(&sealed.log);
        let round = sealed.seal().await;
        assert_eq!((round.events, round.found.len()), (0, 1), "{round:?}");
        assert_eq!(round.found[0].flaw, Flaw::Root { to: size });
    }
}

async fn a_tail_that_vanished_raises_an_alarm(database: Arc<Database>) {
    let mut sealed = Sealed::begin(&database).await;
    sealed.add("acme", 6).await;
    sealed.seal().await;
    database.tamper("DELETE FROM events WHERE position > 3").await;
    let round = sealed.seal().await;
    assert_eq!((round.found[0].position, &round.found[0].flaw), (Some(4), &Flaw::Hole));
    assert_eq!(spot(&round.found[1]), (Some("acme"), Some(4)), "{round:?}");
}

async fn a_forged_checkpoint_raises_an_alarm(database: Arc<Database>) {
    let mut sealed = Sealed::begin(&database).await;
    sealed.add("acme", 6).await;
    sealed.seal().await;
    database.tamper("UPDATE tenant_checkpoints SET signed_at = signed_at + 1").await;
    sealed.add("acme", 1).await;
    sealed.sealer = sealer(&sealed.log);
    let round = sealed.seal().await;
    assert!(!round.found.is_empty() && round.checkpoints == 0, "{round:?}");
}

async fn a_missing_entry_stops_everything(database: Arc<Database>) {
    let mut sealed = Sealed::begin(&database).await;
    for _ in 0..3 {
        sealed.add("acme", 1).await;
        sealed.seal().await;
    }
    database.tamper("DELETE FROM installation_checkpoints WHERE size = 3").await;
    database.tamper("DELETE FROM tenant_checkpoints WHERE entry = 2").await;
    sealed.add("beta", 1).await;
    sealed.sealer = sealer(&sealed.log);
    let outcome = sealed.sealer.round(now()).await;
    let is_stopped = outcome.is_err() || outcome.is_ok_and(|round| round.found.len() == 1);
    assert!(is_stopped);
    let store = sealed.log.proofs().unwrap();
    assert_eq!(store.head_of(&tenant("beta"), i64::MAX).await.unwrap(), None);
}

fn said(findings: &[Finding]) -> BTreeSet<String> {
    findings.iter().map(Finding::to_string).collect()
}

/// What was found stays as it is until it is undone; then nothing is left of it.
async fn put_right(database: &Database, sealed: &mut Sealed, undo: &str) {
    let found = sealed.seal().await.found;
    assert!(!found.is_empty());
    for _ in 0..2 {
        let left = sealed.sealer.look_again(&found, now()).await.unwrap();
        assert_eq!(said(&left), said(&found));
        assert_eq!(sealed.seal().await.events, 0);
    }
    database.tamper(undo).await;
    assert_eq!(sealed.sealer.look_again(&found, now()).await.unwrap(), []);
}

async fn what_was_put_right_is_sealed_on(database: Arc<Database>) {
    let mut sealed = Sealed::begin(&database).await;
    sealed.add("acme", 4).await;
    sealed.seal().await;
    // An altered row.
    sealed.add("acme", 3).await;
    let sixth = "WHERE tenant = 'acme' AND ordinal = 6";
    database.tamper(&format!("CREATE TABLE kept AS SELECT * FROM events {sixth}")).await;
    database.tamper(&format!("UPDATE events SET actor_id = 'x' {sixth}")).await;
    let undo = format!("DELETE FROM events {sixth}; INSERT INTO events SELECT * FROM kept");
    put_right(&database, &mut sealed, &undo).await;
    sealed.add("acme", 1).await;
    let round = sealed.seal().await;
    assert_eq!((round.events, round.found), (3, vec![]), "the fifth was sealed before");
    // A tail that vanished.
    let tail = "WHERE partition = 0 AND position > 5";
    database.tamper(&format!("CREATE TABLE tail AS SELECT * FROM events {tail}")).await;
    database.tamper(&format!("DELETE FROM events {tail}")).await;
    put_right(&database, &mut sealed, "INSERT INTO events SELECT * FROM tail").await;
    sealed.add("beta", 2).await;
    assert_eq!(sealed.seal().await.events, 2);
    // The installation's own tree.
    database.tamper("UPDATE installation_checkpoints SET signed_at = signed_at + 1").await;
    sealed.add("acme", 1).await;
    sealed.sealer = sealer(&sealed.log);
    let undo = "UPDATE installation_checkpoints SET signed_at = signed_at - 1";
    put_right(&database, &mut sealed, undo).await;
    assert_eq!(sealed.seal().await.events, 1);
    let verdict = sealed.verdict().await;
    assert!(verdict.holds() && verdict.unsealed == 0, "{:?}", verdict.findings);
}

/// What a server says of its record, once it says that.
async fn wait_for(url: &str, word: &str, rounds: u32) -> bool {
    for _ in 0..rounds {
        let ready = client().get(format!("{url}/readyz")).send().await.unwrap();
        assert_eq!(ready.status(), 200, "the rest of it is served");
        if ready.json::<Value>().await.unwrap()["record"] == word {
            return true;
        }
        tokio::time::sleep(EVERY / 4).await;
    }
    false
}

const EVERY: Duration = Duration::from_millis(200);

async fn the_alarm_of_a_server_ends_when_the_record_is_put_right(database: Arc<Database>) {
    let home = Home::of(&database);
    let settings = Settings { seal_every: EVERY, ..Settings::default() };
    let server = serve_here(&home, database.place.clone(), Arc::new(SystemClock), settings).await;
    let url = server.url();
    let token = home.credentials()["bearer"]["admin"].as_str().unwrap().to_owned();
    let commands = format!("{url}/v1/tenants/default/commands/CreateGroup");
    // It has to be altered before it is sealed; if it was not, another one is tried.
    let mut altered = String::new();
    for number in 0..50 {
        let request = client().post(&commands).bearer_auth(&token);
        let made = Reply::of(request.json(&json!({"name": format!("group {number}")}))).await;
        let ordinal = made.header("chancery-position");
        altered = format!("WHERE tenant = 'default' AND ordinal = {ordinal}");
        database.tamper(&format!("UPDATE events SET command = 'Other' {altered}")).await;
        if wait_for(&url, "does not hold", 12).await {
            break;
        }
        database.tamper(&format!("UPDATE events SET command = 'CreateGroup' {altered}")).await;
    }
    assert!(wait_for(&url, "does not hold", 1).await);
    // Looking again changes nothing while nothing is put right.
    tokio::time::sleep(EVERY * 12).await;
    assert!(wait_for(&url, "does not hold", 1).await);
    database.tamper(&format!("UPDATE events SET command = 'CreateGroup' {altered}")).await;
    assert!(wait_for(&url, "ok", 1_000).await, "the alarm does not end");
    server.stop().await;
    let log = database.log().await;
    let key = SigningKey::derive(&MasterKey::parse(MASTER_KEY).unwrap(), log.installation());
    let key = key.unwrap();
    let verdict = Audit::new(&*log, key.verifier(), None, |_| {}).unwrap().all().await.unwrap();
    assert!(verdict.holds() && verdict.unsealed == 0, "{:?}", verdict.findings);
}
