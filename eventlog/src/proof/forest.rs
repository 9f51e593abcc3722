//! Trees as a store keeps them: leaves are read from the events (or entries) themselves, and the
//! roots of complete subtrees of 256, 65 536, ... leaves from tiles. So a proof about ten million
//! events takes a few reads of at most 256 hashes each.

use std::collections::BTreeMap;

use domain::TenantId;

use super::checkpoint::head_leaf;
use super::path::{Part, part};
use super::store::{Entry, ProofStore};
use super::tree::{Frontier, Node, leaf_node, parent};
use crate::{Hash, LogError, Placement};

/// Hashes in a full tile, and leaves below a hash of the level above.
const TILE: u64 = 256;
const TILE_HEIGHT: u32 = TILE.trailing_zeros();
/// Leaves that are read at once where all are.
const PAGE: usize = 4_096;

/// A tree of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// Over a tenant's events: leaf 0 is the event with ordinal 1.
    Tenant(Placement),
    /// Over the heads of all tenants: leaf 0 is entry 1.
    Installation,
}

impl Tree {
    fn name(&self) -> &str {
        match self {
            Self::Tenant(place) => place.tenant.as_str(),
            Self::Installation => "",
        }
    }

    /// Whose tree it is, where it is a tenant's.
    pub fn tenant(&self) -> Option<&TenantId> {
        match self {
            Self::Tenant(place) => Some(&place.tenant),
            Self::Installation => None,
        }
    }

