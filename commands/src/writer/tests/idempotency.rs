//! The same key and body gets the first answer again; another body is told so.

use serde_json::json;

use super::world::{World, ask, create, found, group, hold_lane, idempotent, shift, until};
use crate::{Failure, Request};

#[tokio::test]
async fn an_answer_is_replayed_as_it_was_given() {
    let world = World::new(2);
    let (writer, other) = (world.writer(), world.writer());
    found(&writer, "acme").await;
    let granted = writer.run(idempotent("acme", "k", 1), group(None, "a root")).await.unwrap();
    let details = serde_json::to_value(&granted.details).unwrap();
    let expected = json!({ "details": details, "group": granted.fresh.0 });
    for writer in [&writer, &other] {
        let again = writer.run(idempotent("acme", "k", 1), group(None, "a root")).await;
        assert!(matches!(again, Err(Failure::Replayed(answer)) if answer == expected));
        let reused = writer.run(idempotent("acme", "k", 2), group(None, "b root")).await;
        assert!(matches!(reused, Err(Failure::KeyReused)));
    }
    assert_eq!(world.folded("acme").groups.len(), 5);
}

#[tokio::test]
async fn a_tenant_made_under_a_key_is_made_once() {
    let world = World::new(4);
    let writer = world.writer();
    writer.run(idempotent("acme", "k", 1), create("Acme")).await.unwrap();
    for writer in [writer, world.writer()] {
        let again = writer.run(idempotent("acme", "k", 1), create("Acme")).await;
        assert!(matches!(again, Err(Failure::Replayed(_))));
    }
}

#[tokio::test]
async fn no_ops_are_remembered_and_rejections_and_dry_runs_are_not() {
    let world = World::new(1);
    let writer = world.writer();
    let [root, a, b, leaf] = found(&writer, "acme").await;
    let rejected = writer.run(idempotent("acme", "k", 1), shift(root, a)).await;
    assert!(matches!(rejected, Err(Failure::Rejected(_))));
    let dry = Request { dry_run: true, ..idempotent("acme", "k", 1) };
    assert_eq!(writer.run(dry, shift(leaf, b)).await.unwrap().events.len(), 1);
    let unchanged = writer.run(idempotent("acme", "k", 1), shift(leaf, a)).await.unwrap();
    assert!(unchanged.events.is_empty());
    let again = writer.run(idempotent("acme", "k", 1), shift(leaf, a)).await;
    assert!(matches!(again, Err(Failure::Replayed(_))));
}

#[tokio::test]
async fn the_same_key_twice_at_once_runs_once() {
    let world = World::new(1);
    let writer = world.writer();
    found(&writer, "acme").await;
    hold_lane(&world, &writer).await;
    let twins: Vec<_> =
        (0..3).map(|_| ask(&writer, idempotent("acme", "k", 1), group(None, "a root"))).collect();
    let other = ask(&writer, idempotent("acme", "k", 2), group(None, "b root"));
    until("all wait", || writer.handle.shared.queue.len() == 4).await;
    world.log.hold_appends(false);
    let (mut granted, mut replayed, mut reused) = (0, 0, 0);
    for answer in twins.into_iter().chain([other]) {
        match answer.await.unwrap() {
            Ok(_) => granted += 1,
            Err(Failure::Replayed(_)) => replayed += 1,
            Err(Failure::KeyReused) => reused += 1,
            Err(failure) => panic!("{failure:?}"),
        }
    }
    assert_eq!((granted, replayed + reused), (1, 3));
    assert_eq!(world.folded("acme").groups.len(), 5);
}

#[tokio::test]
async fn the_same_key_on_two_nodes_at_once_runs_once() {
    let world = World::new(1);
    let (one, two) = (world.writer(), world.writer());
    found(&one, "acme").await;
    world.log.hold_appends(true);
    let twins = [&one, &two].map(|w| ask(w, idempotent("acme", "k", 1), group(None, "a root")));
    until("both are at their append", || world.log.waiting() == 2).await;
    world.log.hold_appends(false);
    let [a, b] = twins;
    let answers = [a.await.unwrap(), b.await.unwrap()];
    let replays = answers.iter().filter(|answer| matches!(answer, Err(Failure::Replayed(_))));
    assert_eq!(replays.count(), 1, "{answers:?}");
    assert_eq!(world.folded("acme").groups.len(), 5);
}

#[tokio::test]
async fn an_answer_is_forgotten_after_a_day() {
    let world = World::new(1);
    let writer = world.writer();
    found(&writer, "acme").await;
    writer.run(idempotent("acme", "k", 1), group(None, "a root")).await.unwrap();
    world.clock.advance_hours(25);
    writer.run(idempotent("acme", "k", 1), group(None, "a root")).await.unwrap();
}
