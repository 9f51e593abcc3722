//! Acknowledgements that are lost, and statements that are refused.

use std::time::Duration;

use super::memory::Fault;
use super::oddities::Keep;
use super::world::{
    World, add, ask, create, found, group, hold_lane, request, settings, shift, until,
};
use crate::{Failure, WriterSettings};

#[tokio::test]
async fn a_lost_acknowledgement_is_no_loss_and_no_repetition() {
    for fault in [Fault::CutBefore, Fault::CutAfter, Fault::LandsLate] {
        let world = World::new(1);
        let writer = world.writer();
        let [_, _, b, leaf] = found(&writer, "acme").await;
        world.log.fail_next(&[fault, Fault::CutBefore, fault]);
        let moved = writer.run(request("acme"), shift(leaf, b)).await.unwrap();
        assert_eq!((moved.events.len(), moved.ordinal, moved.position), (1, 6, 6), "{fault:?}");
        assert_eq!(world.log.events(0).len(), 6, "{fault:?}");
        add(&writer, "acme", Some(b)).await;
        world.folded("acme");
    }
}

#[tokio::test]
async fn a_lost_acknowledgement_of_a_no_op_with_an_answer_is_found() {
    let world = World::new(1);
    let writer = world.writer();
    let [_, a, _, leaf] = found(&writer, "acme").await;
    world.log.fail_next(&[Fault::CutAfter]);
    let asked = super::world::idempotent("acme", "k", 1);
    let unchanged = writer.run(asked, shift(leaf, a)).await.unwrap();
    assert!(unchanged.events.is_empty());
}

#[tokio::test]
async fn what_landed_unseen_is_met_in_the_log_and_not_done_twice() {
    let world = World::new(1);
    let writer = world.writer();
    let [root, ..] = found(&writer, "acme").await;
    // It lands only after the lane has given that append up and decided again.
    world.log.fail_next(&[Fault::LandsLate, Fault::Moved]);
    let granted = writer.run(request("acme"), group(Some(root), "a group")).await.unwrap();
    assert_eq!((granted.ordinal, granted.details.unwrap().sequence), (6, 1));
    assert_eq!(granted.events.len(), 1);
    assert_eq!(world.log.events(0).len(), 6);
}

#[tokio::test]
async fn a_tenant_whose_making_landed_unseen_is_there() {
    for faults in [&[Fault::LandsLate, Fault::Moved][..], &[Fault::CutAfter], &[Fault::CutBefore]] {
        let world = World::new(1);
        let writer = world.writer();
        world.log.fail_next(faults);
        let made = writer.run(request("acme"), create("Acme")).await.unwrap();
        assert_eq!((made.ordinal, made.position, made.events.len()), (1, 1, 1));
        add(&writer, "acme", None).await;
        add(&world.writer(), "acme", None).await;
    }
}

#[tokio::test]
async fn another_writer_may_take_the_place_of_what_was_cut_off() {
    let world = World::new(1);
    let (writer, other) = (world.writer(), world.writer());
    let [_, _, b, leaf] = found(&writer, "acme").await;
    add(&other, "acme", None).await;
    add(&writer, "acme", None).await;
    // The first try dies; the other writer comes in between, with a move of the same group.
    world.log.fail_next(&[Fault::CutBefore, Fault::Spared]);
    let (mine, its) = tokio::join!(
        writer.run(request("acme"), shift(leaf, b)),
        other.run(request("acme"), shift(leaf, b)),
    );
    let events = mine.unwrap().events.len() + its.unwrap().events.len();
    assert_eq!(events, 1);
    assert_eq!(world.folded("acme").groups.get(leaf).unwrap().parent, Some(b));
}

#[tokio::test]
async fn a_store_that_stays_away_is_given_up_and_taken_up_again() {
    let world = World::new(1);
    let patience = Duration::from_millis(20);
    let writer = world.writer_with(WriterSettings { patience, ..settings() });
    let [_, _, b, leaf] = found(&writer, "acme").await;
    world.log.fail_next(&[Fault::LandsLate]);
    world.log.fail_next(&[Fault::CutBefore; 4]);
    let lost = writer.run(request("acme"), shift(leaf, b)).await.unwrap_err();
    assert!(matches!(lost, Failure::Unavailable(_)));
    // It lands after all, while nobody asks; what comes next is decided on it.
    world.log.clear_faults();
    let unchanged = writer.run(request("acme"), shift(leaf, b)).await.unwrap();
    assert!(unchanged.events.is_empty());
    assert_eq!(world.log.events(0).len(), 6);
}

#[tokio::test]
async fn a_poisoned_command_fails_alone() {
    let world = World::new(2);
    let writer = world.writer();
    let tenants = ["a", "b", "c"];
    for tenant in tenants {
        found(&writer, tenant).await;
    }
    hold_lane(&world, &writer).await;
    let poisoned = request("b");
    world.log.poison(poisoned.command_id);
    let mut asked = Vec::new();
    for n in 0..60 {
        asked.push(ask(&writer, request(tenants[n % 3]), group(None, "a root")));
    }
    let bad = ask(&writer, poisoned, group(None, "a root"));
    for n in 0..60 {
        asked.push(ask(&writer, request(tenants[n % 3]), group(None, "a root")));
    }
    until("all wait", || writer.handle.shared.queue.len() == 121).await;
    world.log.hold_appends(false);
    assert!(matches!(bad.await.unwrap(), Err(Failure::Unavailable(_))));
    for answer in asked {
        answer.await.unwrap().unwrap();
    }
    for tenant in tenants {
        assert_eq!(world.folded(tenant).groups.len(), 44);
    }
}

#[tokio::test]
async fn what_never_fits_is_told_so() {
    let world = World::new(1);
    let writer = world.writer();
    let [_, _, b, leaf] = found(&writer, "acme").await;
    world.log.fail_next(&[Fault::Moved; 40]);
    let failed = writer.run(request("acme"), shift(leaf, b)).await.unwrap_err();
    assert!(matches!(failed, Failure::Unavailable(_)));
    world.log.clear_faults();
    writer.run(request("acme"), shift(leaf, b)).await.unwrap();
}

#[tokio::test]
async fn a_public_id_that_is_taken_fails_only_who_wants_it() {
    let world = World::new(1);
    let writer = world.writer();
    let [root, a, ..] = found(&writer, "acme").await;
    let keep = |group| Keep { group, public_id: "one", drops: false };
    writer.run(request("acme"), keep(root)).await.unwrap();
    let (taken, fine) = tokio::join!(
        writer.run(request("acme"), keep(a)),
        writer.run(request("acme"), group(Some(a), "fine")),
    );
    assert!(matches!(taken.unwrap_err(), Failure::Unavailable(_)));
    assert_eq!(fine.unwrap().events.len(), 1);
    world.folded("acme");
}
