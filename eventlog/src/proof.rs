//! Proof that nobody altered the record: a hash tree for each tenant over the leaf hashes of its
//! events, one of the installation over the tenants' heads, signed heads of both, and what shows
//! that an event is in a tree and that a tree grew out of an earlier one.

mod checkpoint;
mod flaw;
mod note;
mod path;
mod store;
mod tree;

pub use checkpoint::{Checkpoint, head_leaf};
pub use flaw::{Finding, Flaw, flaw_of};
pub use note::{NoteError, SigningKey, VerifierKey, installation_origin, tenant_origin};
pub use path::{Part, PathError, consistency, extends, includes, inclusion, part};
pub use store::{Entry, ProofStore, Row, SignedHead};
pub use tree::{Frontier, Node, empty_root, leaf_node, parent};
