//! What callers hear: grants, rejections, no-ops, stale targets, dry runs.

use std::sync::{Mutex, mpsc};

use domain::{Aggregate, GroupMoved};

use super::oddities::Slow;
use super::world::{World, add, ask, create, found, id, request, shift};
use crate::groups::MoveGroupRejection;
use crate::tenants::CreateTenantRejection;
use crate::{Failure, Request};

#[tokio::test]
async fn given_events_when_asked_then_events() {
    let world = World::new(4);
    let writer = world.writer();
    let [_, a, b, leaf] = found(&writer, "acme").await;
    let granted = writer.run(request("acme"), shift(leaf, b)).await.unwrap();
    assert_eq!(granted.events, [GroupMoved { group: leaf, from: a, to: b }.into()]);
    let details = granted.details.unwrap();
    assert_eq!((details.sequence, details.resource_owner.as_str()), (2, "acme"));
    assert_eq!((granted.ordinal, granted.position), (6, 6));
    let partition = usize::try_from(granted.partition).unwrap();
    let last = world.log.events(partition).pop().unwrap();
    assert_eq!((last.position, last.ordinal, last.sequence), (6, 6, 2));
    assert_eq!((last.command.as_str(), last.aggregate), ("MoveGroup", Aggregate::group(leaf)));
    assert_eq!(writer.committed().positions.borrow()[partition], 6);
    assert_eq!(world.folded("acme").groups.get(leaf).unwrap().parent, Some(b));
}

#[tokio::test]
async fn a_no_op_and_a_rejection_record_nothing() {
    let world = World::new(1);
    let writer = world.writer();
    let [root, a, _, leaf] = found(&writer, "acme").await;
    let unchanged = writer.run(request("acme"), shift(leaf, a)).await.unwrap();
    assert!(unchanged.events.is_empty());
    assert_eq!((unchanged.details.unwrap().sequence, unchanged.position), (1, 5));
    let rejected = writer.run(request("acme"), shift(root, a)).await.unwrap_err();
    assert!(matches!(rejected, Failure::Rejected(MoveGroupRejection::SourceIsRoot(_))));
    assert_eq!(world.log.events(0).len(), 5);
}

#[tokio::test]
async fn a_tenant_must_be_made_once_and_first() {
    let world = World::new(4);
    let writer = world.writer();
    let missing = writer.run(request("acme"), shift(domain::GroupId(1), domain::GroupId(2))).await;
    assert!(matches!(missing, Err(Failure::NoTenant(tenant)) if tenant == id("acme")));
    let nameless = writer.run(request("acme"), create(" ")).await.unwrap_err();
    assert!(matches!(nameless, Failure::Rejected(CreateTenantRejection::NameInvalid)));
    writer.run(request("ACME"), create("Acme")).await.unwrap();
    for writer in [writer, world.writer()] {
        let twice = writer.run(request("acme"), create("Acme")).await.unwrap_err();
        assert!(matches!(twice, Failure::Rejected(CreateTenantRejection::TenantExists(_))));
    }
}

#[tokio::test]
async fn a_target_that_moved_on_is_stale() {
    let world = World::new(1);
    let writer = world.writer();
    let [_, a, b, leaf] = found(&writer, "acme").await;
    let expecting = |sequence| Request { expected_sequence: Some(sequence), ..request("acme") };
    writer.run(expecting(1), shift(leaf, b)).await.unwrap();
    let stale = writer.run(expecting(1), shift(leaf, a)).await.unwrap_err();
    assert!(matches!(stale, Failure::Stale { expected: 1, actual: 2 }));
    writer.run(expecting(2), shift(leaf, a)).await.unwrap();
}

#[tokio::test]
async fn a_dry_run_shows_and_records_nothing() {
    let world = World::new(1);
    let writer = world.writer();
    let [_, a, b, leaf] = found(&writer, "acme").await;
    let dry = Request { dry_run: true, ..request("acme") };
    let shown = writer.run(dry.clone(), shift(leaf, b)).await.unwrap();
    assert_eq!(shown.events, [GroupMoved { group: leaf, from: a, to: b }.into()]);
    assert_eq!((shown.details.unwrap().sequence, shown.ordinal), (1, 5));
    let again = writer.run(dry, shift(leaf, b)).await.unwrap();
    assert_eq!(again.events.len(), 1);
    assert_eq!(world.log.events(0).len(), 5);
}

/// All tasks of this case share one thread.
#[tokio::test]
async fn a_slow_draw_holds_nobody_up() {
    let world = World::new(1);
    let writer = world.writer();
    let [root, ..] = found(&writer, "acme").await;
    let (stop, told) = mpsc::channel();
    let slow = ask(&writer, request("acme"), Slow(Mutex::new(told)));
    tokio::task::yield_now().await;
    add(&writer, "acme", Some(root)).await;
    stop.send(()).unwrap();
    assert!(slow.await.unwrap().unwrap().fresh, "it had to be waited for");
}
