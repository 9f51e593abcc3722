//! Subjects: whoever has a key of their own that what is known of them is sealed under. Which there
//! ever were, who of them was erased, and whom a legal hold keeps from being erased.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Aggregate, ClientCreated, ClientId, OrganizationId, RecordCreated, UserCreated, UserId,
};

/// What is known of a subject was erased: its key was destroyed in the same append.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectErased {
    /// Under what the subject's key was kept.
    pub subject: String,
    /// The user, client or record that it was the key of.
    pub about: Aggregate,
    /// Where that belongs, if not to the tenant itself.
    pub organization: Option<OrganizationId>,
    /// How many hashes of passwords went with it.
    pub passwords: u32,
    /// How many mails that waited to be handed over went with it.
    pub mails: u32,
    /// How many bearer tokens ended with it.
    pub tokens: u32,
}

/// Nothing is erased of a subject, or of anybody in the tenant, while this holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectHeld {
    /// `None` for everybody in the tenant.
    pub subject: Option<String>,
    /// The user, client or record that it holds; the first version did not say which.
    pub about: Option<Aggregate>,
    pub organization: Option<OrganizationId>,
    pub reason: String,
}

/// A legal hold was lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectReleased {
    /// `None` for the hold on everybody in the tenant.
    pub subject: Option<String>,
    /// The user, client or record that it held; the first version did not say which.
    pub about: Option<Aggregate>,
    pub organization: Option<OrganizationId>,
    /// Why it held.
    pub reason: String,
}

/// What decisions need of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The user, client or record, which may be gone by now.
    pub about: Aggregate,
    /// Where it belongs, if not to the tenant itself.
    pub organization: Option<OrganizationId>,
    pub is_erased: bool,
    /// Why it must not be erased.
    pub hold: Option<String>,
}

/// All subjects there ever were in one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subjects {
    by_id: BTreeMap<String, Subject>,
    /// Why nobody may be erased.
    hold: Option<String>,
}

impl Subjects {
    pub fn get(&self, subject: &str) -> Option<&Subject> {
        self.by_id.get(subject)
    }

    /// Why nobody in the tenant may be erased.
    pub fn hold(&self) -> Option<&String> {
        self.hold.as_ref()
    }

    pub fn is_erased(&self, subject: &str) -> bool {
        self.get(subject).is_some_and(|held| held.is_erased)
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub fn user_created(&mut self, fact: &UserCreated) {
        let (about, organization) = (Aggregate::user(&fact.user), fact.organization.clone());
        self.came(fact.user.to_string(), about, Some(organization));
    }

    pub fn client_created(&mut self, fact: &ClientCreated) {
        let about = Aggregate::client(fact.client);
        self.came(fact.client.to_string(), about, fact.organization.clone());
    }

    pub fn record_created(&mut self, fact: &RecordCreated) {
        self.came(fact.uuid.to_string(), Aggregate::record(fact.record), None);
    }

    pub fn erased(&mut self, fact: &SubjectErased) {
        if let Some(held) = self.by_id.get_mut(&fact.subject) {
            held.is_erased = true;
        }
    }

    pub fn held(&mut self, fact: &SubjectHeld) {
        self.hold_on(fact.subject.as_deref(), Some(fact.reason.clone()));
    }

    pub fn released(&mut self, fact: &SubjectReleased) {
        self.hold_on(fact.subject.as_deref(), None);
    }

    fn came(&mut self, id: String, about: Aggregate, organization: Option<OrganizationId>) {
        self.by_id.insert(id, Subject { about, organization, is_erased: false, hold: None });
    }

    fn hold_on(&mut self, subject: Option<&str>, hold: Option<String>) {
        let Some(subject) = subject else {
            self.hold = hold;
            return;
        };
        if let Some(held) = self.by_id.get_mut(subject) {
            held.hold = hold;
        }
    }
}

impl Subject {
    /// The user it is, if it is one.
    pub fn user(&self) -> Option<UserId> {
        (self.about.kind == "user").then(|| UserId(self.about.id.clone()))
    }

    /// The client it is, if it is one.
    pub fn client(&self) -> Option<ClientId> {
        let id = (self.about.kind == "client").then_some(&self.about.id)?;
        id.parse().ok().map(ClientId)
    }
}
