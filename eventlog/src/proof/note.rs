//! Signed notes (c2sp.org/signed-note) with Ed25519: a text, a blank line, and signature lines.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::seal::{hex, unhex};
use crate::{MasterKey, SealError};

/// What an Ed25519 key of a note is marked by.
const ED25519_KIND: u8 = 1;
const SIGNATURE_MARK: &str = "\u{2014} ";
/// Longer ones are not looked at.
const NOTE_BYTES_MOST: usize = 64 * 1024;
const KEY_PURPOSE: &[u8] = b"chancery/proof key/1\0";

/// Why a note is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("it is not a signed note: {0}")]
    Malformed(&'static str),
    #[error("it is not signed by that key")]
    OtherKey,
    #[error("its signature does not follow from its text")]
    Forged,
    #[error("it is a note about something else")]
    OtherOrigin,
    #[error("it is no verifier key: name+8 hexadecimal digits+base64 was expected")]
    MalformedKey,
}

/// What names an installation's own tree, and its key.
pub fn installation_origin(installation: Uuid) -> String {
    format!("chancery/{installation}")
}

/// What names a tenant's tree.
pub fn tenant_origin(installation: Uuid, tenant: &domain::TenantId) -> String {
    format!("chancery/{installation}/{tenant}")
}

/// Signs notes. It follows from the master key, so that there is nothing more to keep.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier)
    }
}

impl SigningKey {
    /// The key of an installation.
    pub fn derive(master: &MasterKey, installation: Uuid) -> Result<Self, SealError> {
        let mac = Hmac::<Sha256>::new_from_slice(master.0.bytes());
        let mac = mac.map_err(|_| SealError::MalformedKey)?;
        let seed = mac.chain_update(KEY_PURPOSE).chain_update(installation.as_bytes()).finalize();
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed.into_bytes());
        let pair = pair.map_err(|_| SealError::MalformedKey)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| SealError::MalformedKey)?;
        let verifier = VerifierKey { name: installation_origin(installation), public };
        Ok(Self { pair, verifier })
    }

    /// What its notes are checked with.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The note with this text, which ends with a line's end, signed in the name of a tree.
    pub fn sign(&self, text: &str, origin: &str) -> String {
        let id = self.verifier.id_as(origin);
        let signature = [&id, self.pair.sign(text.as_bytes()).as_ref()].concat();
        format!("{text}\n{SIGNATURE_MARK}{origin} {}\n", BASE64.encode(signature))
    }
}

/// The public half: `name+id+base64`, as other tools for signed notes write it. One that is named
/// as an installation checks the notes of all its trees, which are signed under their own names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: [u8; 32],
}

impl VerifierKey {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same key under the name of one tree.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        Self { name: name.to_owned(), public: self.public }
    }

    fn id_as(&self, name: &str) -> [u8; 4] {
        let hasher = Sha256::new().chain_update(name).chain_update([b'\n', ED25519_KIND]);
        let [a, b, c, d, ..] = <[u8; 32]>::from(hasher.chain_update(self.public).finalize());
        [a, b, c, d]
    }

    fn covers(&self, origin: &str) -> bool {
        origin.strip_prefix(&self.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The text of a note that is signed with this key in the name of `origin`. Signatures of
    /// others are passed over.
    pub fn open<'a>(&self, note: &'a str, origin: &str) -> Result<&'a str, NoteError> {
        let (text, signatures) = split(note)?;
        if !self.covers(origin) {
            return Err(NoteError::OtherKey);
        }
        let id = self.id_as(origin);
        let mut verdict = Err(NoteError::OtherKey);
        for line in signatures.lines() {
            let (name, signature) = signature(line)?;
            let Some(bytes) = signature.strip_prefix(&id).filter(|_| name == origin) else {
                continue;
            };
            let key = UnparsedPublicKey::new(&ED25519, self.public);
            key.verify(text.as_bytes(), bytes).map_err(|_| NoteError::Forged)?;
            verdict = Ok(text);
        }
        verdict
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public = [&[ED25519_KIND], self.public.as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, hex(&self.id_as(&self.name)), BASE64.encode(public))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let malformed = || NoteError::MalformedKey;
        let mut parts = text.trim().splitn(3, '+');
        let mut next = || parts.next().ok_or_else(malformed);
        let (name, id, public) = (next()?, next()?, next()?);
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(malformed());
        }
        let public = BASE64.decode(public).map_err(|_| malformed())?;
        let public = public.strip_prefix(&[ED25519_KIND]).ok_or_else(malformed)?;
        let public = public.try_into().map_err(|_| malformed())?;
        let key = Self { name: name.to_owned(), public };
        let is_its_id = unhex(id).is_ok_and(|id| id == key.id_as(name));
        if is_its_id { Ok(key) } else { Err(malformed()) }
    }
}

