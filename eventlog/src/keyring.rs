//! The keys of tenants, of persons, and of months, each wrapped by the one above it.

mod months;
mod persons;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use domain::{Personal, Private, Sealed, TenantId};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::seal::hex;
use crate::{
    Batch, EventLog, Hash, Key, LogError, MasterKey, SealError, VaultKind, VaultRow, VaultWrite,
};
use persons::Persons;
pub(crate) use persons::destroyed;

/// What is personal is sealed for this purpose, whatever its type.
const PERSONAL: &str = "profile";
const ADDRESS: &str = "caller address";
const MASTER_CHECK: &str = "master check";

/// The keys of one tenant that were unwrapped so far. Cheap to share.
#[derive(Debug)]
pub struct TenantKeys {
    tenant: TenantId,
    root: Key,
    subjects: Mutex<Persons>,
    months: Mutex<HashMap<String, Key>>,
    opened: Mutex<Opened>,
}

/// Secrets in the clear, by the public ids of their vault rows. They show themselves nowhere.
#[derive(Default)]
struct Opened(HashMap<String, Arc<str>>);

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opened({})", self.0.len())
    }
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn seal_personal<T: Serialize>(
    key: &Key,
    subject: &str,
    personal: &T,
) -> Result<Personal<T>, SealError> {
    let plain = serde_json::to_vec(personal).map_err(|_| SealError::Foreign)?;
    let bytes = hex(&key.seal(PERSONAL, &plain)?);
    Ok(Personal::Sealed(Sealed { subject: subject.to_owned(), bytes }))
}

impl TenantKeys {
    fn new(tenant: TenantId, root: Key) -> Self {
        let (subjects, months, opened) = <(_, _, _)>::default();
        Self { tenant, root, subjects, months, opened }
    }

    /// Keys for a tenant that is being created, and the vault row that keeps them.
    pub fn draw(master: &MasterKey, tenant: &TenantId) -> Result<(Self, VaultWrite), SealError> {
        Self::under(master, tenant, Key::draw()?)
    }

    /// Keys for a tenant whose own key is there already, and the vault row that keeps it.
    pub(crate) fn under(
        master: &MasterKey,
        tenant: &TenantId,
        root: Key,
    ) -> Result<(Self, VaultWrite), SealError> {
        let row = VaultRow {
            kind: VaultKind::TenantKey,
            public_id: tenant.to_string(),
            tenant: tenant.clone(),
            owner: tenant.to_string(),
            sealed: master.0.seal(VaultKind::TenantKey.as_str(), root.bytes())?,
        };
        Ok((Self::new(tenant.clone(), root), VaultWrite::Insert(row)))
    }

    /// The key that all others of the tenant are sealed under.
    pub(crate) fn root(&self) -> &Key {
        &self.root
    }

    /// Seals a secret for the vault row of `kind` that belongs to `owner`.
    pub fn seal(&self, kind: VaultKind, owner: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        self.root.seal(&self.purpose(kind.as_str(), owner), plain)
    }

    /// Opens the secret of a vault row.
    pub fn open(&self, row: &VaultRow) -> Result<Vec<u8>, SealError> {
        self.root.open(&self.purpose(row.kind.as_str(), &row.owner), &row.sealed)
    }

    /// Secrets that were remembered, by public id: what stands under one never changes. `None`
    /// unless all of them were.
    pub fn recall<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Option<Vec<Arc<str>>> {
        let opened = held(&self.opened);
        ids.into_iter().map(|id| opened.0.get(id).cloned()).collect()
    }

    /// Remembers these secrets, in place of all that were: a list shows them again and again.
    pub fn remember(&self, opened: HashMap<String, Arc<str>>) {
        held(&self.opened).0 = opened;
    }

    /// Seals what is neither a vault row nor personal: a snapshot, a remembered answer.
    pub fn seal_bytes(&self, what: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        self.root.seal(&self.purpose(what, ""), plain)
    }

    /// Opens what [`TenantKeys::seal_bytes`] sealed.
    pub fn open_bytes(&self, what: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.root.open(&self.purpose(what, ""), sealed)
    }

    /// Keyed hash of an e-mail address or a user name: equal for those that are the same in this
    /// tenant, whatever their case, and of no use elsewhere.
    pub fn lookup(&self, name: &str) -> String {
        let hash = self.keyed_hash(b"email lookup\0", name.trim().to_lowercase().as_bytes());
        hash.map_or_else(String::new, |hash| hex(&hash.0))
    }

    /// Keyed hash of a profile: equal for those that say the same.
    pub fn digest(&self, profile: &[u8]) -> String {
        let hash = self.keyed_hash(b"profile digest\0", profile);
        hash.map_or_else(String::new, |hash| hex(&hash.0))
    }

    /// Keyed hash of a request's fingerprint, as it is kept: a body may hold a password, and its
    /// bare hash would let whoever reads the store try passwords fast.
    pub fn veil(&self, fingerprint: &Hash) -> Result<Hash, SealError> {
        self.keyed_hash(b"fingerprint\0", &fingerprint.0).ok_or(SealError::MalformedKey)
    }

