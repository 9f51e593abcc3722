//! The keys of months, under which the addresses of callers are sealed: a month's key is destroyed
//! when the addresses of that month are to be forgotten.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::{ADDRESS, TenantKeys, held};
use crate::{Key, SealError, VaultKind, VaultRow, VaultWrite};

/// The month of an instant, as its key is kept: `2026-11`.
fn month_of(at: DateTime<Utc>) -> String {
    at.format("%Y-%m").to_string()
}

impl TenantKeys {
    /// Seals a caller's address under the month's key: equal ones of a month alike. The first
    /// address of a month also yields the row that keeps its key.
    pub fn seal_address(
        &self,
        address: IpAddr,
        now: DateTime<Utc>,
    ) -> Result<(Vec<u8>, Option<VaultWrite>), SealError> {
        let month = month_of(now);
        let text = address.to_string();
        let mut months = held(&self.months);
        if let Some(key) = months.get(&month) {
            return Ok((key.seal_alike(ADDRESS, text.as_bytes())?, None));
        }
        let (key, row) = self.draw_month(&month)?;
        let sealed = key.seal_alike(ADDRESS, text.as_bytes())?;
        months.insert(month, key);
        Ok((sealed, Some(row)))
    }

    /// Seals a caller's address as [`TenantKeys::seal_address`] does; `None` where the month's key
    /// is not at hand.
    pub fn seal_known(
        &self,
        address: IpAddr,
        at: DateTime<Utc>,
    ) -> Result<Option<Vec<u8>>, SealError> {
        let key = held(&self.months).get(&month_of(at)).cloned();
        key.map(|key| key.seal_alike(ADDRESS, address.to_string().as_bytes())).transpose()
    }

    /// Whether the key of an instant's month is at hand.
    pub(super) fn has_month(&self, at: DateTime<Utc>) -> bool {
        held(&self.months).contains_key(&month_of(at))
    }

    /// The row of a key for a month that has none; it is not used before that row is kept.
    pub(super) fn new_month(&self, at: DateTime<Utc>) -> Result<VaultWrite, SealError> {
        self.draw_month(&month_of(at)).map(|(_, row)| row)
    }

    /// The address as it was sealed in each month whose key is at hand: to look for.
    pub fn sealed_addresses(&self, address: IpAddr) -> Result<Vec<Vec<u8>>, SealError> {
        let (text, months) = (address.to_string(), held(&self.months));
        months.values().map(|key| key.seal_alike(ADDRESS, text.as_bytes())).collect()
    }

    /// Opens a caller's address recorded at `at`; `None` when its month's key is gone.
    pub fn open_address(&self, sealed: &[u8], at: DateTime<Utc>) -> Option<String> {
        let key = held(&self.months).get(&month_of(at)).cloned()?;
        String::from_utf8(key.open(ADDRESS, sealed).ok()?).ok()
    }

    /// Forgets the keys of months: what is drawn next is a new one. For when an append that
    /// carried a month's key did not land.
    pub fn forget_months(&self) {
        held(&self.months).clear();
    }

    /// Forgets the keys of the months before this one (`2026-11`), which were destroyed.
    pub(super) fn forget_months_before(&self, month: &str) {
        held(&self.months).retain(|held, _| held.as_str() >= month);
    }

    fn draw_month(&self, month: &str) -> Result<(Key, VaultWrite), SealError> {
        let key = Key::draw()?;
        let row = VaultRow {
            kind: VaultKind::AddressKey,
            public_id: format!("{}/{month}", self.tenant),
            tenant: self.tenant.clone(),
            owner: month.to_owned(),
            sealed: self.seal(VaultKind::AddressKey, month, key.bytes())?,
        };
        Ok((key, VaultWrite::Insert(row)))
    }
}
