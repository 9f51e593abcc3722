//! The sealer: what it seals, how it goes on, and what it does not seal.

use std::sync::Arc;

use eventlog::proof::{Checkpoint, Flaw, installation_origin, tenant_origin};

use super::{Sealed, key_of, now, sealer, spot};
use crate::contract::sample::tenant;
use crate::stores::{Database, on_both_stores};

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