    /// A value that nobody without this key can tell, and that never changes: for what a thing is
    /// known by all its life.
    pub fn derived(&self, what: &str, owner: &str) -> Result<Hash, SealError> {
        let bytes = format!("{what}\0{owner}");
        self.keyed_hash(b"derived\0", bytes.as_bytes()).ok_or(SealError::MalformedKey)
    }

    fn keyed_hash(&self, purpose: &[u8], bytes: &[u8]) -> Option<Hash> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.root.bytes()).ok()?;
        mac.update(purpose);
        mac.update(bytes);
        Some(Hash(mac.finalize().into_bytes().into()))
    }

    /// Draws a key for a new subject; the vault row keeps it.
    pub fn new_subject(&self, subject: &str) -> Result<VaultWrite, SealError> {
        let key = Key::draw()?;
        let row = VaultRow {
            kind: VaultKind::SubjectKey,
            public_id: self.subject_id(subject),
            tenant: self.tenant.clone(),
            owner: subject.to_owned(),
            sealed: self.seal(VaultKind::SubjectKey, subject, key.bytes())?,
        };
        held(&self.subjects).insert(subject.to_owned(), key);
        Ok(VaultWrite::Insert(row))
    }

    /// Seals what is personal under a new key of its subject; the vault row keeps that key.
    pub fn seal_new<T: Serialize>(
        &self,
        subject: &str,
        personal: &T,
    ) -> Result<(Personal<T>, VaultWrite), SealError> {
        let row = self.new_subject(subject)?;
        let sealed = self.seal_more(subject, personal)?.ok_or(SealError::KeyGone)?;
        Ok((sealed, row))
    }

    /// Seals more of what is personal under the key its subject has; `None` where that is gone, or
    /// was drawn elsewhere and not loaded.
    pub fn seal_more<T: Serialize>(
        &self,
        subject: &str,
        personal: &T,
    ) -> Result<Option<Personal<T>>, SealError> {
        let key = held(&self.subjects).get(subject);
        key.map(|key| seal_personal(&key, subject, personal)).transpose()
    }

    /// Opens what is personal: known where its subject's key is here, erased where it is gone.
    pub fn open_personal<T: DeserializeOwned + Clone>(
        &self,
        personal: &Personal<T>,
    ) -> Personal<T> {
        let mut opened = personal.clone();
        opened.open(&|sealed| self.open_sealed(sealed));
        opened
    }

    fn purpose(&self, what: &str, owner: &str) -> String {
        format!("{}\0{what}\0{owner}", self.tenant)
    }
}

/// Unwraps tenants' keys and keeps them at hand.
#[derive(Clone)]
pub struct Keyring {
    log: Arc<dyn EventLog>,
    master: MasterKey,
    tenants: Arc<Mutex<HashMap<TenantId, Arc<TenantKeys>>>>,
}

impl Keyring {
    pub fn new(log: Arc<dyn EventLog>, master: MasterKey) -> Self {
        Self { log, master, tenants: Arc::default() }
    }

    pub fn master(&self) -> &MasterKey {
        &self.master
    }

    /// Proves that the master key is the one this store was first opened with; the first start
    /// leaves a sealed word for the later ones. Another key is [`LogError::Unusable`].
    pub async fn verify_master(&self) -> Result<(), LogError> {
        if self.log.master_check().await?.is_none() {
            let sealed = self.master.0.seal(MASTER_CHECK, MASTER_CHECK.as_bytes())?;
            self.log.set_master_check(&sealed).await?;
        }
        // Read back: another node may have been first, with its own word.
        let kept = self.log.master_check().await?.ok_or(SealError::KeyGone)?;
        let known = self.master.0.open(MASTER_CHECK, &kept);
        if known.is_ok_and(|word| word == MASTER_CHECK.as_bytes()) {
            return Ok(());
        }
        Err(LogError::Unusable(
            "the master key is not the one its secrets were sealed with; start with that key"
                .to_owned(),
        ))
    }

    /// The keys of a tenant, with those of all its persons and months; `KeyGone` when it has none.
    pub async fn tenant(&self, tenant: &TenantId) -> Result<Arc<TenantKeys>, LogError> {
        if let Some(keys) = held(&self.tenants).get(tenant) {
            return Ok(Arc::clone(keys));
        }
        let row = self.log.vault(VaultKind::TenantKey, tenant.as_str()).await?;
        let row = row.ok_or(SealError::KeyGone)?;
        let root = self.master.0.open(VaultKind::TenantKey.as_str(), &row.sealed)?;
        let keys = Arc::new(TenantKeys::new(tenant.clone(), Key::from_bytes(&root)?));
        self.load(&keys).await?;
        Ok(Arc::clone(held(&self.tenants).entry(tenant.clone()).or_insert(keys)))
    }