/// The text of a note, with its last line's end, and its signature lines.
pub(super) fn split(note: &str) -> Result<(&str, &str), NoteError> {
    let malformed = NoteError::Malformed;
    if note.len() > NOTE_BYTES_MOST {
        return Err(malformed("it is too long"));
    }
    if note.chars().any(|c| c < ' ' && c != '\n') {
        return Err(malformed("it has a control character"));
    }
    let (text, signatures) = note.rsplit_once("\n\n").ok_or(malformed("it has no blank line"))?;
    if !signatures.ends_with('\n') {
        return Err(malformed("its last line does not end"));
    }
    let text = note.get(..=text.len()).ok_or(malformed("it has no text"))?;
    Ok((text, signatures))
}

fn signature(line: &str) -> Result<(&str, Vec<u8>), NoteError> {
    let malformed = || NoteError::Malformed("a signature line is none");
    let (name, bytes) = line
        .strip_prefix(SIGNATURE_MARK)
        .and_then(|rest| rest.split_once(' '))
        .ok_or_else(malformed)?;
    let bytes = BASE64.decode(bytes).map_err(|_| malformed())?;
    if name.is_empty() || bytes.len() <= 4 { Err(malformed()) } else { Ok((name, bytes)) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::proof) fn key(digit: &str) -> SigningKey {
        SigningKey::derive(&MasterKey::parse(&digit.repeat(64)).unwrap(), Uuid::nil()).unwrap()
    }

    /// An example of golang.org/x/mod/sumdb/note, which others check themselves against too.
    #[test]
    fn reads_the_notes_of_others() {
        let verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let note = "If you think cryptography is the answer to your problem,\n\
             then you don't know what your problem is.\n\
             \n\
             \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let key: VerifierKey = verifier.parse().unwrap();
        assert_eq!(key.to_string(), verifier);
        let text = key.open(note, "PeterNeumann").unwrap();
        assert!(text.starts_with("If you") && text.ends_with("problem is.\n"), "{text}");
        let altered = note.replace("answer", "question");
        assert_eq!(key.open(&altered, "PeterNeumann"), Err(NoteError::Forged));
    }

    #[test]
    fn one_key_signs_for_all_trees_of_an_installation() {
        let (key, other) = (key("a"), key("b"));
        let root = key.verifier().name().to_owned();
        let tenant = format!("{root}/acme");
        for origin in [&root, &tenant] {
            let note = key.sign("text\n", origin);
            assert_eq!(key.verifier().open(&note, origin), Ok("text\n"));
            assert_eq!(other.verifier().open(&note, origin), Err(NoteError::OtherKey));
            assert_eq!(key.verifier().open(&note, &format!("{origin}x")), Err(NoteError::OtherKey));
        }
        let note = key.sign("text\n", &tenant);
        assert_eq!(key.verifier().named(&tenant).open(&note, &tenant), Ok("text\n"));
        assert_eq!(key.verifier().open(&note, &root), Err(NoteError::OtherKey));
        let elsewhere = key.verifier().named("chancery/elsewhere");
        assert_eq!(elsewhere.open(&note, &tenant), Err(NoteError::OtherKey));
    }

    #[test]
    fn signatures_of_strangers_are_passed_over_and_broken_ones_are_not() {
        let key = key("a");
        let origin = key.verifier().name().to_owned();
        let note = key.sign("text\n", &origin);
        let witness = format!("{note}{SIGNATURE_MARK}witness.example {}\n", BASE64.encode([7; 68]));
        assert_eq!(key.verifier().open(&witness, &origin), Ok("text\n"));
        let bad = format!("{note}{SIGNATURE_MARK}{origin} {}\n", {
            let id = key.verifier().id_as(&origin);
            BASE64.encode([id.as_slice(), &[7; 64]].concat())
        });
        assert_eq!(key.verifier().open(&bad, &origin), Err(NoteError::Forged));
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let key = key("a");
        let note = key.sign("text\n", key.verifier().name());
        for bad in [
            String::new(),
            "text\n".to_owned(),
            note.trim_end().to_owned(),
            note.replace("\n\n", "\n"),
            note.replace("text", "te\txt"),
            note.replace(SIGNATURE_MARK, "- "),
            "\n\n".to_owned(),
            format!("{}{note}", "x".repeat(NOTE_BYTES_MOST)),
        ] {
            let opened = key.verifier().open(&bad, key.verifier().name());
            assert!(matches!(opened, Err(NoteError::Malformed(_) | NoteError::OtherKey)), "{bad}");
        }
    }

    #[test]
    fn what_is_no_verifier_key_is_refused() {
        let good = key("a").verifier().to_string();
        assert_eq!(good.parse::<VerifierKey>().unwrap().to_string(), good);
        for bad in ["", "a", "a+b", "a+00000000+AAAA", &good.replace("chancery", "chancerx")] {
            assert_eq!(bad.parse::<VerifierKey>(), Err(NoteError::MalformedKey), "{bad}");
        }
    }
}
