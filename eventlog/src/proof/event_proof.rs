//! The proof of one event as a document that needs nothing beside it but the public key.

use chrono::DateTime;
use domain::TenantId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::flaw::{Finding, Flaw};
use super::note::{VerifierKey, tenant_origin};
use super::path::includes;
use super::{Checkpoint, Entry};
use crate::{ExportHeader, ExportLine, ExportReader, Hash, LogError, Recorded};

/// Names the form of the document.
const FORM: &str = "event-proof/1";

/// Why a document is not the proof of an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventProofError {
    #[error("it is not the proof of an event: {0}")]
    Malformed(String),
}

/// An event, and what shows that it is in a signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventProof {
    installation: Uuid,
    tenant: TenantId,
    ordinal: i64,
    /// As an export has it, with every member its hashes cover.
    event: Map<String, Value>,
    inclusion: Vec<Hash>,
    checkpoint: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    chancery: String,
    installation: Uuid,
    tenant: TenantId,
    event: Map<String, Value>,
    /// Hexadecimal.
    inclusion: Vec<String>,
    /// The signed note.
    checkpoint: String,
}

impl EventProof {
    /// The document for an event of `installation` that `inclusion` shows to be in a checkpoint.
    pub fn new(
        installation: Uuid,
        event: &Recorded,
        inclusion: Vec<Hash>,
        entry: &Entry,
    ) -> Result<Self, LogError> {
        let mut line = Vec::new();
        event.export(&mut line)?;
        let unreadable = |_| LogError::Unusable("an event cannot be shown".to_owned());
        let (tenant, ordinal) = (event.tenant.clone(), event.ordinal);
        let event = serde_json::from_slice(&line).map_err(unreadable)?;
        let checkpoint = entry.head.note.clone();
        Ok(Self { installation, tenant, ordinal, event, inclusion, checkpoint })
    }

    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    pub fn ordinal(&self) -> i64 {
        self.ordinal
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        let document = Document {
            chancery: FORM.to_owned(),
            installation: self.installation,
            tenant: self.tenant.clone(),
            event: self.event.clone(),
            inclusion: self.inclusion.iter().map(Hash::to_string).collect(),
            checkpoint: self.checkpoint.clone(),
        };
        serde_json::to_value(document).unwrap_or_default()
    }

    /// Reads a document, without believing any of it.
    pub fn parse(text: &[u8]) -> Result<Self, EventProofError> {
        let malformed = |why: &str| EventProofError::Malformed(why.to_owned());
        let document: Document = serde_json::from_slice(text)
            .map_err(|error| EventProofError::Malformed(error.to_string()))?;
        if document.chancery != FORM {
            return Err(malformed("its form is another"));
        }
        let ordinal = document.event.get("ordinal").and_then(Value::as_i64);
        let ordinal = ordinal.filter(|ordinal| *ordinal > 0);
        let hashes = document.inclusion.iter().map(|text| Hash::parse(text));
        let Document { installation, tenant, event, checkpoint, .. } = document;
        Ok(Self {
            installation,
            tenant,
            ordinal: ordinal.ok_or_else(|| malformed("the event has no ordinal"))?,
            event,
            inclusion: hashes.collect::<Option<_>>().ok_or_else(|| malformed("a hash is none"))?,
            checkpoint,
        })
    }

    /// Whether the event's hashes follow, and it is in a checkpoint that `key` signed; the
    /// checkpoint, or why not.
    pub fn verify(&self, key: &VerifierKey) -> Result<Checkpoint, Finding> {
        let fault = |flaw| Finding::of_tenant(&self.tenant, self.ordinal, flaw);
        let leaf = self.leaf().map_err(|why| fault(Flaw::Unreadable(why)))?;
        let origin = tenant_origin(self.installation, &self.tenant);
        let checkpoint = Checkpoint::verify(&self.checkpoint, key, &origin);
        let checkpoint = checkpoint.map_err(|error| fault(Flaw::Note(error)))?;
        let (index, size) = (self.ordinal.unsigned_abs() - 1, checkpoint.size);
        if includes(&leaf, index, size, &self.inclusion, &checkpoint.root) {
            Ok(checkpoint)
        } else {
            let to = i64::try_from(size).unwrap_or(i64::MAX);
            Err(fault(Flaw::NotIncluded { to }))
        }
    }

