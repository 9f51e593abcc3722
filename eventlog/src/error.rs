//! What can go wrong with the store. None of it is a client's fault, and none of the text of a
//! driver belongs in a reply.

use crate::SealError;

#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The store cannot be reached, or was cut off; what became of a write is not known.
    #[error("the store is unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// The statement was refused, and would be refused again: nothing was written.
    #[error("the store refused a statement")]
    Refused(#[source] sqlx::Error),
    /// The idempotency key of one of the answers is taken: nothing was written.
    #[error("an idempotency key is taken")]
    AnswerTaken,
    /// The public id of one of the secrets is taken: nothing was written.
    #[error("a public id of the vault is taken")]
    VaultTaken,
    /// One of the tenants has a place already: nothing was written.
    #[error("a tenant id is taken")]
    TenantTaken,
    /// A position is missing, or a hash does not follow from its bytes.
    #[error("partition {partition} is not whole at position {position}: {what}")]
    Integrity { partition: i32, position: i64, what: &'static str },
    /// What the store holds is not what this program writes.
    #[error("the store cannot be used: {0}")]
    Unusable(String),
    #[error("a sealed value cannot be opened")]
    Seal(#[from] SealError),
}
