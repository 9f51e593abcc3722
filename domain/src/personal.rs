//! What is known of a person. It is sealed under a key of its subject before it enters the log;
//! destroying that key erases it everywhere at once.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Bytes that only the holder of the subject's key can read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    Known(Opened<T>),
    Erased,
}

/// Something personal that was opened, with the bytes it was opened from: a later fact can tell
/// what was so before it, still sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Opened<T> {
    pub value: T,
    #[serde(skip)]
    sealed: Sealed,
}

/// Opens sealed bytes: the clear ones, or nothing where the key of their subject is gone.
pub type Open<'a> = &'a dyn Fn(&Sealed) -> Option<Vec<u8>>;

/// Something personal in a fact, of whatever type.
pub trait Private {
    /// What is sealed, while it is.
    fn sealed(&self) -> Option<&Sealed>;

    /// Opens it in place: known where `open` has its key, erased where that is gone.
    fn open(&mut self, open: Open<'_>);

    /// Brings it into the form in which facts are stored: sealed, unless it was erased. What is
    /// open has no place in the log.
    fn close(&mut self);
}

impl<T: DeserializeOwned> Private for Personal<T> {
    fn sealed(&self) -> Option<&Sealed> {
        match self {
            Self::Sealed(sealed) => Some(sealed),
            Self::Known(_) | Self::Erased => None,
        }
    }

    fn open(&mut self, open: Open<'_>) {
        if let Self::Sealed(sealed) = self {
            let value = open(sealed).and_then(|plain| serde_json::from_slice(&plain).ok());
            let sealed = std::mem::take(sealed);
            *self = value.map_or(Self::Erased, |value| Self::Known(Opened { value, sealed }));
        }
    }

    fn close(&mut self) {
        if let Self::Known(opened) = self {
            let sealed = std::mem::take(&mut opened.sealed);
            // What was kept open on its own lost the bytes it came from.
            let is_lost = sealed.bytes.is_empty();
            *self = if is_lost { Self::Erased } else { Self::Sealed(sealed) };
        }
    }
}

impl<T> Personal<T> {
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(opened) => Some(&opened.value),
            Self::Sealed(_) | Self::Erased => None,
        }
    }

    /// It as facts store it; what was erased stays so.
    pub fn from_closed(closed: Option<&Sealed>) -> Self {
        closed.map_or(Self::Erased, |sealed| Self::Sealed(sealed.clone()))
    }

    /// The same as facts store it: sealed, unless it was erased.
    pub fn closed(&self) -> Option<&Sealed> {
        match self {
            Self::Sealed(sealed) => Some(sealed),
            Self::Known(opened) => Some(&opened.sealed),
            Self::Erased => None,
        }
    }
}
