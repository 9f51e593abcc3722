//! For cases: a tenant with one user, and what may have happened to her.

use domain::{
    Event, Grants, LockReason, OrganizationId, Personal, SecondFactor, SignInPolicy,
    SignInPolicySet, Tenant, UserCreated, UserId, UserLocked, UserSecondFactorChosen,
};
use eventlog::{TenantKeys, VaultRow, VaultWrite};

use crate::Mint;
use crate::access::sample::tenant as with_groups;
use crate::mint::sample;

/// The user and where she belongs.
pub(crate) fn ada() -> (UserId, OrganizationId) {
    (UserId("A-B-1".to_owned()), OrganizationId("5".to_owned()))
}

/// A tenant with the user `A-B-1`.
pub(crate) fn tenant() -> Tenant {
    let mut tenant = with_groups();
    let (user, organization) = ada();
    let (profile, grants) = (Personal::Erased, Grants::default());
    tenant.apply(&UserCreated { user, organization, profile, grants }.into());
    tenant
}

/// One in which she is locked.
pub(super) fn locked(reason: LockReason) -> Tenant {
    let (user, organization) = ada();
    told(tenant(), UserLocked { user, organization, reason })
}

/// One in which she chose a second factor.
pub(super) fn with_factor(after: SecondFactor) -> Tenant {
    let (user, organization) = ada();
    let before = SecondFactor::None;
    told(tenant(), UserSecondFactorChosen { user, organization, before, after })
}

/// The same, in which nobody may do without a second factor.
pub(super) fn strict(tenant: Tenant) -> Tenant {
    let (before, after) = (SignInPolicy::default(), SignInPolicy { second_factor_required: true });
    let fact = SignInPolicySet { tenant: tenant.id.clone(), before, after };
    told(tenant, fact)
}

/// The tenant once this was told too.
pub(super) fn told(mut tenant: Tenant, event: impl Into<Event>) -> Tenant {
    tenant.apply(&event.into());
    tenant
}

/// A mint that knows these hashes of passwords.
pub(super) fn mint<'a>(tenant: &Tenant, keys: &'a TenantKeys, kept: &[VaultRow]) -> Mint<'a> {
    sample::mint(&tenant.id, keys, 0).with_passwords(kept.to_vec())
}

/// The vault's rows after these writes.
pub(super) fn after(mut kept: Vec<VaultRow>, writes: Vec<VaultWrite>) -> Vec<VaultRow> {
    for write in writes {
        match write {
            VaultWrite::Insert(row) => kept.push(row),
            VaultWrite::Delete { public_id, .. } => kept.retain(|row| row.public_id != public_id),
        }
    }
    kept
}
