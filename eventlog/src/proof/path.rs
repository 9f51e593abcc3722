//! Proofs about a tree: that a leaf is in it, and that it grew out of a smaller one (RFC 9162,
//! sections 2.1.3 and 2.1.4).

use super::tree::{Node, complete, empty_root, fold, leaf_node, parent};
use crate::Hash;

/// Why a proof cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    #[error("the tree has no such leaf")]
    NoSuchLeaf,
    #[error("a tree cannot have grown out of a larger one")]
    Shrinks,
}

/// What one hash of a proof is made of: complete subtrees side by side, from left to right.
pub type Part = Vec<Node>;

/// What proves that leaf `index` (from 0) is in the tree of `size` leaves.
pub fn inclusion(index: u64, size: u64) -> Result<Vec<Part>, PathError> {
    if index >= size {
        return Err(PathError::NoSuchLeaf);
    }
    let (mut from, mut to, mut parts) = (0, size, Vec::new());
    while to - from > 1 {
        let middle = split(from, to);
        if index < middle {
            parts.push(complete(middle, to));
            to = middle;
        } else {
            parts.push(complete(from, middle));
            from = middle;
        }
    }
    parts.reverse();
    Ok(parts)
}

/// What proves that the tree of `new` leaves begins with the tree of `old` ones.
pub fn consistency(old: u64, new: u64) -> Result<Vec<Part>, PathError> {
    if old > new {
        return Err(PathError::Shrinks);
    }
    if old == 0 {
        // Every tree begins with none.
        return Ok(Vec::new());
    }
    let (mut from, mut to, mut parts) = (0, new, Vec::new());
    while old != to {
        let middle = split(from, to);
        if old <= middle {
            parts.push(complete(middle, to));
            to = middle;
        } else {
            parts.push(complete(from, middle));
            from = middle;
        }
    }
    if from > 0 {
        parts.push(complete(from, to));
    }
    parts.reverse();
    Ok(parts)
}

/// Where a tree of two leaves or more is divided: its left side is the largest complete subtree
/// that leaves something to the right.
fn split(from: u64, to: u64) -> u64 {
    from + (1 << (to - from - 1).ilog2())
}

/// The hash that a part of a proof comes to.
pub fn part(roots: &[Hash]) -> Hash {
    fold(roots).unwrap_or_else(empty_root)
}

/// Whether `proof` shows that `leaf` is leaf `index` of the tree of `size` leaves with this root.
pub fn includes(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf_node(leaf));
    for beside in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = parent(beside, &hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = parent(&hash, beside);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `new` leaves begins with the one of `old` leaves.
pub fn extends(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size == 0 {
        return proof.is_empty() && *old_root == empty_root();
    }
    if old_size >= new_size {
        return old_size == new_size && proof.is_empty() && old_root == new_root;
    }
    // A complete tree is itself the first hash of its proof, and is left out of it.
    let (first, rest) = if old_size.is_power_of_two() {
        (old_root, proof)
    } else {
        let Some((first, rest)) = proof.split_first() else { return false };
        (first, rest)
    };
    let (mut at, mut last) = (old_size - 1, new_size - 1);
    while at & 1 == 1 {
        (at, last) = (at >> 1, last >> 1);
    }
    let (mut before, mut after) = (*first, *first);
    for beside in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            before = parent(beside, &before);
            after = parent(beside, &after);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            after = parent(&after, beside);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && before == *old_root && after == *new_root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tree::tests::{grown, leaf, root_by_definition};
    use super::*;

    /// The hashes of a proof, from the leaves themselves.
    fn hashes(parts: Vec<Part>) -> Vec<Hash> {
        let root = |node: &Node| {
            let leaves = (node.index << node.height)..((node.index + 1) << node.height);
            root_by_definition(&leaves.map(leaf).collect::<Vec<_>>())
        };
        let one = |nodes: Part| part(&nodes.iter().map(root).collect::<Vec<_>>());
        parts.into_iter().map(one).collect()
    }

    /// The examples of RFC 9162, section 2.1.5: the tree of seven leaves.
    #[test]
    fn proofs_have_the_shape_of_the_standards_examples() {
        let spans = |parts: Vec<Part>| -> Vec<_> {
            let span = |nodes: Part| {
                let (first, last) = (nodes[0], nodes[nodes.len() - 1]);
                (first.index << first.height, (last.index + 1) << last.height)
            };
            parts.into_iter().map(span).collect()
        };
        assert_eq!(spans(inclusion(0, 7).unwrap()), [(1, 2), (2, 4), (4, 7)], "d0");
        assert_eq!(spans(inclusion(3, 7).unwrap()), [(2, 3), (0, 2), (4, 7)], "d3");
        assert_eq!(spans(inclusion(4, 7).unwrap()), [(5, 6), (6, 7), (0, 4)], "d4");
        assert_eq!(spans(inclusion(6, 7).unwrap()), [(4, 6), (0, 4)], "d6");
        assert_eq!(spans(consistency(3, 7).unwrap()), [(2, 3), (3, 4), (0, 2), (4, 7)]);
        assert_eq!(spans(consistency(4, 7).unwrap()), [(4, 7)]);
        assert_eq!(spans(consistency(6, 7).unwrap()), [(4, 6), (6, 7), (0, 4)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_leaf_is_proved_and_no_other(size in 1_u64..300, at in 0_u64..300, bit in 0_usize..256) {
            let index = at % size;
            let proof = hashes(inclusion(index, size).unwrap());
            let root = grown(size).root();
            prop_assert!(includes(&leaf(index), index, size, &proof, &root));
            prop_assert!(!includes(&leaf(index + 1), index, size, &proof, &root));
            prop_assert!(!includes(&leaf(index), index, size, &proof, &leaf(0)));
            prop_assert!(!includes(&leaf(index), index + size, size, &proof, &root));
            let longer = [proof.clone(), vec![leaf(0)]].concat();
            prop_assert!(!includes(&leaf(index), index, size, &longer, &root));
            if !proof.is_empty() {
                prop_assert!(!includes(&leaf(index), index, size, &proof[1..], &root));
                let mut altered = proof.clone();
                let which = bit % altered.len();
                altered[which].0[bit / 8] ^= 1 << (bit % 8);
                prop_assert!(!includes(&leaf(index), index, size, &altered, &root));
            }
        }

        #[test]
        fn a_tree_grew_out_of_each_before_it_and_no_other(new in 0_u64..300, at in 0_u64..300, bit in 0_usize..256) {
            let old = at % (new + 1);
            let proof = hashes(consistency(old, new).unwrap());
            let (before, after) = (grown(old).root(), grown(new).root());
            prop_assert!(extends((old, &before), (new, &after), &proof));
            if old == 0 || old == new {
                prop_assert!(!extends((old, &leaf(9)), (new, &after), &proof));
                return Ok(());
            }
            prop_assert!(!extends((old, &leaf(9)), (new, &after), &proof));
            prop_assert!(!extends((old, &before), (new, &leaf(9)), &proof));
            prop_assert!(!extends((new, &after), (old, &before), &proof));
            prop_assert!(!extends((old, &before), (new, &after), &proof[1..]));
            let mut altered = proof.clone();
            let which = bit % altered.len();
            altered[which].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!extends((old, &before), (new, &after), &altered));
        }
    }

    #[test]
    fn what_cannot_be_proved_is_refused() {
        assert_eq!(inclusion(7, 7), Err(PathError::NoSuchLeaf));
        assert_eq!(inclusion(0, 0), Err(PathError::NoSuchLeaf));
        assert_eq!(consistency(8, 7), Err(PathError::Shrinks));
    }
}
