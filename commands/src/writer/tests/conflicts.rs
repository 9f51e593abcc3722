//! Two writers on one log: whoever comes second folds what is new and decides again.

use super::memory::Fault;
use super::world::{World, add, ask, create, found, group, id, request, settings, shift, until};
use crate::groups::MoveGroupRejection;
use crate::tenants::CreateTenantRejection;
use crate::{Failure, WriterSettings};

#[tokio::test]
async fn the_same_move_twice_is_done_once() {
    let world = World::new(1);
    let (one, two) = (world.writer(), world.writer());
    let [_, _, b, leaf] = found(&one, "acme").await;
    add(&two, "acme", None).await;
    let moved = one.run(request("acme"), shift(leaf, b)).await.unwrap();
    let unchanged = two.run(request("acme"), shift(leaf, b)).await.unwrap();
    assert_eq!((moved.events.len(), unchanged.events.len()), (1, 0));
    assert_eq!(unchanged.details, moved.details);
    assert_eq!(unchanged.position, moved.position);
}

#[tokio::test]
async fn what_another_writer_did_can_turn_a_grant_into_a_rejection() {
    let world = World::new(1);
    let (one, two) = (world.writer(), world.writer());
    let [_, a, b, _] = found(&one, "acme").await;
    add(&two, "acme", None).await;
    one.run(request("acme"), shift(a, b)).await.unwrap();
    let rejected = two.run(request("acme"), shift(b, a)).await.unwrap_err();
    assert!(matches!(
        rejected,
        Failure::Rejected(MoveGroupRejection::DestinationBelowSource { .. })
    ));
    assert_eq!(world.folded("acme").groups.get(a).unwrap().parent, Some(b));
}

#[tokio::test]
async fn foreign_events_are_folded_over_several_pages() {
    let world = World::new(1);
    let two = world.writer_with(WriterSettings { page_events: 3, ..settings() });
    let one = world.writer();
    let [root, ..] = found(&one, "acme").await;
    add(&two, "acme", Some(root)).await;
    for _ in 0..20 {
        add(&one, "acme", Some(root)).await;
    }
    let twenty_second = add(&two, "acme", Some(root)).await;
    assert_eq!(world.folded("acme").groups.get(root).unwrap().children.len(), 24);
    assert!(world.folded("acme").groups.get(twenty_second).is_some());
}

#[tokio::test]
async fn of_two_who_make_a_tenant_one_hears_that_it_exists() {
    let world = World::new(4);
    let writers: Vec<_> = (0..4).map(|_| world.writer()).collect();
    let asked: Vec<_> = (0..16)
        .map(|n| ask(&writers[n % 4], request("acme"), create(&format!("acme {n}"))))
        .collect();
    let mut made = 0;
    for answer in asked {
        match answer.await.unwrap() {
            Ok(_) => made += 1,
            Err(failure) => assert!(
                matches!(failure, Failure::Rejected(CreateTenantRejection::TenantExists(_))),
                "{failure:?}"
            ),
        }
    }
    assert_eq!((made, world.log.all_events().len()), (1, 1));
    for writer in &writers {
        add(writer, "acme", None).await;
    }
}

#[tokio::test]
async fn a_conflict_that_leaves_no_trace_is_tried_again() {
    let world = World::new(1);
    let writer = world.writer();
    let [_, _, b, leaf] = found(&writer, "acme").await;
    world.log.fail_next(&[Fault::Moved; 5]);
    let moved = writer.run(request("acme"), shift(leaf, b)).await.unwrap();
    assert_eq!((moved.events.len(), moved.ordinal), (1, 6));
}

#[tokio::test]
async fn a_tail_that_vanished_takes_what_rests_on_it_along() {
    let world = World::new(1);
    let writer = world.writer();
    let [_, a, b, leaf] = found(&writer, "acme").await;
    writer.run(request("acme"), shift(leaf, b)).await.unwrap();
    writer.run(request("acme"), shift(a, b)).await.unwrap();
    world.log.lose_tail(0, 2);
    // Both moves are undone, so this one is no longer a cycle.
    let moved = writer.run(request("acme"), shift(b, leaf)).await.unwrap();
    assert_eq!((moved.ordinal, moved.position), (6, 6));
    assert_eq!(*writer.committed().positions.borrow(), [6]);
    assert_eq!(world.folded("acme").groups.get(b).unwrap().parent, Some(leaf));
}

#[tokio::test]
async fn a_tail_that_vanished_and_grew_again_is_noticed() {
    let world = World::new(1);
    let writer = world.writer();
    let [_, _, b, leaf] = found(&writer, "acme").await;
    writer.run(request("acme"), shift(leaf, b)).await.unwrap();
    world.log.lose_tail(0, 1);
    let other = world.writer();
    add(&other, "acme", None).await;
    add(&other, "acme", None).await;
    let moved = writer.run(request("acme"), shift(leaf, b)).await.unwrap();
    assert_eq!((moved.events.len(), moved.ordinal), (1, 8));
    world.folded("acme");
}

#[tokio::test]
async fn what_was_being_loaded_when_its_tail_vanished_is_loaded_again() {
    let world = World::new(1);
    let writer = world.writer();
    let [root, a, ..] = found(&writer, "warm").await;
    found(&writer, "cold").await;
    let other = world.writer();
    let asked = other.run(request("warm"), shift(root, a)).await;
    assert!(matches!(asked, Err(Failure::Rejected(_))));
    world.log.hold_loads(Some(id("cold")));
    let cold = ask(&other, request("cold"), group(None, "a root"));
    until("it is being read", || world.log.reads_of(&id("cold")) > 0).await;
    world.log.lose_tail(0, 1);
    let third = world.writer();
    add(&third, "warm", None).await;
    add(&third, "warm", None).await;
    add(&other, "warm", None).await;
    world.log.hold_loads(None);
    assert_eq!(cold.await.unwrap().unwrap().ordinal, 5);
    world.folded("cold");
}

#[tokio::test]
async fn a_tenant_that_vanished_can_be_made_again() {
    let world = World::new(1);
    let writer = world.writer();
    found(&writer, "acme").await;
    world.log.lose_tail(0, 5);
    let missing = writer.run(request("acme"), group(None, "a root")).await.unwrap_err();
    assert!(matches!(missing, Failure::NoTenant(tenant) if tenant == id("acme")));
    let [_, _, b, leaf] = found(&writer, "acme").await;
    writer.run(request("acme"), shift(leaf, b)).await.unwrap();
    add(&world.writer(), "acme", Some(b)).await;
}
