//! Where fresh identifiers and secrets come from: drawn in the caller's task, before the lane.

use std::fmt;
use std::ops::Range;

use domain::TenantId;
use eventlog::{SealError, TenantKeys, VaultKind, VaultRow, VaultWrite};
use uuid::Uuid;

/// All that a vault row takes but the public id, which may rest on what the decision sees.
#[derive(Debug, Clone)]
pub struct Locked {
    kind: VaultKind,
    tenant: TenantId,
    owner: String,
    sealed: Vec<u8>,
}

impl Locked {
    /// Keeps it in the vault under `public_id`.
    pub fn kept_as(&self, public_id: String) -> VaultWrite {
        VaultWrite::Insert(VaultRow {
            kind: self.kind,
            public_id,
            tenant: self.tenant.clone(),
            owner: self.owner.clone(),
            sealed: self.sealed.clone(),
        })
    }
}

/// A secret that will be shown once, and what is kept of it.
#[derive(Clone)]
pub struct Secret {
    clear: String,
    locked: Locked,
}

impl Secret {
    /// The secret itself, for the one reply that shows it.
    pub fn expose(&self) -> &str {
        &self.clear
    }

    /// Keeps it in the vault under `public_id`.
    pub fn kept_as(&self, public_id: String) -> VaultWrite {
        self.locked.kept_as(public_id)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Numbers of the secrets that go when the one after `former` comes: at most two are there, the new
/// one and, where it lives on, the one whose place it takes.
pub(crate) fn numbers_dropped(former: i64, lives_on: bool) -> Range<i64> {
    (former - 1).max(1)..if lives_on { former } else { former + 1 }
}

/// Capture's alphabet: letters and digits that cannot be mistaken for one another.
pub(crate) const CAPTURE_ALPHABET: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
/// Lower-case letters and digits.
pub(crate) const LOWER_ALPHABET: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// Letters and digits.
pub(crate) const WIDE_ALPHABET: &[u8] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Hands out what must not be guessed or repeated.
#[derive(Debug)]
pub struct Mint<'a> {
    tenant: TenantId,
    keys: &'a TenantKeys,
    numbers: Vec<i64>,
    founding: Option<VaultWrite>,
    passwords: Vec<VaultRow>,
}

impl<'a> Mint<'a> {
    /// `numbers` are the integer ids the command asked for; `founding` the vault row of a tenant
    /// that is being created.
    pub fn new(
        tenant: TenantId,
        keys: &'a TenantKeys,
        numbers: Vec<i64>,
        founding: Option<VaultWrite>,
    ) -> Self {
        Self { tenant, keys, numbers, founding, passwords: Vec::new() }
    }

    /// The same, for a draw that compares with these hashes of passwords.
    #[must_use]
    pub fn with_passwords(self, passwords: Vec<VaultRow>) -> Self {
        Self { passwords, ..self }
    }

    /// The hashes of passwords that the command asked for ([`crate::Command::passwords_of`]).
    pub fn passwords(&self) -> &[VaultRow] {
        &self.passwords
    }

    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    pub fn keys(&self) -> &TenantKeys {
        self.keys
    }

    /// The next integer id. Each command says how many it takes.
    pub fn number(&mut self) -> Result<i64, SealError> {
        self.numbers.pop().ok_or(SealError::NoRandomness)
    }

    /// The vault row that keeps the key of the tenant being created.
    pub fn founding(&mut self) -> Option<VaultWrite> {
        self.founding.take()
    }

    /// So many random bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], SealError> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).map_err(|_| SealError::NoRandomness)?;
        Ok(bytes)
    }

    /// A random UUID.
    pub fn uuid(&self) -> Result<Uuid, SealError> {
        Ok(uuid::Builder::from_random_bytes(self.bytes()?).into_uuid())
    }

    /// `length` characters of `alphabet`, each equally likely.
    pub fn text(&self, alphabet: &[u8], length: usize) -> Result<String, SealError> {
        let fair = 256 - 256 % alphabet.len().max(1);
        let mut text = String::with_capacity(length);
        let mut bytes = [0; 64];
        while text.len() < length {
            getrandom::fill(&mut bytes).map_err(|_| SealError::NoRandomness)?;
            let drawn = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
            let drawn = drawn.filter_map(|byte| alphabet.get(byte % alphabet.len()));
            text.extend(drawn.take(length - text.len()).map(|byte| char::from(*byte)));
        }
        Ok(text)
    }

    /// Seals a secret that belongs to `owner`. What is sealed is `stored`: the secret itself where
    /// signatures are made with it, its hash where it is only compared.
    pub fn secret(
        &self,
        kind: VaultKind,
        owner: String,
        clear: String,
        stored: &[u8],
    ) -> Result<Secret, SealError> {
        Ok(Secret { clear, locked: self.lock(kind, owner, stored)? })
    }

    /// Seals what belongs to `owner` and is shown to nobody.
    pub fn lock(&self, kind: VaultKind, owner: String, stored: &[u8]) -> Result<Locked, SealError> {
        let sealed = self.keys.seal(kind, &owner, stored)?;
        Ok(Locked { kind, tenant: self.tenant.clone(), owner, sealed })
    }
}

#[cfg(test)]
pub(crate) mod sample;
