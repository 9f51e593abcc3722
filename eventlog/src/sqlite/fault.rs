//! What SQLite's errors mean to the log.

use sqlx::Error;

use crate::LogError;

/// Primary result codes of SQLite (its extended ones carry them in the low byte).
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const READ_ONLY: i32 = 8;
    pub(super) const IO: i32 = 10;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANNOT_OPEN: i32 = 14;
    pub(super) const NOT_A_DATABASE: i32 = 26;
}

fn primary(error: &Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<i32>().ok().map(|extended| extended & 0xff)
}

/// Whether another connection held the lock for too long.
pub(super) fn is_busy(error: &LogError) -> bool {
    matches!(error, LogError::Unavailable(cause) if primary(cause) == Some(code::BUSY))
}

pub(super) fn is_taken(error: &Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

pub(super) fn fault(error: Error) -> LogError {
    match primary(&error) {
        Some(code::NOT_A_DATABASE) => LogError::Unusable("log.db is no SQLite database".to_owned()),
        Some(code::CORRUPT) => {
            LogError::Unusable("log.db is damaged; restore it from a backup".to_owned())
        }
        Some(
            code::BUSY | code::LOCKED | code::READ_ONLY | code::IO | code::FULL | code::CANNOT_OPEN,
        )
        | None => LogError::Unavailable(error),
        Some(_) => LogError::Refused(error),
    }
}
