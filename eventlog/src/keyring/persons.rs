//! The keys of persons that are at hand, and whose were destroyed.

use std::collections::{HashMap, HashSet};

use domain::{Event, Sealed, SubjectErased, TenantId};

use super::{PERSONAL, TenantKeys, held};
use crate::seal::unhex;
use crate::{Key, VaultKind, VaultWrite};

/// Keys by subject. One that was destroyed never comes back, whoever still reads it somewhere.
#[derive(Debug, Default)]
pub(super) struct Persons {
    keys: HashMap<String, Key>,
    gone: HashSet<String>,
    /// The tenant's ordinal up to which all erasures are known.
    heeded: i64,
}

impl Persons {
    pub(super) fn get(&self, subject: &str) -> Option<Key> {
        self.keys.get(subject).cloned()
    }

    pub(super) fn insert(&mut self, subject: String, key: Key) {
        if !self.gone.contains(&subject) {
            self.keys.insert(subject, key);
        }
    }
}

impl TenantKeys {
    /// Destroys a subject's key, where it is kept.
    pub fn drop_subject(&self, subject: &str) -> VaultWrite {
        destroyed(&self.tenant, subject)
    }

    /// Forgets the key of a subject who was erased, for good.
    pub fn forget_subject(&self, subject: &str) {
        let mut persons = held(&self.subjects);
        persons.keys.remove(subject);
        persons.gone.insert(subject.to_owned());
    }

    /// Forgets what a recorded event says was erased.
    pub fn heed(&self, event: &Event) {
        if let Event::SubjectErased(SubjectErased { subject, .. }) = event {
            self.forget_subject(subject);
        }
    }

    /// The tenant's ordinal up to which all erasures were heeded here; 0 at first.
    pub fn heeded(&self) -> i64 {
        held(&self.subjects).heeded
    }

    /// Notes that all erasures up to this ordinal of the tenant were heeded here.
    pub fn has_heeded(&self, ordinal: i64) {
        let mut persons = held(&self.subjects);
        persons.heeded = persons.heeded.max(ordinal);
    }

    /// Whether the key of a sealed value's subject is at hand, or known to be gone.
    pub fn knows(&self, subject: &str) -> bool {
        let persons = held(&self.subjects);
        persons.keys.contains_key(subject) || persons.gone.contains(subject)
    }

    /// The event with what is personal in it opened, as a fold wants it.
    pub fn opened(&self, event: Event) -> Event {
        self.opened_but(event, |_| false)
    }

    /// The same, where what was sealed for these subjects stays closed for good.
    pub fn opened_but(&self, mut event: Event, is_erased: impl Fn(&str) -> bool) -> Event {
        let open = |sealed: &Sealed| {
            if is_erased(&sealed.subject) { None } else { self.open_sealed(sealed) }
        };
        for personal in event.personal_mut() {
            personal.open(&open);
        }
        event
    }

    /// Opens sealed bytes with their subject's key. Keys that other nodes drew must have been
    /// loaded ([`crate::Keyring::load`]).
    pub(super) fn open_sealed(&self, sealed: &Sealed) -> Option<Vec<u8>> {
        let key = held(&self.subjects).get(&sealed.subject)?;
        key.open(PERSONAL, &unhex(&sealed.bytes).ok()?).ok()
    }

    /// Under what the vault keeps a subject's key.
    pub(super) fn subject_id(&self, subject: &str) -> String {
        subject_id(&self.tenant, subject)
    }
}

fn subject_id(tenant: &TenantId, subject: &str) -> String {
    format!("{tenant}/{subject}")
}

/// Destroys the key of a tenant's subject, where it is kept.
pub(crate) fn destroyed(tenant: &TenantId, subject: &str) -> VaultWrite {
    let (kind, public_id) = (VaultKind::SubjectKey, subject_id(tenant, subject));
    VaultWrite::Delete { kind, public_id, tenant: tenant.clone() }
}
