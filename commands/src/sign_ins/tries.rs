//! Tries that failed, and the lock that the fifth in a row brings.

use std::net::IpAddr;

use domain::{
    Event, LockReason, OrganizationId, Personal, SignInMethod, Tenant, UserId, UserLocked,
    UserSignInFailed,
};

/// How many tries may fail in a row; the last of them locks (Akamai IAM v3, "Reset MFA").
const TRIES_MAX: u32 = 5;

/// What is told of one more try that failed.
pub(super) fn failed(
    tenant: &Tenant,
    (user, organization): (&UserId, &OrganizationId),
    method: SignInMethod,
    address: Option<Personal<IpAddr>>,
) -> Vec<Event> {
    let tries = tenant.sign_ins.of(user).failed_tries.saturating_add(1);
    let (user, organization) = (user.clone(), organization.clone());
    let reason = LockReason::FailedSignIns;
    let locked = (tries >= TRIES_MAX).then(|| {
        let (user, organization) = (user.clone(), organization.clone());
        UserLocked { user, organization, reason }.into()
    });
    let failed = UserSignInFailed { user, organization, method, tries, address };
    [failed.into()].into_iter().chain(locked).collect()
}
