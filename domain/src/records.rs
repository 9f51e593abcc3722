//! Records: what an application keeps of the people who sign in to it, sealed for each of them.

mod attributes;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Personal, RecordId};
pub use attributes::{Attribute, AttributeFault, AttributeKind, Attributes, RECORD_ATTRIBUTES};

/// The one type of entity there is.
pub const RECORD_TYPE: &str = "user";

/// What a record says of its person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordContent {
    pub attributes: Attributes,
    /// Keyed hash of the e-mail address in lower case, hexadecimal: compared for uniqueness.
    pub email_lookup: Option<String>,
}

/// A person has a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCreated {
    pub record: RecordId,
    /// What other systems know it by.
    pub uuid: Uuid,
    pub entity_type: String,
    pub content: Personal<RecordContent>,
}

/// A record says something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordChanged {
    pub record: RecordId,
    pub content: Personal<RecordContent>,
}

/// What decisions need of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub uuid: Uuid,
    /// `None` where there is no address, or the person was erased.
    email_lookup: Option<String>,
}

/// All records of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    by_id: BTreeMap<RecordId, Record>,
    by_email: BTreeMap<String, RecordId>,
}

impl Records {
    pub fn get(&self, id: RecordId) -> Option<&Record> {
        self.by_id.get(&id)
    }

    /// The record whose e-mail address has that hash.
    pub fn with_email(&self, lookup: &str) -> Option<RecordId> {
        self.by_email.get(lookup).copied()
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub fn created(&mut self, fact: &RecordCreated) {
        self.by_id.insert(fact.record, Record { uuid: fact.uuid, email_lookup: None });
        self.says(fact.record, &fact.content);
    }

    pub fn changed(&mut self, fact: &RecordChanged) {
        self.says(fact.record, &fact.content);
    }

    /// The person of a record was erased.
    pub fn erased(&mut self, subject: &str) {
        let is_it = |record: &Record| record.uuid.to_string() == subject;
        let found = self.by_id.iter().find(|(_, record)| is_it(record)).map(|(id, _)| *id);
        if let Some(id) = found {
            self.says(id, &Personal::Erased);
        }
    }

    fn says(&mut self, id: RecordId, content: &Personal<RecordContent>) {
        let Some(record) = self.by_id.get_mut(&id) else { return };
        let lookup = content.known().and_then(|content| content.email_lookup.clone());
        if let Some(former) = std::mem::replace(&mut record.email_lookup, lookup.clone()) {
            self.by_email.remove(&former);
        }
        if let Some(lookup) = lookup {
            self.by_email.insert(lookup, id);
        }
    }
}
