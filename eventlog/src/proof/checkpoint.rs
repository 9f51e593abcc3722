//! Checkpoints (c2sp.org/tlog-checkpoint): what is signed of a tree. The one extension line says
//! when it was signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::TenantId;
use sha2::{Digest, Sha256};

use super::note::{NoteError, SigningKey, VerifierKey, split};
use crate::Hash;

const TIME: &str = "time ";
const HEAD_TAG: &[u8] = b"chancery/head/1";

/// A tree at a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which tree.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
    /// Whole microseconds.
    pub signed_at: DateTime<Utc>,
}

impl Checkpoint {
    /// The signed note that says so.
    pub fn sign(&self, key: &SigningKey) -> String {
        let time = self.signed_at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let root = BASE64.encode(self.root.0);
        let text = format!("{}\n{}\n{root}\n{TIME}{time}\n", self.origin, self.size);
        key.sign(&text, &self.origin)
    }

    /// What a note says, once its signature holds and it is about the tree `origin`.
    pub fn verify(note: &str, key: &VerifierKey, origin: &str) -> Result<Self, NoteError> {
        let checkpoint = Self::parse(key.open(note, origin)?)?;
        if checkpoint.origin == origin { Ok(checkpoint) } else { Err(NoteError::OtherOrigin) }
    }

    /// What a note claims, whoever signed it: to know which tree it is about.
    pub fn claimed(note: &str) -> Result<Self, NoteError> {
        Self::parse(split(note)?.0)
    }

    fn parse(text: &str) -> Result<Self, NoteError> {
        let malformed = NoteError::Malformed;
        let mut lines = text.lines();
        let mut next = || lines.next().filter(|line| !line.is_empty());
        let origin = next().ok_or(malformed("it names no origin"))?.to_owned();
        let size = next().ok_or(malformed("it names no size"))?;
        let parsed = size.parse::<u64>().ok().filter(|parsed| parsed.to_string() == size);
        let parsed = parsed.ok_or(malformed("its size is none"))?;
        let root = next().and_then(|line| BASE64.decode(line).ok());
        let root = root.and_then(|root| root.try_into().ok());
        let root = root.map(Hash).ok_or(malformed("its root is none"))?;
        let time = lines.find_map(|line| line.strip_prefix(TIME)?.parse().ok());
        let signed_at = time.ok_or(malformed("it does not say when it was signed"))?;
        Ok(Self { origin, size: parsed, root, signed_at })
    }
}

/// The leaf that a tenant's head has in the tree of the installation, each part with its length in
/// front.
pub fn head_leaf(tenant: &TenantId, size: u64, root: &Hash, signed_at: DateTime<Utc>) -> Hash {
    let mut hasher = Sha256::new();
    for part in [
        HEAD_TAG,
        tenant.as_str().as_bytes(),
        &size.to_be_bytes(),
        &root.0,
        &signed_at.timestamp_micros().to_be_bytes(),
    ] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::super::note::tests::key;
    use super::*;

    fn sample(origin: &str) -> Checkpoint {
        let signed_at = DateTime::from_timestamp_micros(1_700_000_000_000_001).unwrap();
        Checkpoint { origin: origin.to_owned(), size: 42, root: Hash([7; 32]), signed_at }
    }

    #[test]
    fn a_checkpoint_survives_its_note() {
        let key = key("a");
        let checkpoint = sample(&format!("{}/acme", key.verifier().name()));
        let note = checkpoint.sign(&key);
        let begins = "chancery/00000000-0000-0000-0000-000000000000/acme\n42\n\
             BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\ntime 2023-11-14T22:13:20.000001Z\n\n\u{2014} ";
        assert!(note.starts_with(begins), "{note}");
        let read = Checkpoint::verify(&note, key.verifier(), &checkpoint.origin);
        assert_eq!(
            (read.as_ref(), Checkpoint::claimed(&note).as_ref()),
            (Ok(&checkpoint), Ok(&checkpoint))
        );
    }

    #[test]
    fn what_was_signed_for_one_tree_proves_nothing_of_another() {
        let key = key("a");
        let [acme, beta] = ["acme", "beta"].map(|name| format!("{}/{name}", key.verifier().name()));
        // Even where the key itself signs a text that speaks of the other tree.
        let checkpoint = sample(&acme);
        let text = split(&checkpoint.sign(&key)).unwrap().0.to_owned();
        let crossed = key.sign(&text, &beta);
        assert_eq!(
            Checkpoint::verify(&crossed, key.verifier(), &beta),
            Err(NoteError::OtherOrigin)
        );
    }

    #[test]
    fn texts_that_are_no_checkpoints_are_refused() {
        let key = key("a");
        let name = key.verifier().name().to_owned();
        let root = BASE64.encode([7; 32]);
        let time = "time 2023-11-14T22:13:20Z";
        for text in [
            format!("{name}\n"),
            format!("{name}\n042\n{root}\n{time}\n"),
            format!("{name}\n-1\n{root}\n{time}\n"),
            format!("{name}\n42\nAAAA\n{time}\n"),
            format!("{name}\n42\n{root}\n"),
            format!("{name}\n42\n{root}\ntime yesterday\n"),
        ] {
            let read = Checkpoint::verify(&key.sign(&text, &name), key.verifier(), &name);
            assert!(matches!(read, Err(NoteError::Malformed(_))), "{text}: {read:?}");
        }
    }
}
