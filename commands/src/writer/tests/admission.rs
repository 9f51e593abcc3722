//! What is let in, in which order it is served, and how it ends.

use super::oddities::Urgent;
use super::world::{World, ask, found, group, hold_lane, id, request, settings, shift, until};
use crate::{Failure, Request, WriterSettings};

#[tokio::test]
async fn a_full_queue_sheds_all_but_what_is_urgent() {
    let world = World::new(1);
    let limits = WriterSettings { queue_commands: 10, reserve_commands: 2, ..settings() };
    let writer = world.writer_with(limits);
    let [root, ..] = found(&writer, "acme").await;
    hold_lane(&world, &writer).await;
    let queue = &writer.handle.shared.queue;
    let asked: Vec<_> =
        (0..10).map(|_| ask(&writer, request("acme"), group(None, "a root"))).collect();
    until("the queue is full", || queue.len() == 10).await;
    let shed = writer.run(request("acme"), group(None, "a root")).await.unwrap_err();
    assert!(matches!(shed, Failure::Overloaded { retry_after_seconds: 1.. }));
    let urgent: Vec<_> = (0..2).map(|_| ask(&writer, request("acme"), Urgent(root))).collect();
    until("the reserve is used", || queue.len() == 12).await;
    let shed = writer.run(request("acme"), Urgent(root)).await.unwrap_err();
    assert!(matches!(shed, Failure::Overloaded { .. }));
    world.log.hold_appends(false);
    for answer in asked {
        answer.await.unwrap().unwrap();
    }
    for answer in urgent {
        answer.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn bytes_are_bounded_too() {
    let world = World::new(1);
    let writer = world.writer_with(WriterSettings { queue_bytes: 8_000, ..settings() });
    found(&writer, "acme").await;
    hold_lane(&world, &writer).await;
    let asked: Vec<_> =
        (0..20).map(|_| ask(&writer, request("acme"), group(None, "a root"))).collect();
    until("some are shed", || asked.iter().filter(|asked| asked.is_finished()).count() >= 12).await;
    world.log.hold_appends(false);
    let (mut granted, mut shed) = (0, 0);
    for answer in asked {
        match answer.await.unwrap() {
            Ok(_) => granted += 1,
            Err(Failure::Overloaded { .. }) => shed += 1,
            Err(failure) => panic!("{failure:?}"),
        }
    }
    assert_eq!((granted, shed), (7, 13));
}

#[tokio::test]
async fn read_models_that_lag_shed_all_but_what_is_urgent() {
    let world = World::new(1);
    let writer = world.writer_with(WriterSettings { lag_events: 100, ..settings() });
    let [root, ..] = found(&writer, "acme").await;
    writer.report_lag(101);
    let shed = writer.run(request("acme"), group(None, "a root")).await.unwrap_err();
    assert!(matches!(shed, Failure::Overloaded { .. }));
    writer.run(request("acme"), Urgent(root)).await.unwrap();
    writer.report_lag(100);
    writer.run(request("acme"), group(None, "a root")).await.unwrap();
}

#[tokio::test]
async fn a_tenant_with_a_long_line_does_not_starve_another() {
    let world = World::new(1);
    let writer = world.writer();
    for tenant in ["busy", "calm"] {
        found(&writer, tenant).await;
    }
    hold_lane(&world, &writer).await;
    let busy: Vec<_> =
        (0..10_000).map(|_| ask(&writer, request("busy"), group(None, "a root"))).collect();
    let queue = &writer.handle.shared.queue;
    until("all wait", || queue.len() == 10_000).await;
    let calm = ask(&writer, request("calm"), group(None, "a root"));
    until("all wait", || queue.len() == 10_001).await;
    let before = world.log.events(0).len();
    world.log.hold_appends(false);
    let position = calm.await.unwrap().unwrap().position;
    let behind = usize::try_from(position).unwrap() - before;
    assert!(behind <= 256 + 1, "{behind} events came first");
    for answer in busy {
        answer.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_tenant_that_takes_long_to_load_holds_nobody_up() {
    let world = World::new(1);
    let writer = world.writer();
    found(&writer, "cold").await;
    let other = world.writer();
    let [root, a, ..] = found(&other, "warm").await;
    // The first writer catches up, so that later it need not load anything.
    writer.run(request("cold"), group(None, "a root")).await.unwrap();
    other.run(request("warm"), group(None, "a root")).await.unwrap();
    world.log.hold_loads(Some(id("cold")));
    let cold = ask(&other, request("cold"), group(None, "a root"));
    until("it is being read", || world.log.reads_of(&id("cold")) > 0).await;
    other.run(request("warm"), group(None, "b root")).await.unwrap();
    assert!(!cold.is_finished());
    // Somebody adds to the tenant that is being loaded, and the lane meets that in the log.
    let dry = Request { dry_run: true, ..request("cold") };
    let refused = writer.run(dry, shift(root, a)).await;
    assert!(matches!(refused, Err(Failure::Rejected(_))));
    writer.run(request("cold"), group(None, "b root")).await.unwrap();
    let refused = other.run(request("warm"), shift(root, a)).await;
    assert!(matches!(refused, Err(Failure::Rejected(_))));
    world.log.hold_loads(None);
    assert_eq!(cold.await.unwrap().unwrap().ordinal, 8);
    world.folded("cold");
}

#[tokio::test]
async fn draining_answers_everybody_and_lets_nobody_in() {
    let world = World::new(2);
    let writer = world.writer();
    found(&writer, "acme").await;
    hold_lane(&world, &writer).await;
    let asked: Vec<_> =
        (0..700).map(|_| ask(&writer, request("acme"), group(None, "a root"))).collect();
    until("they wait", || writer.handle.shared.queue.len() == 700).await;
    let draining = tokio::spawn({
        let writer = writer.clone();
        async move { writer.drain().await }
    });
    until("it is stopping", || writer.handle.shared.queue.is_stopping()).await;
    let late = writer.run(request("acme"), group(None, "a root")).await.unwrap_err();
    assert!(matches!(late, Failure::Stopping));
    world.log.hold_appends(false);
    draining.await.unwrap();
    for answer in asked {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(world.folded("acme").groups.len(), 704);
    writer.drain().await;
}

#[tokio::test]
async fn the_lane_ends_with_its_last_handle() {
    let world = World::new(1);
    let writer = world.writer();
    found(&writer, "acme").await;
    let mut ended = writer.handle.shared.ended.subscribe();
    drop(writer);
    let wait = ended.wait_for(|ended| *ended);
    tokio::time::timeout(std::time::Duration::from_secs(10), wait).await.unwrap().unwrap();
}
