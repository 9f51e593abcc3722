//! Keys that travel: sealed for whoever holds the private half of a recipient's key, by X25519
//! (RFC 7748) with a key of its own for each message.

use std::fmt;

use curve25519_dalek::montgomery::MontgomeryPoint;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::seal::{hex, unhex};
use crate::{Key, SealError};

const PUBLIC: &str = "recipient-";
const PRIVATE: &str = "recipient-private-";
const TAG: &[u8] = b"chancery/recipient/1";

/// The public half: whoever has it can seal for its owner, and open nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient([u8; 32]);

/// The private half. It shows itself only where it is asked to.
#[derive(Debug, Clone)]
pub struct RecipientKey(Key);

/// Why a text is no key of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    #[error("a recipient's public key is `recipient-` and 64 hexadecimal digits")]
    NotPublic,
    #[error(
        "that is the private half of a recipient's key; give the public one, and draw new ones"
    )]
    Private,
    #[error("a recipient's private key is `recipient-private-` and 64 hexadecimal digits")]
    NotPrivate,
}

impl Recipient {
    /// Reads what [`Recipient`] shows itself as.
    pub fn parse(text: &str) -> Result<Self, RecipientError> {
        if text.starts_with(PRIVATE) {
            return Err(RecipientError::Private);
        }
        let bytes = text.strip_prefix(PUBLIC).and_then(|digits| unhex(digits).ok());
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(RecipientError::NotPublic)
    }

    /// Seals `plain` for `purpose`: a public key of this message alone, then what is sealed.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let once = Key::draw()?;
        let public = MontgomeryPoint::mul_base_clamped(*once.bytes()).to_bytes();
        let key = agreed(&once, self.0, public, self.0)?;
        Ok([public.as_slice(), &key.seal(purpose, plain)?].concat())
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC}{}", hex(&self.0))
    }
}

impl std::str::FromStr for Recipient {
    type Err = RecipientError;
    fn from_str(text: &str) -> Result<Self, RecipientError> {
        Self::parse(text)
    }
}

impl RecipientKey {
    /// A new one.
    pub fn draw() -> Result<Self, SealError> {
        Key::draw().map(Self)
    }

    /// Reads what [`RecipientKey::expose`] wrote.
    pub fn parse(text: &str) -> Result<Self, RecipientError> {
        let bytes = text.trim().strip_prefix(PRIVATE).and_then(|digits| unhex(digits).ok());
        let key = bytes.and_then(|bytes| Key::from_bytes(&bytes).ok());
        key.map(Self).ok_or(RecipientError::NotPrivate)
    }

    /// The form that [`RecipientKey::parse`] reads.
    pub fn expose(&self) -> String {
        format!("{PRIVATE}{}", hex(self.0.bytes()))
    }

    /// The half to give away.
    pub fn public(&self) -> Recipient {
        Recipient(MontgomeryPoint::mul_base_clamped(*self.0.bytes()).to_bytes())
    }

    /// Opens what was sealed for this recipient and purpose.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (public, sealed) = sealed.split_first_chunk::<32>().ok_or(SealError::Foreign)?;
        let key = agreed(&self.0, *public, *public, self.public().0)?;
        key.open(purpose, sealed)
    }
}

/// The key that both sides come to. It is bound to both public halves.
fn agreed(
    own: &Key,
    other: [u8; 32],
    once: [u8; 32],
    recipient: [u8; 32],
) -> Result<Key, SealError> {
    let shared = MontgomeryPoint(other).mul_clamped(*own.bytes()).to_bytes();
    // A point of low order would make the key one that everybody knows.
    if shared == [0; 32] {
        return Err(SealError::Foreign);
    }
    let mac = Hmac::<Sha256>::new_from_slice(&shared);
    let mut mac = mac.map_err(|_| SealError::MalformedKey)?;
    for part in [TAG, &once, &recipient] {
        mac.update(part);
    }
    Key::from_bytes(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_recipient_opens_what_was_sealed_for_it() {
        let (key, other) = (RecipientKey::draw().unwrap(), RecipientKey::draw().unwrap());
        let sealed = key.public().seal("greeting", b"hello").unwrap();
        assert_eq!(key.open("greeting", &sealed).unwrap(), b"hello");
        assert_eq!(key.open("farewell", &sealed), Err(SealError::Foreign));
        assert_eq!(other.open("greeting", &sealed), Err(SealError::Foreign));
        assert_eq!(key.open("greeting", b"short"), Err(SealError::Foreign));
        assert_ne!(key.public().seal("greeting", b"hello").unwrap(), sealed);
        let nobody = Recipient([0; 32]);
        assert_eq!(nobody.seal("greeting", b"hello"), Err(SealError::Foreign));
    }

    #[test]
    fn both_halves_survive_being_written_and_are_told_apart() {
        let key = RecipientKey::draw().unwrap();
        let again = RecipientKey::parse(&format!("{}\n", key.expose())).unwrap();
        assert_eq!(again.public(), key.public());
        assert_eq!(Recipient::parse(&key.public().to_string()), Ok(key.public()));
        assert_eq!(Recipient::parse(&key.expose()), Err(RecipientError::Private));
        assert_eq!(Recipient::parse("recipient-00"), Err(RecipientError::NotPublic));
        let public = key.public().to_string();
        assert_eq!(RecipientKey::parse(&public).unwrap_err(), RecipientError::NotPrivate);
        assert_eq!(format!("{key:?}"), "RecipientKey(Key(..))");
    }

    #[test]
    fn agrees_as_the_standard_says() {
        // RFC 7748, section 5.2: the base point times itself.
        let mut nine = [0; 32];
        nine[0] = 9;
        let expected = "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079";
        let key = RecipientKey(Key::from_bytes(&nine).unwrap());
        assert_eq!(key.public().to_string(), format!("recipient-{expected}"));
    }
}
