//! Proof that nobody altered the record: a hash tree for each tenant over the leaf hashes of its
//! events, one of the installation over the tenants' heads, signed heads of both, and what shows
//! that an event is in a tree and that a tree grew out of an earlier one.

mod audit;
mod checkpoint;
mod event_proof;
mod flaw;
mod forest;
mod note;
mod path;
mod sealer;
mod store;
mod tree;

pub use audit::{Audit, Verdict};
pub use checkpoint::{Checkpoint, head_leaf};
pub use event_proof::{EventProof, EventProofError};
pub use flaw::{Finding, Flaw, flaw_of};
pub use forest::{Tree, frontier, prove, rebuild};
pub use note::{NoteError, SigningKey, VerifierKey, installation_origin, tenant_origin};
pub use path::{Part, PathError, consistency, extends, includes, inclusion, part};
pub use sealer::{Round, Sealer};
pub use store::{Entry, ProofStore, Row, SignedHead};
pub use tree::{Frontier, Node, empty_root, leaf_node, parent};
