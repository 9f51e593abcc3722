//! How a command is sent to the writer, and what comes back.

use std::net::IpAddr;
use std::sync::Arc;

use domain::{Actor, Authority, Details, Event, TenantId};
use eventlog::{Hash, LogError};
use uuid::Uuid;

/// A caller's promise that two requests with the same key are one.
#[derive(Debug, Clone)]
pub struct Idempotency {
    pub key: String,
    /// Hash of the command's name and body.
    pub fingerprint: Hash,
}

/// Who asks, of which tenant, and how.
#[derive(Debug, Clone)]
pub struct Request {
    pub tenant: TenantId,
    pub actor: Actor,
    /// What the actor holds themselves, and so may hand on.
    pub authority: Authority,
    /// Given where the command entered, and kept through every retry.
    pub command_id: Uuid,
    /// Request or correlation id.
    pub correlation: String,
    pub address: Option<IpAddr>,
    /// The sequence the target must stand at (`If-Match`).
    pub expected_sequence: Option<i64>,
    pub idempotency: Option<Idempotency>,
    /// Decide and show the events, append nothing.
    pub dry_run: bool,
}

/// A command that was granted. Its events are durable, unless it was a dry run.
#[derive(Debug)]
pub struct Granted<F> {
    /// Where the target stands now; `None` for a target nothing was ever recorded of.
    pub details: Option<Details>,
    /// The tenant's newest ordinal when this was answered.
    pub ordinal: i64,
    /// The partition and its position that a read must have reached to show this.
    pub partition: i32,
    pub position: i64,
    /// What was recorded, or would be; empty when nothing had to change.
    pub events: Vec<Event>,
    pub fresh: F,
}

/// Why a command was not granted. What goes wrong with the store or with a tenant's record goes
/// wrong for many commands at once, so they share it.
#[derive(Debug, thiserror::Error)]
pub enum Failure<R> {
    /// The rule says no.
    #[error("{0}")]
    Rejected(R),
    #[error("there is no tenant {0}")]
    NoTenant(TenantId),
    /// The target does not stand where the caller expects it.
    #[error("the sequence is {actual}, not {expected}")]
    Stale { expected: i64, actual: i64 },
    /// This key was answered before; here is that answer, as the native API gave it.
    #[error("this was answered before")]
    Replayed(serde_json::Value),
    /// This key belongs to another command or body.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The queue is full, or the read models are too far behind.
    #[error("too much is waiting; try again in {retry_after_seconds} s")]
    Overloaded { retry_after_seconds: u32 },
    #[error("the server is stopping")]
    Stopping,
    #[error("the store cannot take the command now")]
    Unavailable(#[source] Arc<LogError>),
    /// An event of the tenant cannot be read by this program.
    #[error("the tenant's record cannot be read")]
    Unreadable(#[source] Arc<domain::DecodeError>),
}

impl<R> From<LogError> for Failure<R> {
    fn from(error: LogError) -> Self {
        Self::Unavailable(Arc::new(error))
    }
}
