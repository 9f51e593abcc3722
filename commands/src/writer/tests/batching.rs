//! Many commands share a statement; each is decided as the earlier ones leave the tenant.

use eventlog::{EventLog, VaultKind};

use super::memory::Fault;
use super::oddities::{Broken, Fickle, Keep};
use super::world::{World, add, ask, found, group, hold_lane, id, request, shift, until};
use crate::groups::MoveGroupRejection;
use crate::{Failure, Request};

#[tokio::test]
async fn concurrent_callers_share_statements() {
    let world = World::new(4);
    let writer = world.writer();
    found(&writer, "acme").await;
    found(&writer, "other").await;
    let before = world.log.appends().len();
    let asked: Vec<_> = (0..200)
        .map(|n| ask(&writer, request(["acme", "other"][n % 2]), group(None, "a root")))
        .collect();
    for answer in asked {
        answer.await.unwrap().unwrap();
    }
    let appends = world.log.appends().len() - before;
    assert!(appends <= 20, "200 commands took {appends} appends");
    assert_eq!(world.folded("acme").groups.len(), 104);
    assert_eq!(world.folded("other").groups.len(), 104);
}

#[tokio::test]
async fn later_commands_of_a_batch_see_the_earlier_ones() {
    let world = World::new(1);
    let writer = world.writer();
    let [_, _, b, leaf] = found(&writer, "acme").await;
    hold_lane(&world, &writer).await;
    let first = ask(&writer, request("acme"), shift(leaf, b));
    let same = ask(&writer, request("acme"), shift(leaf, b));
    let cycle = ask(&writer, request("acme"), shift(b, leaf));
    until("all three wait", || writer.handle.shared.queue.len() == 3).await;
    world.log.hold_appends(false);
    assert_eq!(first.await.unwrap().unwrap().events.len(), 1);
    let unchanged = same.await.unwrap().unwrap();
    assert!(unchanged.events.is_empty());
    assert_eq!((unchanged.details.unwrap().sequence, unchanged.position), (2, 7));
    let rejected = cycle.await.unwrap().unwrap_err();
    assert!(matches!(
        rejected,
        Failure::Rejected(MoveGroupRejection::DestinationBelowSource { source_group, .. })
            if source_group == b
    ));
    assert_eq!(world.log.appends().last(), Some(&1));
}

#[tokio::test]
async fn nobody_is_answered_before_the_basis_is_confirmed() {
    let world = World::new(1);
    let writer = world.writer();
    let [root, a, ..] = found(&writer, "acme").await;
    world.log.hold_appends(true);
    let rejection = ask(&writer, request("acme"), shift(root, a));
    let dry = Request { dry_run: true, ..request("acme") };
    let unchanged = ask(&writer, dry, shift(a, root));
    until("the lane is at its append", || world.log.waiting() > 0).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!rejection.is_finished() && !unchanged.is_finished());
    world.log.hold_appends(false);
    assert!(matches!(rejection.await.unwrap(), Err(Failure::Rejected(_))));
    assert!(unchanged.await.unwrap().is_ok());
}

#[tokio::test]
async fn time_never_runs_backwards_in_a_partition() {
    let world = World::new(1);
    let writer = world.writer();
    found(&writer, "acme").await;
    let before = world.log.events(0).pop().unwrap().created_at;
    world.clock.set(1_000);
    add(&writer, "acme", None).await;
    add(&world.writer(), "acme", None).await;
    assert!(world.log.events(0).iter().rev().take(3).all(|event| event.created_at == before));
}

#[tokio::test]
async fn a_rule_that_panics_fails_alone() {
    let world = World::new(1);
    let writer = world.writer();
    let [_, _, b, leaf] = found(&writer, "acme").await;
    hold_lane(&world, &writer).await;
    let broken = ask(&writer, request("acme"), Broken);
    let sound = ask(&writer, request("acme"), shift(leaf, b));
    until("both wait", || writer.handle.shared.queue.len() == 2).await;
    world.log.hold_appends(false);
    assert!(matches!(broken.await.unwrap(), Err(Failure::Unavailable(_))));
    assert_eq!(sound.await.unwrap().unwrap().events.len(), 1);
}

#[tokio::test]
async fn a_lane_that_breaks_down_is_followed_by_another() {
    let world = World::new(1);
    let writer = world.writer();
    let [_, _, b, leaf] = found(&writer, "acme").await;
    let broken = writer.run(request("acme"), Fickle::default()).await;
    assert!(matches!(broken, Err(Failure::Unavailable(_))));
    writer.run(request("acme"), shift(leaf, b)).await.unwrap();
    writer.drain().await;
}

#[tokio::test]
async fn a_secret_made_and_dropped_by_one_batch_is_not_kept() {
    let world = World::new(1);
    let writer = world.writer();
    let [root, ..] = found(&writer, "acme").await;
    hold_lane(&world, &writer).await;
    let keep = |drops| Keep { group: root, public_id: "one", drops };
    let made = ask(&writer, request("acme"), keep(false));
    until("one waits", || writer.handle.shared.queue.len() == 1).await;
    let dropped = ask(&writer, request("acme"), keep(true));
    until("both wait", || writer.handle.shared.queue.len() == 2).await;
    world.log.hold_appends(false);
    assert!(made.await.unwrap().is_ok() && dropped.await.unwrap().is_ok());
    assert_eq!(world.log.vault(VaultKind::Bearer, "one").await.unwrap(), None);
}

#[tokio::test]
async fn a_month_of_addresses_has_one_key() {
    let world = World::new(1);
    let writer = world.writer();
    found(&writer, "acme").await;
    let from = |n: u8| Request { address: Some([10, 0, 0, n].into()), ..request("acme") };
    for n in 1..4 {
        writer.run(from(n), group(None, "a root")).await.unwrap();
    }
    // Another node finds that key, and a third one is not drawn either after a conflict.
    world.writer().run(from(4), group(None, "a root")).await.unwrap();
    writer.run(from(5), group(None, "a root")).await.unwrap();
    let keys = world.log.vault_of(VaultKind::AddressKey, &id("acme")).await.unwrap();
    assert_eq!(keys.len(), 1);
    // Nor is it lost with the append that was to bring it.
    found(&writer, "other").await;
    world.log.fail_next(&[Fault::Moved]);
    let from_elsewhere = Request { address: Some([10, 0, 0, 9].into()), ..request("other") };
    writer.run(from_elsewhere, group(None, "a root")).await.unwrap();
    let others = world.log.vault_of(VaultKind::AddressKey, &id("other")).await.unwrap();
    assert_eq!(others.len(), 1);
    let keys = writer.handle.shared.keyring.tenant(&id("acme")).await.unwrap();
    let events = world.log.events(0);
    let opened = events
        .iter()
        .filter(|event| event.tenant == id("acme"))
        .filter_map(|event| keys.open_address(event.caller_address.as_deref()?, event.created_at));
    let expected: Vec<_> = (1..6).map(|n| format!("10.0.0.{n}")).collect();
    assert_eq!(opened.collect::<Vec<_>>(), expected);
}
