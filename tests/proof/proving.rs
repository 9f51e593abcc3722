//! Proofs of parts: made from what the store keeps, and believed by whoever holds the root alone.

use std::sync::Arc;

use eventlog::proof::{
    Frontier, Tree, consistency, empty_root, extends, frontier, head_leaf, includes, inclusion,
    prove,
};

use super::{Sealed, place};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    every_event_of_a_long_record_is_proved,
    a_record_grew_out_of_each_that_it_was,
    a_tenants_head_is_in_the_installations_tree,
);

const EVENTS: usize = 1_300;

async fn long(database: &Database) -> (Sealed, Vec<eventlog::Hash>) {
    let mut sealed = Sealed::begin(database).await;
    sealed.add("acme", EVENTS).await;
    sealed.seal().await;
    let leaves = sealed.events_of("acme").await.iter().map(|event| event.leaf_hash).collect();
    (sealed, leaves)
}

fn root(leaves: &[eventlog::Hash]) -> eventlog::Hash {
    let mut tree = Frontier::default();
    for leaf in leaves {
        tree.push(leaf, |_, _| {});
    }
    tree.root()
}

/// Sizes and places at the seams of what is stored, and some in between.
const SEAMS: [u64; 14] = [1, 2, 3, 255, 256, 257, 511, 512, 700, 1_023, 1_024, 1_025, 1_280, 1_300];

async fn every_event_of_a_long_record_is_proved(database: Arc<Database>) {
    let (sealed, leaves) = long(&database).await;
    let (store, tree) = (sealed.log.proofs().unwrap(), Tree::Tenant(place("acme")));
    for size in SEAMS {
        let held = usize::try_from(size).unwrap();
        let root = root(&leaves[..held]);
        assert_eq!(frontier(store, &tree, size).await.unwrap().root(), root, "{size}");
        for index in SEAMS.map(|seam| seam - 1).into_iter().filter(|index| *index < size) {
            let proof = prove(store, &tree, &inclusion(index, size).unwrap()).await.unwrap();
            let leaf = leaves[usize::try_from(index).unwrap()];
            assert!(includes(&leaf, index, size, &proof, &root), "{index} in {size}");
            assert!(!includes(&leaves[held % 7 + 20], index, size, &proof, &root));
        }
    }
}

async fn a_record_grew_out_of_each_that_it_was(database: Arc<Database>) {
    let (sealed, leaves) = long(&database).await;
    let (store, tree) = (sealed.log.proofs().unwrap(), Tree::Tenant(place("acme")));
    let root = |size: u64| root(&leaves[..usize::try_from(size).unwrap()]);
    for new in SEAMS {
        for old in SEAMS.into_iter().filter(|old| *old <= new) {
            let proof = prove(store, &tree, &consistency(old, new).unwrap()).await.unwrap();
            assert!(extends((old, &root(old)), (new, &root(new)), &proof), "{old} to {new}");
            let other = root(old + 1300 - new);
            let is_same = other == root(old);
            assert_eq!(extends((old, &other), (new, &root(new)), &proof), is_same);
        }
    }
    assert!(extends((0, &empty_root()), (9, &root(9)), &[]));
}

async fn a_tenants_head_is_in_the_installations_tree(database: Arc<Database>) {
    let mut sealed = Sealed::begin(&database).await;
    for _ in 0..5 {
        sealed.add("acme", 1).await;
        sealed.add("beta", 2).await;
        sealed.seal().await;
    }
    let store = sealed.log.proofs().unwrap();
    let heads = store.installation_heads(0, 10).await.unwrap();
    let last = heads.last().unwrap();
    assert_eq!((heads.len(), last.size), (5, 10));
    let size = last.size.unsigned_abs();
    for entry in store.entries(0, 100).await.unwrap() {
        let index = entry.number.unsigned_abs() - 1;
        let parts = inclusion(index, size).unwrap();
        let proof = prove(store, &Tree::Installation, &parts).await.unwrap();
        let head = &entry.head;
        let (sealed, root, at) = (head.size.unsigned_abs(), &head.root, head.signed_at);
        let leaf = head_leaf(&entry.tenant, sealed, root, at);
        assert!(includes(&leaf, index, size, &proof, &last.root), "{entry:?}");
        let other = head_leaf(&entry.tenant, sealed + 1, root, at);
        assert!(!includes(&other, index, size, &proof, &last.root));
    }
}
