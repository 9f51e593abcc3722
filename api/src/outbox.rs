//! Mail to users. Nothing is sent from here: what is to be mailed is handed to whoever sends it,
//! as files in a directory or as requests to a web address.
//!
//! What waits is in the vault, sealed, from the statement that recorded the password on. It is
//! handed over at least once: when the outbox took it, that is recorded, and the same statement
//! drops it from the vault. So the rows themselves say what is left to do, after every crash and on
//! every node, and one mail that nobody takes holds up no other. A receiver knows a mail that it
//! got twice by its id.

mod courier;
mod directory;
mod webhook;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use commands::sign_ins::MailReason;
use domain::{TenantId, UserId};
use reqwest::Url;
use serde::Serialize;

pub use courier::Courier;
use directory::Directory;
use webhook::Webhook;

/// A mail that somebody else is to send. It shows itself nowhere.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// The same whenever it is handed over; the events name it too.
    pub id: String,
    pub reason: MailReason,
    pub tenant: TenantId,
    pub user: UserId,
    /// Address it goes to.
    pub to: String,
    pub user_name: String,
    pub first_name: String,
    pub last_name: String,
    /// What the user signs in with next, once.
    pub one_time_password: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a mail was not taken. No text of it tells where an outbox is, for that may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    #[error("the mail cannot be written: {0}")]
    Unwritten(std::io::ErrorKind),
    #[error("the receiver cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("the receiver answered {0}")]
    Refused(u16),
}

/// Takes mail off our hands.
#[async_trait]
pub trait Outbox: Send + Sync + 'static {
    /// When this returns, the mail will not be lost.
    async fn take(&self, mail: &Mail) -> Result<(), OutboxError>;
}

/// Where mail goes, as an operator says it: a directory, or a web address.
#[derive(Clone, PartialEq, Eq)]
pub enum OutboxPlace {
    Directory(PathBuf),
    /// It may hold a secret of its own, so it is shown nowhere.
    Webhook(Url),
}

impl fmt::Debug for OutboxPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path) => f.debug_tuple("Directory").field(path).finish(),
            Self::Webhook(_) => f.write_str("Webhook(..)"),
        }
    }
}

impl FromStr for OutboxPlace {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if !text.contains("://") {
            return Ok(Self::Directory(PathBuf::from(text)));
        }
        let url = Url::parse(text).map_err(|_| "the address is malformed")?;
        match url.scheme() {
            "http" | "https" => Ok(Self::Webhook(url)),
            _ => Err("mail goes to a directory, or to an address with http or https"),
        }
    }
}

impl OutboxPlace {
    /// The one that a server has unless it is told otherwise.
    pub fn below(data_dir: &Path) -> Self {
        Self::Directory(data_dir.join("outbox"))
    }

    /// Opens it; whether it takes anything shows when there is something to take.
    pub fn open(&self) -> Result<Arc<dyn Outbox>, OutboxError> {
        Ok(match self {
            Self::Directory(path) => Arc::new(Directory::new(path.clone())),
            Self::Webhook(url) => Arc::new(Webhook::new(url.clone())?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_directory_or_an_address_and_hides_the_latter() {
        let read = |text: &str| text.parse::<OutboxPlace>();
        assert_eq!(read("mail/out"), Ok(OutboxPlace::Directory("mail/out".into())));
        let hook = read("https://mailer.example/hooks/s3cret").unwrap();
        assert_eq!(format!("{hook:?}"), "Webhook(..)");
        assert!(read("ftp://mailer.example").is_err() && read("https://").is_err());
    }
}