    /// Leaves from number `from` (from 0) on, at most `limit`.
    async fn leaves(
        &self,
        store: &dyn ProofStore,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Hash>, LogError> {
        let after = number(from);
        match self {
            Self::Tenant(place) => store.leaves(place, after, limit).await,
            Self::Installation => {
                let entries = store.entries(after, limit).await?;
                let is_dense = entries.iter().zip(after + 1..).all(|(it, next)| it.number == next);
                if !is_dense {
                    return Err(LogError::Unusable("a checkpoint is missing".to_owned()));
                }
                Ok(entries.iter().map(entry_leaf).collect())
            }
        }
    }
}

/// The leaf of an entry.
pub(super) fn entry_leaf(entry: &Entry) -> Hash {
    let Entry { tenant, head, .. } = entry;
    head_leaf(tenant, head.size.unsigned_abs(), &head.root, head.signed_at)
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn place(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn incomplete(tree: &Tree) -> LogError {
    LogError::Unusable(format!("stored hashes of the tree {:?} are missing", tree.name()))
}

/// The root over so many hashes of one height: a power of two.
fn balanced(hashes: &[Hash]) -> Option<Hash> {
    match hashes {
        [] => None,
        [one] => Some(*one),
        more => {
            let (left, right) = more.split_at(more.len() / 2);
            Some(parent(&balanced(left)?, &balanced(right)?))
        }
    }
}

/// Reads hashes of one tree; what was read once is kept.
struct Reader<'a> {
    store: &'a dyn ProofStore,
    tree: &'a Tree,
    tiles: BTreeMap<(u32, u64), Vec<Hash>>,
}

impl<'a> Reader<'a> {
    fn new(store: &'a dyn ProofStore, tree: &'a Tree) -> Self {
        Self { store, tree, tiles: BTreeMap::new() }
    }

    async fn root(&mut self, node: Node) -> Result<Hash, LogError> {
        let (level, within) = (node.height / TILE_HEIGHT, node.height % TILE_HEIGHT);
        let (first, count) = (node.index << within, 1 << within);
        let (tile, from) = (first / TILE, first % TILE);
        if !self.tiles.contains_key(&(level, tile)) {
            let read = self.read(level, tile).await?;
            self.tiles.insert((level, tile), read);
        }
        let hashes = self.tiles.get(&(level, tile)).map(Vec::as_slice).unwrap_or_default();
        let below = hashes.get(place(from)..place(from + count));
        balanced(below.unwrap_or_default()).ok_or_else(|| incomplete(self.tree))
    }

    async fn read(&self, level: u32, tile: u64) -> Result<Vec<Hash>, LogError> {
        if level > 0 {
            return self.store.tile(self.tree.name(), level.into(), number(tile)).await;
        }
        let leaves = self.tree.leaves(self.store, tile * TILE, place(TILE)).await?;
        Ok(leaves.iter().map(leaf_node).collect())
    }
}

/// The hashes of a proof. Whoever hands them out must check them against a signed root first:
/// tiles are no truth.
pub async fn prove(
    store: &dyn ProofStore,
    tree: &Tree,
    parts: &[Part],
) -> Result<Vec<Hash>, LogError> {
    let mut reader = Reader::new(store, tree);
    let mut proof = Vec::with_capacity(parts.len());
    for nodes in parts {
        let mut roots = Vec::with_capacity(nodes.len());
        for node in nodes {
            roots.push(reader.root(*node).await?);
        }
        proof.push(part(&roots));
    }
    Ok(proof)
}

/// The tree at a size, to be extended. The same caution goes for it.
pub async fn frontier(
    store: &dyn ProofStore,
    tree: &Tree,
    size: u64,
) -> Result<Frontier, LogError> {
    let mut reader = Reader::new(store, tree);
    let mut nodes = Vec::new();
    for node in Frontier::subtrees(size) {
        nodes.push(reader.root(node).await?);
    }
    Frontier::new(size, nodes).ok_or_else(|| incomplete(tree))
}

/// Whether the last leaves are those that the last stored hash was made of. A tree whose size is a
/// multiple of 256 is read from stored hashes alone, and its leaves could be gone.
pub(super) async fn end_stands(
    store: &dyn ProofStore,
    tree: &Tree,
    size: u64,
) -> Result<bool, LogError> {
    if size == 0 || !size.is_multiple_of(TILE) {
        return Ok(true);
    }
    let mut last = Frontier::default();
    for leaf in tree.leaves(store, size - TILE, place(TILE)).await? {
        last.push(&leaf, |_, _| {});
    }
    let node = Node { height: TILE_HEIGHT, index: size / TILE - 1 };
    Ok(last.size() == TILE && last.root() == Reader::new(store, tree).root(node).await?)
}

/// Makes all tiles of a tree again, from its first `size` leaves, and returns it at that size.
pub async fn rebuild(store: &dyn ProofStore, tree: &Tree, size: u64) -> Result<Frontier, LogError> {
    store.forget_tiles(tree.name()).await?;
    let mut growing = Growing::new(tree.clone(), Frontier::default());
    while growing.frontier.size() < size {
        let from = growing.frontier.size();
        let limit = PAGE.min(place(size - from));
        let leaves = tree.leaves(store, from, limit).await?;
        if leaves.is_empty() {
            return Err(incomplete(tree));
        }
        for leaf in &leaves {
            growing.push(leaf);
        }
        growing.save(store).await?;
    }
    Ok(growing.frontier)
}

/// A tree that grows, with the roots of its new complete subtrees, until they are saved.
#[derive(Debug, Clone)]
pub(super) struct Growing {
    pub(super) tree: Tree,
    pub(super) frontier: Frontier,
    /// By level and tile: where in the tile these hashes begin, and the hashes.
    unsaved: BTreeMap<(u32, u64), (u64, Vec<Hash>)>,
}

impl Growing {
    pub(super) fn new(tree: Tree, frontier: Frontier) -> Self {
        Self { tree, frontier, unsaved: BTreeMap::new() }
    }

    /// Adds a leaf.
    pub(super) fn push(&mut self, leaf: &Hash) {
        let unsaved = &mut self.unsaved;
        self.frontier.push(leaf, |Node { height, index }, hash| {
            if height > 0 && height.is_multiple_of(TILE_HEIGHT) {
                let key = (height / TILE_HEIGHT, index / TILE);
                let (_, hashes) = unsaved.entry(key).or_insert((index % TILE, Vec::new()));
                hashes.push(*hash);
            }
        });
    }

    /// Saves what became complete. Where a tile lacks what came before, it is made again first.
    pub(super) async fn save(&mut self, store: &dyn ProofStore) -> Result<(), LogError> {
        while let Some(((level, tile), (from, hashes))) = self.unsaved.pop_first() {
            let name = self.tree.name();
            let mut full =
                if from > 0 { store.tile(name, level.into(), number(tile)).await? } else { vec![] };
            if full.len() < place(from) {
                self.unsaved.clear();
                let whole = Box::pin(rebuild(store, &self.tree, self.frontier.size())).await?;
                return if whole == self.frontier { Ok(()) } else { Err(incomplete(&self.tree)) };
            }
            full.truncate(place(from));
            full.extend(hashes);
            store.save_tile(name, level.into(), number(tile), &full).await?;
        }
        Ok(())
    }
}
