//! What is known of a person. It is sealed under a key of its subject before it enters the log;
//! destroying that key erases it everywhere at once.

use serde::{Deserialize, Serialize};

/// Bytes that only the holder of the subject's key can read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sealed {
    /// Whose key it is: a public id in the vault.
    pub subject: String,
    /// Nonce and ciphertext, hexadecimal.
    pub bytes: String,
}

/// Something personal, as it stands in a fact: sealed while it travels and rests, known once it
/// was opened, erased when its key is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Personal<T> {
    Sealed(Sealed),
    Known(T),
    Erased,
}

impl<T> Personal<T> {
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Sealed(_) | Self::Erased => None,
        }
    }
}

/// A person as the admin APIs know one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub user_name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub country: String,
    /// Keyed hash of the e-mail address in lower case, hexadecimal: compared for uniqueness.
    #[serde(default)]
    pub email_lookup: String,
}
