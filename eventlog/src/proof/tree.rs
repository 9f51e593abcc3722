//! The hash tree of RFC 6962 (and 9162, section 2.1): how leaves and nodes are hashed, and a tree
//! that grows leaf by leaf while only the roots of its complete subtrees are kept.

use sha2::{Digest, Sha256};

use crate::Hash;

const LEAF: [u8; 1] = [0];
const NODE: [u8; 1] = [1];

/// Hash of a leaf. The leaf of an event is its `leaf_hash`, byte for byte.
pub fn leaf_node(leaf: &Hash) -> Hash {
    Hash(Sha256::new().chain_update(LEAF).chain_update(leaf.0).finalize().into())
}

/// Hash of the node above two others.
pub fn parent(left: &Hash, right: &Hash) -> Hash {
    let hasher = Sha256::new().chain_update(NODE).chain_update(left.0).chain_update(right.0);
    Hash(hasher.finalize().into())
}

/// Root of a tree without leaves: the hash of nothing.
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// Root over complete subtrees that stand side by side, the largest first.
pub(super) fn fold(nodes: &[Hash]) -> Option<Hash> {
    nodes.iter().rev().copied().reduce(|right, left| parent(&left, &right))
}

/// The root of a complete subtree: `index` counts those of its height from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node {
    /// It spans `2^height` leaves.
    pub height: u32,
    pub index: u64,
}

/// A tree that can be extended and not looked into: the roots of its complete subtrees, the
/// largest first, at most 64 of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

impl Frontier {
    /// The tree of `size` leaves whose complete subtrees, as [`Frontier::subtrees`] names them,
    /// have these roots; `None` where there is not one root for each.
    pub fn new(size: u64, nodes: Vec<Hash>) -> Option<Self> {
        let is_right = u32::try_from(nodes.len()) == Ok(size.count_ones());
        is_right.then_some(Self { size, nodes })
    }

    /// The complete subtrees of a tree of `size` leaves, from left to right.
    pub fn subtrees(size: u64) -> Vec<Node> {
        complete(0, size)
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn root(&self) -> Hash {
        fold(&self.nodes).unwrap_or_else(empty_root)
    }

    /// Adds a leaf. `completed` is told of each subtree that this leaf completes, from the leaf
    /// itself upwards.
    pub fn push(&mut self, leaf: &Hash, mut completed: impl FnMut(Node, &Hash)) {
        let mut node = Node { height: 0, index: self.size };
        let mut hash = leaf_node(leaf);
        completed(node, &hash);
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.nodes.pop() else { break };
            hash = parent(&left, &hash);
            node = Node { height: node.height + 1, index: node.index / 2 };
            completed(node, &hash);
        }
        self.nodes.push(hash);
        self.size += 1;
    }
}

/// The complete subtrees that make up the leaves from `from` up to `to`, from left to right; the
/// range is one that the tree's shape gives, so it begins at a multiple of its largest subtree.
pub(super) fn complete(from: u64, to: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut at = from;
    while let Some(height) = (to - at).checked_ilog2() {
        nodes.push(Node { height, index: at >> height });
        at += 1 << height;
    }
    nodes
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Leaves that are the numbers from 0.
    pub(in crate::proof) fn leaf(number: u64) -> Hash {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Hash(bytes)
    }

    /// The definition of RFC 6962, section 2.1, word for word.
    pub(in crate::proof) fn root_by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [leaf] => leaf_node(leaf),
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                parent(&root_by_definition(left), &root_by_definition(right))
            }
        }
    }

    pub(in crate::proof) fn grown(size: u64) -> Frontier {
        let mut frontier = Frontier::default();
        (0..size).for_each(|number| frontier.push(&leaf(number), |_, _| {}));
        frontier
    }

    #[test]
    fn hashes_are_those_of_the_standard() {
        // The hash of nothing and of an empty leaf stand in RFC 6962's test data.
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Frontier::default().root().to_string(), nothing);
        let empty_leaf: [u8; 32] = Sha256::digest(LEAF).into();
        let known = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(Hash(empty_leaf).to_string(), known);
    }

    #[test]
    fn known_roots_of_small_trees() {
        let roots: Vec<_> = [1, 2, 3, 7].map(|size| grown(size).root().to_string()).into();
        assert_eq!(roots, KNOWN_ROOTS);
    }

    /// Computed apart from this program, with Python's hashlib.
    const KNOWN_ROOTS: [&str; 4] = [
        "7f9c9e31ac8256ca2f258583df262dbc7d6f68f2a03043d5c99a4ae5a7396ce9",
        "c5cc74f109b9a7880fe3bb10f902bf36d41c126c6ecd961fb6fd25285010eb18",
        "5a6d88608698477d2c93c8b3512e3d752eec1b6d74f9f611476a8733834b737b",
        "26c327ae1c8e2263f464db5e6deaf1b757ebaf383caa0d697fd44165bc50367b",
    ];

    #[test]
    fn what_is_completed_is_told_from_below() {
        let mut frontier = grown(3);
        let mut told = Vec::new();
        frontier.push(&leaf(3), |node, hash| told.push((node.height, node.index, *hash)));
        let heights: Vec<_> = told.iter().map(|(height, index, _)| (*height, *index)).collect();
        assert_eq!(heights, [(0, 3), (1, 1), (2, 0)]);
        assert_eq!(told[2].2, frontier.root());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_tree_that_grew_has_the_root_of_the_definition(size in 0_u64..700) {
            let leaves: Vec<_> = (0..size).map(leaf).collect();
            prop_assert_eq!(grown(size).root(), root_by_definition(&leaves));
        }

        #[test]
        fn a_tree_goes_on_from_its_subtrees(size in 0_u64..700, more in 0_u64..80) {
            let leaves: Vec<_> = (0..size + more).map(leaf).collect();
            let root = |node: Node| {
                let span = 1_usize << node.height;
                let from = usize::try_from(node.index).unwrap() * span;
                root_by_definition(&leaves[from..from + span])
            };
            let nodes = Frontier::subtrees(size).into_iter().map(root).collect();
            let mut frontier = Frontier::new(size, nodes).unwrap();
            (size..size + more).for_each(|number| frontier.push(&leaf(number), |_, _| {}));
            prop_assert_eq!(frontier, grown(size + more));
        }
    }

    #[test]
    fn a_frontier_has_one_root_for_each_subtree() {
        assert_eq!(Frontier::new(3, vec![leaf(0)]), None);
        assert!(Frontier::new(4, vec![leaf(0)]).is_some());
    }
}
