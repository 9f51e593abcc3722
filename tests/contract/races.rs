//! Many writers at once, on several nodes: all that is acknowledged stands, once, in one order.

use std::collections::BTreeMap;
use std::sync::Arc;

use eventlog::{Appended, EventLog, Head};
use futures::future::join_all;
use uuid::Uuid;

use super::sample::{batch, changed, events, head, tenant};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    writers_on_several_nodes_each_land_exactly_once,
    a_writer_whose_tail_vanished_writes_nothing,
    writers_of_several_partitions_share_a_batch,
);

const NODES: usize = 3;
const WRITERS: usize = 4;
const COMMANDS: usize = 10;

/// Appends a command of one to three events until it lands; all of them are of one tenant in one
/// partition, so that ordinals equal positions.
async fn run(log: &dyn EventLog, command_id: Uuid, size: usize) {
    let acme = tenant("acme");
    loop {
        let base = head(log).await;
        let new = events(&base, &acme, base.position + 1, size);
        let new =
            new.into_iter().map(|event| changed(event, |event| event.command_id = command_id));
        match log.append(&batch(&base, new.collect())).await.unwrap() {
            Appended::Landed => return,
            Appended::Moved => {}
        }
    }
}

async fn writers_on_several_nodes_each_land_exactly_once(database: Arc<Database>) {
    let nodes = join_all((0..NODES).map(|_| database.log())).await;
    let writers = nodes.iter().flat_map(|node| (0..WRITERS).map(move |_| Arc::clone(node)));
    let running = writers.map(|node| {
        tokio::spawn(async move {
            let mut sizes = BTreeMap::new();
            for command in 0..COMMANDS {
                let (id, size) = (Uuid::now_v7(), command % 3 + 1);
                run(&*node, id, size).await;
                sizes.insert(id, size);
            }
            sizes
        })
    });
    let mut expected = BTreeMap::new();
    for sizes in join_all(running).await {
        expected.append(&mut sizes.unwrap());
    }
    let mut found = BTreeMap::new();
    for event in nodes[0].read(0, 0, usize::MAX).await.unwrap() {
        *found.entry(event.command_id).or_insert(0) += 1;
    }
    assert_eq!(found, expected);
    assert_eq!(found.len(), NODES * WRITERS * COMMANDS);
}

async fn a_writer_whose_tail_vanished_writes_nothing(database: Arc<Database>) {
    let (log, acme) = (database.log().await, tenant("acme"));
    let base = head(&*log).await;
    let written = events(&base, &acme, 1, 5);
    log.append(&batch(&base, written.clone())).await.unwrap();
    let tail = head(&*log).await;
    // As after a failover to a copy that had not received the last rows yet.
    database.tamper("DELETE FROM events WHERE position > 3").await;
    let next = batch(&tail, events(&tail, &acme, 6, 1));
    assert_eq!(log.append(&next).await.unwrap(), Appended::Moved);
    assert_eq!(log.read(0, 0, 10).await.unwrap(), written[..3]);
    // And when others have filled the hole, the position alone does not deceive.
    let base = head(&*log).await;
    let other = events(&base, &tenant("other"), 1, 2);
    let other: Vec<_> = other
        .into_iter()
        .map(|event| changed(event, |event| event.command_id = Uuid::nil()))
        .collect();
    log.append(&batch(&base, other.clone())).await.unwrap();
    assert_eq!(head(&*log).await.position, tail.position);
    assert_eq!(log.append(&next).await.unwrap(), Appended::Moved);
    assert_eq!(log.read(0, 3, 10).await.unwrap(), other);
}

async fn writers_of_several_partitions_share_a_batch(database: Arc<Database>) {
    let log = database.log().await;
    let bases = log.heads().await.unwrap();
    let tenant_of = |base: &Head| tenant(&format!("tenant-{}", base.partition));
    let written: Vec<_> =
        bases.iter().flat_map(|base| events(base, &tenant_of(base), 1, 2)).collect();
    let mut both = batch(&bases[0], written.clone());
    both.bases = bases.clone();
    assert_eq!(log.append(&both).await.unwrap(), Appended::Landed);
    let mut found = Vec::new();
    for partition in 0..log.partitions() {
        found.extend(log.read(partition, 0, 10).await.unwrap());
    }
    assert_eq!(found, written);
    // One partition that moved on is enough to refuse the rest.
    let heads = log.heads().await.unwrap();
    let last = *heads.last().unwrap();
    log.append(&batch(&last, events(&last, &tenant_of(&last), 3, 1))).await.unwrap();
    let late: Vec<_> = heads.iter().flat_map(|base| events(base, &tenant_of(base), 3, 1)).collect();
    let late = eventlog::Batch { bases: heads, events: late, ..eventlog::Batch::default() };
    assert_eq!(log.append(&late).await.unwrap(), Appended::Moved);
    assert_eq!(log.heads().await.unwrap()[..bases.len() - 1], late.bases[..bases.len() - 1]);
}
