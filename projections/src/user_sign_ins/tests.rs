//! Cases: given what was told, then what becomes of the row.

use domain::{
    OrganizationId, Personal, UserCreated, UserLocked, UserMailDelivered, UserPasswordSet,
    UserSecondFactorChosen, UserSecondFactorReset, UserSignInFailed, UserSignedIn, UserUnlocked,
};
use uuid::Uuid;

use super::*;
use crate::sample::told;

fn ids() -> (UserId, OrganizationId) {
    (UserId("A-B-1".to_owned()), OrganizationId("7".to_owned()))
}

/// What an event changes of the row that is there.
fn changed(event: impl Into<Event>) -> String {
    let lines = told(UserSignIns, &[event.into()]);
    let line = lines.first().map(String::as_str).unwrap_or_default();
    line.strip_prefix("user_sign_ins_v1 ~ acme A-B-1 ").unwrap_or(line).to_owned()
}

fn created() -> Event {
    let (user, organization) = ids();
    let (profile, grants) = (Personal::Erased, domain::Grants::default());
    UserCreated { user, organization, profile, grants }.into()
}

fn signed_in(method: SignInMethod, spends_password: bool) -> Event {
    let (user, organization) = ids();
    UserSignedIn { user, organization, method, spends_password, address: None }.into()
}

#[test]
fn a_new_user_has_a_row_that_says_nothing_yet() {
    let row = "user_sign_ins_v1 + acme A-B-1 - 0 - - - reusable NONE - 0";
    assert_eq!(told(UserSignIns, &[created()]), [row]);
}

#[test]
fn a_password_has_its_age_and_clears_the_tries() {
    let (user, organization) = ids();
    let expires_at = DateTime::from_timestamp_micros(9);
    let set = UserPasswordSet { user, organization, one_time: true, expires_at, mail: None };
    let expected = "failed_tries=0 password_set_at=1 password_expires_at=9 password_use=once";
    assert_eq!(changed(set), expected);
    let spent = "failed_tries=0 signed_in_at=1 password_use=spent is_reset=0";
    assert_eq!(changed(signed_in(SignInMethod::Password, true)), spent);
}

#[test]
fn tries_are_counted_and_locks_say_why() {
    let (user, organization) = ids();
    let (method, tries, address) = (SignInMethod::Tfa, 4, None);
    let (user_, organization_) = ids();
    let failed = UserSignInFailed { user, organization, method, tries, address };
    assert_eq!(changed(failed), "failed_tries=4");
    let reason = LockReason::FailedSignIns;
    let locked = UserLocked { user: user_, organization: organization_, reason };
    assert_eq!(changed(locked), "lock_reason=failed_sign_ins");
    let (user, organization) = ids();
    let unlocked = UserUnlocked { user, organization, before: reason };
    assert_eq!(changed(unlocked), "lock_reason=- failed_tries=0");
}

#[test]
fn a_factor_is_configured_by_signing_in_with_it_until_it_is_reset() {
    let (user, organization) = ids();
    let (before, after) = (SecondFactor::None, SecondFactor::Mfa);
    let chosen = UserSecondFactorChosen { user, organization, before, after };
    assert_eq!(changed(chosen), "second_factor=MFA configured_factor=- is_reset=0");
    let entered = "failed_tries=0 signed_in_at=1 configured_factor=MFA is_reset=0";
    assert_eq!(changed(signed_in(SignInMethod::Mfa, false)), entered);
    let (user, organization) = ids();
    let reset = UserSecondFactorReset { user, organization, was_configured: true };
    assert_eq!(changed(reset), "failed_tries=0 configured_factor=- is_reset=1");
}

#[test]
fn a_mail_that_was_handed_over_changes_no_row() {
    let (user, organization) = ids();
    let delivered = UserMailDelivered { user, organization, mail: Uuid::nil() };
    assert_eq!(changed(delivered), "");
}
