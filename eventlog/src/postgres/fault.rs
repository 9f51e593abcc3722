//! What PostgreSQL's errors mean to the log.

use sqlx::Error;
use sqlx::postgres::PgDatabaseError;

use crate::{Appended, LogError};

fn server(error: &Error) -> Option<&PgDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

/// Whether the connection should not be used again: it is broken, or its server is going down or
/// has become a standby.
pub(super) fn is_lost(error: &Error) -> bool {
    server(error).is_none_or(|error| {
        matches!(error.code(), "25006" | "57P01" | "57P02" | "57P03" | "57P05")
            || error.code().starts_with("08")
    })
}

/// Whether it is lost and said so at once, so that trying again costs nobody their patience.
pub(super) fn is_stale(error: &Error) -> bool {
    let waited = matches!(error, Error::Io(cause) if cause.kind() == std::io::ErrorKind::TimedOut);
    is_lost(error) && !waited
}

pub(super) fn fault(error: Error) -> LogError {
    let Some(code) = server(&error).map(PgDatabaseError::code) else {
        return LogError::Unavailable(error);
    };
    let unusable = |why: &str| LogError::Unusable(why.to_owned());
    match code {
        "3D000" => unusable("there is no such database on the server"),
        "42501" => unusable("the database's user lacks the rights to it"),
        // Cannot take this now: serialisation, deadlock, a lock not had, a standby.
        "40001" | "40P01" | "55P03" | "25006" => LogError::Unavailable(error),
        _ => match code.get(..2) {
            Some("28") => unusable("the server refused the login"),
            // Connection, resources, an operator's hand or a timeout, the system.
            Some("08" | "53" | "57" | "58") => LogError::Unavailable(error),
            _ => LogError::Refused(error),
        },
    }
}

/// What an error says of an append: every one of these means that nothing was written.
pub(super) fn appended(error: Error) -> Result<Appended, LogError> {
    let Some(cause) = server(&error) else { return Err(fault(error)) };
    match (cause.code(), cause.constraint().unwrap_or_default()) {
        ("40001" | "40P01", _) => Ok(Appended::Moved),
        ("23505", key) if key.starts_with("events_") => Ok(Appended::Moved),
        ("23505", "answers_pkey") => Err(LogError::AnswerTaken),
        ("23505", "vault_pkey") => Err(LogError::VaultTaken),
        ("23505", "placements_pkey") => Err(LogError::TenantTaken),
        _ => Err(fault(error)),
    }
}
