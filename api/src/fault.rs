//! What can go wrong beside a rule saying no. Each dialect has its own words for these.

use std::error::Error;

use commands::Failure;
use domain::TenantId;
use eventlog::{LogError, SealError};
use projections::ViewError;

use crate::past::NoPast;

/// Why a request could not be answered though nothing in it was refused by a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("there is no tenant {0}")]
    NoTenant(TenantId),
    /// `If-Match` names another sequence than the target has.
    #[error("the sequence is {actual}, not {expected}")]
    Stale { expected: i64, actual: i64 },
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// Commands come faster than they can be taken, or the store is slow.
    #[error("too much is waiting; try again in {retry_after_seconds} s")]
    Overloaded { retry_after_seconds: u32 },
    #[error("the server is stopping")]
    Stopping,
    #[error("the store cannot be reached")]
    Unavailable,
    /// The read models did not catch up in time.
    #[error("the read models are behind; try again")]
    Behind,
    /// The read model stopped at an event of this tenant that it cannot take.
    #[error("the read model of this tenant has stopped at an event it cannot take")]
    Parked,
    /// Nothing can be told of the instant that was asked for.
    #[error("{0}")]
    NoPast(NoPast),
    /// What is stored cannot be read; the cause is in the program's own log.
    #[error("something went wrong inside")]
    Internal,
}

impl Fault {
    /// The HTTP status it calls for, where a dialect has none of its own.
    pub fn status(&self) -> u16 {
        match self {
            Self::NoTenant(_) => 404,
            Self::Stale { .. } => 412,
            Self::KeyReused | Self::NoPast(NoPast::TooLong { .. }) => 422,
            Self::NoPast(_) => 400,
            Self::Overloaded { .. }
            | Self::Stopping
            | Self::Unavailable
            | Self::Behind
            | Self::Parked => 503,
            Self::Internal => 500,
        }
    }

    /// Seconds after which it is worth asking again, where it is at all.
    pub fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::Overloaded { retry_after_seconds } => Some(*retry_after_seconds),
            Self::Stopping | Self::Unavailable | Self::Behind => Some(1),
            Self::NoTenant(_)
            | Self::Stale { .. }
            | Self::KeyReused
            | Self::Parked
            | Self::NoPast(_)
            | Self::Internal => None,
        }
    }

    /// Stable word for it, in snake case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoTenant(_) => "tenant_unknown",
            Self::Stale { .. } => "sequence_differs",
            Self::KeyReused => "idempotency_key_reused",
            Self::Overloaded { .. } => "overloaded",
            Self::Stopping => "stopping",
            Self::Unavailable => "store_unavailable",
            Self::Behind => "read_models_behind",
            Self::Parked => "read_model_parked",
            Self::NoPast(_) => "as_of_invalid",
            Self::Internal => "internal",
        }
    }
}

/// Why a command was not granted, as handlers see it.
#[derive(Debug)]
pub enum Denied<R> {
    /// The rule says no.
    Rejected(R),
    /// This key was answered before, like this.
    Replayed(serde_json::Value),
    Fault(Fault),
}

impl<R> Denied<R> {
    /// The same with its rejection told otherwise.
    pub fn map<T>(self, told: impl FnOnce(R) -> T) -> Denied<T> {
        match self {
            Self::Rejected(rejection) => Denied::Rejected(told(rejection)),
            Self::Replayed(answer) => Denied::Replayed(answer),
            Self::Fault(fault) => Denied::Fault(fault),
        }
    }
}

impl<R> From<Fault> for Denied<R> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<R> From<Failure<R>> for Denied<R> {
    fn from(failure: Failure<R>) -> Self {
        Self::Fault(match failure {
            Failure::Rejected(rejection) => return Self::Rejected(rejection),
            Failure::Replayed(answer) => return Self::Replayed(answer),
            Failure::NoTenant(tenant) => Fault::NoTenant(tenant),
            Failure::Stale { expected, actual } => Fault::Stale { expected, actual },
            Failure::KeyReused => Fault::KeyReused,
            Failure::Overloaded { retry_after_seconds } => {
                Fault::Overloaded { retry_after_seconds }
            }
            Failure::Stopping => Fault::Stopping,
            Failure::Unavailable(error) => Fault::of_log(&error),
            Failure::Unreadable(error) => {
                tracing::error!(error = &*error as &dyn Error, "an event cannot be read");
                Fault::Internal
            }
        })
    }
}

impl Fault {
    /// What a failure of the log comes to; its cause goes to the program's own log alone.
    fn of_log(error: &LogError) -> Self {
        tracing::error!(error = error as &dyn Error, "the event log failed");
        match error {
            LogError::Unavailable(_) => Self::Unavailable,
            LogError::Refused(_)
            | LogError::AnswerTaken
            | LogError::VaultTaken
            | LogError::TenantTaken
            | LogError::Integrity { .. }
            | LogError::Unusable(_)
            | LogError::Seal(_) => Self::Internal,
        }
    }
}

impl From<LogError> for Fault {
    fn from(error: LogError) -> Self {
        Self::of_log(&error)
    }
}

impl From<SealError> for Fault {
    fn from(error: SealError) -> Self {
        Self::of_log(&LogError::Seal(error))
    }
}

impl From<ViewError> for Fault {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::NoTenant(tenant) => return Self::NoTenant(tenant),
            ViewError::Log(error) => return Self::of_log(&error),
            ViewError::TooLong { most } => return Self::NoPast(NoPast::TooLong { most }),
            ViewError::Parked { .. } => return Self::Parked,
            ViewError::Behind { .. } | ViewError::Unbuilt(_) => return Self::Behind,
            ViewError::Unavailable(_)
            | ViewError::TooManyTags { .. }
            | ViewError::NoProjection(_)
            | ViewError::Rebuilding(_)
            | ViewError::HeldUp(_)
            | ViewError::Differs { .. }
            | ViewError::Unusable(_)
            | ViewError::Refused(_)
            | ViewError::Unreadable(_) => {}
        }
        tracing::error!(error = &error as &dyn Error, "the read models failed");
        if matches!(error, ViewError::Unavailable(_)) { Self::Unavailable } else { Self::Internal }
    }
}
