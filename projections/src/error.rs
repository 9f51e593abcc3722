//! What can go wrong when read models are asked or written.

use std::sync::Arc;

use domain::TenantId;
use eventlog::LogError;

/// Why a question was not answered. No text of a driver is in any `Display`.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// An event of the tenant could not be taken: its rows stand still until a rebuild.
    #[error(
        "the read model {projection} of tenant {tenant} stands still: an event of it could not be read"
    )]
    Parked { tenant: TenantId, projection: String },
    /// The read models did not reach the newest event in time.
    #[error("the read models are {lag} events behind")]
    Behind { lag: i64 },
    /// The projection is being filled, on this node or another one.
    #[error("the read model {0} is being built")]
    Unbuilt(String),
    /// There is no such tenant, so nothing can be folded for it.
    #[error("there is no tenant {0}")]
    NoTenant(TenantId),
    /// A fold for one answer would take more events than it may.
    #[error("more than {most} events would have to be folded")]
    TooLong { most: i64 },
    /// A question that cannot be put.
    #[error("at most {most} tags can be asked for at once")]
    TooManyTags { most: usize },
    /// There is no projection of that name.
    #[error("there is no projection {0}")]
    NoProjection(String),
    /// Another rebuild of the same projection is under way.
    #[error("{0} is being rebuilt already")]
    Rebuilding(String),
    /// A rebuilt table could not be put to use, because others held what it takes.
    #[error("the rebuilt {0} could not be put in place: try again")]
    HeldUp(String),
    /// What was rebuilt is not what the events say: it was not put to use.
    #[error("the rebuilt {projection} differs from the events of tenant {tenant}")]
    Differs { projection: String, tenant: TenantId },
    /// The place where the read models are kept cannot be used.
    #[error("the store of read models cannot be used: {0}")]
    Unusable(String),
    #[error("the store of read models is unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// The statement was refused, and would be refused again.
    #[error("the store of read models refused a statement")]
    Refused(#[source] sqlx::Error),
    /// A row holds what no projection writes.
    #[error("a row of a read model cannot be read: {0}")]
    Unreadable(&'static str),
    #[error("the event log could not be read")]
    Log(#[source] Arc<LogError>),
}

impl From<LogError> for ViewError {
    fn from(error: LogError) -> Self {
        Self::Log(Arc::new(error))
    }
}

impl From<sqlx::Error> for ViewError {
    fn from(error: sqlx::Error) -> Self {
        if is_refusal(&error) { Self::Refused(error) } else { Self::Unavailable(error) }
    }
}

/// Whether the same statement would fail again: the data or the statement is at fault, not the
/// connection, a lock, or a lack of resources.
fn is_refusal(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else {
        return matches!(error, sqlx::Error::Encode(_));
    };
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        // Data exceptions, violated constraints, wrong statements, rows that are too large.
        return ["22", "23", "42", "54"].iter().any(|class| code.starts_with(class));
    }
    // SQLite: too big, constraint, mismatch, misuse, range; and 1, a wrong statement.
    let primary = code.parse::<u32>().map_or(0, |code| code & 0xff);
    matches!(primary, 1 | 18 | 19 | 20 | 21 | 25)
}

/// Why a projection cannot take an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ProjectError(pub String);

impl From<serde_json::Error> for ProjectError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}