    /// The keys of a tenant, if anybody asked for them before.
    pub fn at_hand(&self, tenant: &TenantId) -> Option<Arc<TenantKeys>> {
        held(&self.tenants).get(tenant).cloned()
    }

    /// Destroys the keys of the months before this one (`2026-11`), of all tenants: what was sealed
    /// under them tells no address any more. Answers how many there were.
    pub async fn drop_months_before(&self, month: &str) -> Result<u64, LogError> {
        let dropped = self.log.drop_address_keys(month).await?;
        let tenants: Vec<_> = held(&self.tenants).values().cloned().collect();
        for keys in tenants {
            keys.forget_months_before(month);
        }
        Ok(dropped)
    }

    /// Sees to it that the month of an instant has a key at hand, whoever draws it.
    pub async fn ensure_month(&self, keys: &TenantKeys, at: DateTime<Utc>) -> Result<(), LogError> {
        self.load(keys).await?;
        if keys.has_month(at) {
            return Ok(());
        }
        let vault = vec![keys.new_month(at)?];
        match self.log.append(&Batch { vault, ..Batch::default() }).await {
            // Somebody else drew one just now.
            Ok(_) | Err(LogError::VaultTaken) => self.load(keys).await,
            Err(error) => Err(error),
        }
    }

    /// Takes up the keys of a tenant that was just created.
    pub fn adopt(&self, keys: Arc<TenantKeys>) {
        held(&self.tenants).insert(keys.tenant.clone(), keys);
    }

    /// Reads the keys of persons and months again, as after another node wrote.
    pub async fn load(&self, keys: &TenantKeys) -> Result<(), LogError> {
        for row in self.log.vault_of(VaultKind::SubjectKey, &keys.tenant).await? {
            let key = Key::from_bytes(&keys.open(&row)?)?;
            held(&keys.subjects).insert(row.owner, key);
        }
        for row in self.log.vault_of(VaultKind::AddressKey, &keys.tenant).await? {
            let key = Key::from_bytes(&keys.open(&row)?)?;
            held(&keys.months).insert(row.owner, key);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::Profile;

    use super::*;

    fn keys() -> TenantKeys {
        let master = MasterKey(Key::draw().unwrap());
        TenantKeys::draw(&master, &TenantId::new("acme").unwrap()).unwrap().0
    }

    #[test]
    fn a_profile_is_known_to_whoever_holds_its_key_and_erased_for_all_others() {
        let first_name = "Ada".to_owned();
        let profile = Profile { first_name, ..Profile::default() };
        let keys = keys();
        assert_eq!(keys.seal_more("A-B-1", &profile), Ok(None));
        let (sealed, _) = keys.seal_new("A-B-1", &profile).unwrap();
        let again = keys.seal_more("A-B-1", &profile).unwrap().unwrap();
        assert!(!serde_json::to_string(&sealed).unwrap().contains("Ada"));
        for sealed in [&sealed, &again] {
            let opened = keys.open_personal(sealed);
            assert_eq!((opened.known(), opened.closed()), (Some(&profile), sealed.closed()));
        }
        keys.forget_subject("A-B-1");
        assert_eq!(keys.open_personal(&sealed), Personal::<Profile>::Erased);
        assert_eq!(keys.open_personal(&again), Personal::<Profile>::Erased);
        assert_eq!(keys.seal_more("A-B-1", &profile), Ok(None));
        // Somebody who read the vault just before puts it back in vain.
        held(&keys.subjects).insert("A-B-1".to_owned(), Key::draw().unwrap());
        assert_eq!(keys.seal_more("A-B-1", &profile), Ok(None));
    }

    #[test]
    fn a_month_has_one_key_for_all_addresses() {
        let (keys, now) = (keys(), DateTime::UNIX_EPOCH);
        let (sealed, first) = keys.seal_address([10, 0, 0, 7].into(), now).unwrap();
        let (_, second) = keys.seal_address([10, 0, 0, 8].into(), now).unwrap();
        assert!(first.is_some() && second.is_none());
        assert!(keys.sealed_addresses([10, 0, 0, 7].into()).unwrap().contains(&sealed));
        assert_eq!(keys.open_address(&sealed, now).as_deref(), Some("10.0.0.7"));
    }

    #[test]
    fn a_fingerprint_is_veiled_by_a_key() {
        let (one, other, bare) = (keys(), keys(), Hash([7; 32]));
        assert_eq!(one.veil(&bare), one.veil(&bare));
        assert_ne!(one.veil(&bare), Ok(bare));
        assert_ne!(one.veil(&bare), other.veil(&bare));
    }

    #[test]
    fn e_mail_addresses_are_compared_without_case_and_within_one_tenant() {
        let (one, other) = (keys(), keys());
        assert_eq!(one.lookup("Ada@Example.com"), one.lookup(" ada@example.com"));
        assert_ne!(one.lookup("ada@example.com"), other.lookup("ada@example.com"));
    }
}
