//! How a subcommand ends when it fails: a sentence and an exit code.

use std::io::{self, Write};
use std::process::ExitCode;

/// One clear sentence for standard error, and the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    message: Option<String>,
    code: u8,
}

impl Failure {
    /// It could not be done.
    pub fn new(message: impl ToString) -> Self {
        Self { message: Some(message.to_string()), code: 1 }
    }

    /// The command line is wrong in a way its parser does not see.
    pub fn usage(message: impl ToString) -> Self {
        Self { message: Some(message.to_string()), code: 2 }
    }

    /// Everything that needs saying was said.
    pub fn silent() -> Self {
        Self { message: None, code: 1 }
    }

    /// The same where it means that something cannot be told.
    #[must_use]
    pub fn untold(self) -> Self {
        Self { code: 2, ..self }
    }

    pub fn message(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }

    pub(super) fn code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }

    pub(super) fn print(&self) {
        if let Some(message) = &self.message {
            // Nobody is left to tell if standard error is gone.
            let _ = writeln!(io::stderr(), "chancery: {message}");
        }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    /// The error's own words, which say what the case is; its sources are for logs.
    fn from(error: E) -> Self {
        Self::new(error)
    }
}