    /// The event's leaf hash, once it follows from the rest: read as an export of one event.
    fn leaf(&self) -> Result<Hash, String> {
        let header = ExportHeader {
            installation: self.installation,
            tenant: self.tenant.clone(),
            after: self.ordinal - 1,
            after_leaf_hash: (self.ordinal > 1).then_some(Hash([0; 32])),
            exported_at: DateTime::UNIX_EPOCH,
        };
        let mut text = Vec::new();
        ExportLine::Header(header).put(&mut text).map_err(|error| error.to_string())?;
        // The member that its kind of line is known by comes first, whatever sorted them.
        let mut event = Map::from_iter([("ordinal".to_owned(), self.ordinal.into())]);
        event.extend(self.event.clone());
        text.extend(Value::Object(event).to_string().into_bytes());
        text.push(b'\n');
        let mut reader = ExportReader::new(text.as_slice());
        let read = reader.header().and_then(|_| reader.next_line());
        match read.map_err(|error| error.to_string())? {
            Some(ExportLine::Event(event)) => Ok(event.leaf_hash),
            Some(ExportLine::Header(_) | ExportLine::Secret(_) | ExportLine::End(_)) | None => {
                Err("there is no event".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SignedHead;
    use super::super::note::tests::key;
    use super::super::tree::Frontier;
    use super::*;
    use crate::{genesis, leaf_hash};

    fn event(ordinal: i64) -> Recorded {
        let mut event = Recorded {
            position: ordinal,
            ordinal,
            sequence: ordinal,
            caller_address: Some(vec![7; 9]),
            ..genesis(Uuid::nil(), 0)
        };
        event.leaf_hash = leaf_hash(&event);
        event
    }

    /// The proof of the second of two events.
    fn sample() -> EventProof {
        let [first, second] = [1, 2].map(event);
        let mut tree = Frontier::default();
        let mut before = None;
        tree.push(&first.leaf_hash, |_, hash| before = Some(*hash));
        tree.push(&second.leaf_hash, |_, _| {});
        let origin = tenant_origin(Uuid::nil(), &second.tenant);
        let (root, signed_at) = (tree.root(), DateTime::UNIX_EPOCH);
        let note = Checkpoint { origin, size: 2, root, signed_at }.sign(&key("a"));
        let head = SignedHead { size: 2, root, signed_at, note };
        let entry = Entry { number: 1, tenant: second.tenant.clone(), head };
        EventProof::new(Uuid::nil(), &second, before.into_iter().collect(), &entry).unwrap()
    }

    #[test]
    fn a_document_proves_its_event_by_the_key_alone() {
        let proof = sample();
        let read = EventProof::parse(proof.to_json().to_string().as_bytes()).unwrap();
        assert_eq!(read, proof);
        assert_eq!(read.verify(key("a").verifier()).unwrap().size, 2);
        let other = read.verify(key("b").verifier()).unwrap_err();
        assert!(matches!(other.flaw, Flaw::Note(_)), "{other}");
    }

    #[test]
    fn whatever_is_altered_is_found() {
        let whole = sample().to_json();
        for (pointer, value) in [
            ("/event/payload", Value::from("{}")),
            ("/event/command", Value::from("Other")),
            ("/event/ordinal", Value::from(1)),
            ("/event/sequence", Value::from(9)),
            ("/event/leafHash", Value::from("00".repeat(32))),
            ("/event/createdAt", Value::from("1970-01-01T00:00:00.000001Z")),
            ("/event/callerAddress", Value::Null),
            ("/inclusion/0", Value::from("00".repeat(32))),
            ("/inclusion", Value::Array(Vec::new())),
            ("/tenant", Value::from("acme")),
            ("/installation", Value::from(Uuid::max().to_string())),
            ("/checkpoint", Value::from("nonsense")),
        ] {
            let mut altered = whole.clone();
            *altered.pointer_mut(pointer).unwrap() = value;
            let proof = EventProof::parse(altered.to_string().as_bytes()).unwrap();
            assert!(proof.verify(key("a").verifier()).is_err(), "{pointer}");
        }
        for (pointer, value) in [
            ("/chancery", Value::from("event-proof/2")),
            ("/event/ordinal", Value::from(0)),
            ("/inclusion/0", Value::from("zz")),
            ("/event", Value::from(1)),
        ] {
            let mut altered = whole.clone();
            *altered.pointer_mut(pointer).unwrap() = value;
            assert!(EventProof::parse(altered.to_string().as_bytes()).is_err(), "{pointer}");
        }
    }
}
