//! Sealing: authenticated encryption under a key, bound to what the bytes are for.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

const NONCE: usize = 24;

/// Why bytes could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("the bytes were sealed under another key, for another purpose, or were altered")]
    Foreign,
    #[error("no randomness is to be had from the system")]
    NoRandomness,
    #[error("the key is gone")]
    KeyGone,
    #[error("a master key is 64 hexadecimal digits")]
    MalformedKey,
    #[error("a password could not be hashed")]
    Unhashed,
}

/// A symmetric key of 256 bits. It shows itself nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// A new random key.
    pub fn draw() -> Result<Self, SealError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| SealError::NoRandomness)?;
        Ok(Self(bytes))
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        bytes.try_into().map(Self).map_err(|_| SealError::MalformedKey)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals `plain` for `purpose`: nonce, then ciphertext with its tag.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
        self.seal_with(nonce, purpose, plain)
    }

    /// Seals `plain` so that the same text gives the same bytes under this key, whose holder can
    /// so look for them. Nobody else learns more than which of them are equal.
    pub(crate) fn seal_alike(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(|_| SealError::Foreign)?;
        for part in [b"nonce".as_slice(), purpose.as_bytes(), plain] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let bytes = mac.finalize().into_bytes();
        let nonce = bytes.first_chunk::<NONCE>().ok_or(SealError::Foreign)?;
        self.seal_with(*nonce, purpose, plain)
    }

    fn seal_with(
        &self,
        nonce: [u8; NONCE],
        purpose: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let payload = Payload { msg: plain, aad: purpose.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| SealError::Foreign)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Key::seal`] sealed for the same purpose.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(SealError::Foreign)?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Foreign)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

/// The key that wraps every tenant's key; it is never stored beside them.
#[derive(Debug, Clone)]
pub struct MasterKey(pub Key);

impl MasterKey {
    /// Reads 64 hexadecimal digits, as in `CHANCERY_MASTER_KEY` or the key file.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        unhex(text.trim()).and_then(|bytes| Key::from_bytes(&bytes)).map(Self)
    }

    /// The form that [`MasterKey::parse`] reads.
    pub fn expose(&self) -> String {
        hex(self.0.bytes())
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' - 10 + nibble };
    let digits = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    String::from_utf8(digits).unwrap_or_default()
}

/// What [`hex`] wrote.
pub(crate) fn unhex(text: &str) -> Result<Vec<u8>, SealError> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return Err(SealError::MalformedKey);
    }
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    pairs.iter().map(byte).collect::<Option<_>>().ok_or(SealError::MalformedKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let (key, other) = (Key::draw().unwrap(), Key::draw().unwrap());
        let sealed = key.seal("greeting", b"hello").unwrap();
        assert_eq!(key.open("greeting", &sealed).unwrap(), b"hello");
        assert_eq!(key.open("farewell", &sealed), Err(SealError::Foreign));
        assert_eq!(other.open("greeting", &sealed), Err(SealError::Foreign));
        assert_eq!(key.open("greeting", b"short"), Err(SealError::Foreign));
    }

    #[test]
    fn what_is_sealed_alike_is_equal_under_one_key_alone() {
        let (key, other) = (Key::draw().unwrap(), Key::draw().unwrap());
        let sealed = key.seal_alike("greeting", b"hello").unwrap();
        assert_eq!(key.seal_alike("greeting", b"hello").unwrap(), sealed);
        assert_eq!(key.open("greeting", &sealed).unwrap(), b"hello");
        for different in [
            key.seal_alike("greeting", b"hullo").unwrap(),
            key.seal_alike("farewell", b"hello").unwrap(),
            other.seal_alike("greeting", b"hello").unwrap(),
        ] {
            assert_ne!(different[..NONCE], sealed[..NONCE]);
        }
    }

    #[test]
    fn a_master_key_survives_its_file() {
        let key = MasterKey(Key::draw().unwrap());
        assert_eq!(MasterKey::parse(&format!("{}\n", key.expose())).unwrap().0, key.0);
        for bad in ["", "00", "zz", &"é".repeat(32)] {
            assert_eq!(MasterKey::parse(bad).unwrap_err(), SealError::MalformedKey);
        }
    }
}
