//! Whom to tell when an API client's credentials expire: read in the clear, checked, and sealed
//! for the user the client acts for.

use std::fmt;

use domain::{NotificationEmails, Personal, UserId};
use eventlog::{SealError, TenantKeys, payload_hash};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Refusal;
use crate::names::{bytes_of, is_address};

const EMAILS_MAX: usize = 100;
/// The longest address that mail can be sent to (RFC 5321).
const EMAIL_MAX: usize = 254;

/// E-mail addresses, in the clear. They show themselves nowhere.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ClearEmails(pub Vec<String>);

impl fmt::Debug for ClearEmails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClearEmails(..)")
    }
}

/// Why nobody can be told there. It names no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailsFault {
    #[error("an e-mail is no address that mail can be sent to")]
    Invalid,
    #[error("at most {EMAILS_MAX} addresses can be told")]
    TooMany,
    #[error("addresses are kept for the user that a client acts for, and there is none such")]
    NobodysOwn,
}

impl EmailsFault {
    pub(super) fn refusal(self) -> Refusal {
        let code = match self {
            Self::Invalid => "email_invalid",
            Self::TooMany => "emails_too_many",
            Self::NobodysOwn => "emails_nobodys",
        };
        Refusal::invalid(code, "notificationEmails")
    }
}

/// Addresses that only the holder of the user's key can read.
#[derive(Debug)]
pub struct SealedEmails {
    pub emails: Personal<NotificationEmails>,
    /// Keyed hash of all of them.
    pub lookup: String,
}

/// What to seal comes to: nobody, somebody, or why it cannot be.
pub type DrawnEmails = Result<Option<SealedEmails>, EmailsFault>;

impl ClearEmails {
    /// Roughly how many bytes they take.
    pub(super) fn weight(&self) -> usize {
        bytes_of(&self.0)
    }

    /// Seals them for `user`.
    pub(super) fn seal(
        self,
        user: Option<&UserId>,
        keys: &TenantKeys,
    ) -> Result<DrawnEmails, SealError> {
        let emails = self.0;
        if emails.is_empty() {
            return Ok(Ok(None));
        }
        if emails.len() > EMAILS_MAX {
            return Ok(Err(EmailsFault::TooMany));
        }
        if !emails.iter().all(|email| is_address(email, EMAIL_MAX)) {
            return Ok(Err(EmailsFault::Invalid));
        }
        let Some(user) = user else { return Ok(Err(EmailsFault::NobodysOwn)) };
        let lookup = keys.veil(&payload_hash(emails.join("\n").as_bytes()))?.to_string();
        let known = NotificationEmails { emails, email_lookup: lookup.clone() };
        let sealed = keys.seal_more(user.as_str(), &known)?;
        let sealed = sealed.map(|emails| Some(SealedEmails { emails, lookup }));
        Ok(sealed.ok_or(EmailsFault::NobodysOwn))
    }
}
