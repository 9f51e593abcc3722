//! States that are evicted and restored, from snapshots or from all their events.

use domain::Tenant;

use super::world::{World, add, found, group, id, loaded, request, settings, shift, until};
use crate::{Writer, WriterSettings};

/// Keeps one tenant at hand, and snapshots early.
fn tight() -> WriterSettings {
    WriterSettings { state_bytes: 1, snapshot_every: 8, ..settings() }
}

async fn work(writer: &Writer, tenant: &str) {
    let [root, a, b, leaf] = found(writer, tenant).await;
    for n in 0..10 {
        writer.run(request(tenant), shift(leaf, [b, a][n % 2])).await.unwrap();
        add(writer, tenant, Some(root)).await;
    }
}

#[tokio::test]
async fn what_is_restored_equals_the_fold() {
    let world = World::new(2);
    let writer = world.writer_with(tight());
    work(&writer, "acme").await;
    work(&writer, "other").await;
    until("acme was kept aside", || world.log.snapshot_of(&id("acme")).is_some()).await;
    let snapshot = world.log.snapshot_of(&id("acme")).unwrap();
    assert_eq!((snapshot.ordinal, snapshot.fold_version), (25, Tenant::FOLD_VERSION));
    // Restored from the snapshot and the rest, with the sequences going on.
    let granted = writer.run(request("acme"), group(None, "a root")).await.unwrap();
    assert_eq!(granted.ordinal, 26);
    for tenant in ["acme", "other"] {
        assert_eq!(loaded(&world.writer(), tenant).await, world.folded(tenant));
    }
}

#[tokio::test]
async fn a_load_that_folds_much_leaves_a_snapshot() {
    let world = World::new(1);
    work(&world.writer(), "acme").await;
    assert_eq!(world.log.snapshot_of(&id("acme")), None);
    let writer = world.writer_with(WriterSettings { snapshot_every: 20, ..settings() });
    add(&writer, "acme", None).await;
    assert_eq!(world.log.snapshot_of(&id("acme")).unwrap().ordinal, 25);
}

#[tokio::test]
async fn draining_leaves_snapshots() {
    let world = World::new(1);
    let writer = world.writer_with(WriterSettings { snapshot_every: 40, ..settings() });
    work(&writer, "acme").await;
    writer.drain().await;
    assert_eq!(world.log.snapshot_of(&id("acme")).unwrap().ordinal, 25);
}

#[tokio::test]
async fn a_snapshot_that_does_not_fit_is_ignored() {
    let world = World::new(1);
    let writer = world.writer_with(WriterSettings { snapshot_every: 40, ..settings() });
    work(&writer, "acme").await;
    writer.drain().await;
    // The event it was made at vanishes, and others take its place.
    world.log.lose_tail(0, 3);
    let writer = world.writer();
    for _ in 0..5 {
        add(&writer, "acme", None).await;
    }
    assert_eq!(loaded(&writer, "acme").await, world.folded("acme"));
    // A snapshot of another fold, and one that cannot be opened.
    writer.drain().await;
    world.log.alter_snapshot(&id("acme"), |snapshot| snapshot.fold_version += 1);
    assert_eq!(loaded(&writer, "acme").await, world.folded("acme"));
    world.log.alter_snapshot(&id("acme"), |snapshot| {
        snapshot.fold_version -= 1;
        snapshot.sealed.clear();
    });
    assert_eq!(loaded(&writer, "acme").await, world.folded("acme"));
}
