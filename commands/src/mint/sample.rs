//! For cases: keys of a tenant, a mint that hands out known numbers, and what went to the vault.

use domain::TenantId;
use eventlog::{Key, MasterKey, TenantKeys, VaultWrite};

use super::Mint;

/// Keys of their own.
pub(crate) fn keys(tenant: &TenantId) -> TenantKeys {
    TenantKeys::draw(&MasterKey(Key::draw().unwrap()), tenant).unwrap().0
}

/// A mint whose only number is `number`.
pub(crate) fn mint<'a>(tenant: &TenantId, keys: &'a TenantKeys, number: i64) -> Mint<'a> {
    Mint::new(tenant.clone(), keys, vec![number], None)
}

/// The public ids that are inserted, and those that are deleted.
pub(crate) fn kept_and_dropped(writes: &[VaultWrite]) -> [Vec<&str>; 2] {
    let ids = |kept: bool| {
        let wanted = move |it: &&VaultWrite| matches!(it, VaultWrite::Insert(_)) == kept;
        writes.iter().filter(wanted).map(|it| it.key().1).collect()
    };
    [ids(true), ids(false)]
}
