//! Cases: who gets in, who does not, and what is told of it.

use chrono::TimeDelta;
use domain::{
    AllowListEnabled, CidrBlock, CidrBlockAdded, CidrBlockId, UserPasswordSet,
    UserSecondFactorReset,
};

use super::super::sample::{ada, locked, tenant, told, with_factor};
use super::*;

use SignInMethod::{Mfa, Password, Tfa};
use SignInOutcome::{Failure, Success};

fn decided(
    tenant: &Tenant,
    method: SignInMethod,
    outcome: SignInOutcome,
    address: &str,
) -> Result<Vec<Event>, RecordSignInRejection> {
    let command = RecordSignIn { user: ada().0, method, outcome, address: address.parse().ok() };
    command.decide(tenant, &Context::sample(None))
}

fn names(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(Event::name).collect()
}

/// The tenant once this was recorded.
fn after(tenant: Tenant, method: SignInMethod, outcome: SignInOutcome) -> Tenant {
    let events = decided(&tenant, method, outcome, "").unwrap();
    events.into_iter().fold(tenant, told)
}

fn with_password(one_time: bool, days: i64) -> Tenant {
    let (user, organization) = ada();
    let expires_at = Some(Context::sample(()).now + TimeDelta::days(days));
    told(tenant(), UserPasswordSet { user, organization, one_time, expires_at, mail: None })
}

#[test]
fn the_fifth_failure_in_a_row_locks() {
    let mut tenant = with_factor(SecondFactor::Mfa);
    for method in [Password, Mfa, Password, Mfa] {
        let events = decided(&tenant, method, Failure, "").unwrap();
        assert_eq!(names(&events), ["user.sign_in_failed"]);
        tenant = after(tenant, method, Failure);
    }
    let events = decided(&tenant, Mfa, Failure, "").unwrap();
    assert_eq!(names(&events), ["user.sign_in_failed", "user.locked"]);
    let tenant = after(tenant, Mfa, Failure);
    let shut = RecordSignInRejection::Locked(LockReason::FailedSignIns);
    assert_eq!(decided(&tenant, Mfa, Failure, ""), Err(shut.clone()));
    assert_eq!(decided(&tenant, Mfa, Success, ""), Err(shut));
}

#[test]
fn a_success_forgets_the_failures_before_it() {
    let mut tenant = tenant();
    for outcome in [Failure, Failure, Failure, Failure, Success, Failure] {
        tenant = after(tenant, Password, outcome);
    }
    let held = tenant.sign_ins.of(&ada().0);
    assert_eq!((held.lock, held.failed_tries), (None, 1));
}

#[test]
fn who_is_locked_does_not_get_in() {
    let reason = LockReason::Administrator;
    let shut = Err(RecordSignInRejection::Locked(reason));
    assert_eq!(decided(&locked(reason), Password, Success, ""), shut);
    let nobody = UserId("A-B-2".to_owned());
    let command =
        RecordSignIn { user: nobody.clone(), method: Tfa, outcome: Success, address: None };
    let unknown = UserFault::Unknown(nobody);
    assert_eq!(command.decide(&tenant(), &Context::sample(None)), Err(unknown.into()));
}

#[test]
fn an_allow_list_that_is_on_keeps_others_out_and_counts_nothing_of_them() {
    let cidr = "10.0.0.0/8".to_owned();
    let after = CidrBlock { cidr, enabled: true, comments: None };
    let tenant = told(tenant(), CidrBlockAdded { block: CidrBlockId(1), after });
    assert!(decided(&tenant, Password, Success, "8.8.8.8").is_ok());
    let fact = AllowListEnabled { tenant: tenant.id.clone() };
    let tenant = told(tenant, fact);
    assert!(decided(&tenant, Password, Success, "10.1.1.1").is_ok());
    for (outcome, address) in [(Success, "8.8.8.8"), (Failure, "8.8.8.8"), (Success, "")] {
        let out = Err(RecordSignInRejection::AddressNotListed);
        assert_eq!(decided(&tenant, Password, outcome, address), out);
    }
}

#[test]
fn a_one_time_password_opens_once_and_an_old_one_never() {
    let tenant = with_password(true, 90);
    let events = decided(&tenant, Password, Success, "").unwrap();
    let Event::UserSignedIn(fact) = &events[0] else { panic!("{events:?}") };
    assert!(fact.spends_password);
    let spent = Err(RecordSignInRejection::PasswordSpent);
    assert_eq!(decided(&after(tenant, Password, Success), Password, Success, ""), spent);
    let tenant = with_password(false, 90);
    assert!(decided(&after(tenant, Password, Success), Password, Success, "").is_ok());
    let expired = Err(RecordSignInRejection::PasswordExpired);
    assert_eq!(decided(&with_password(false, 0), Password, Success, ""), expired);
}

#[test]
fn signing_in_with_the_factor_sets_it_up_and_ends_what_a_reset_asked_for() {
    let tenant = after(with_factor(SecondFactor::Mfa), Mfa, Success);
    assert!(tenant.sign_ins.of(&ada().0).is_configured);
    let (user, organization) = ada();
    let tenant = told(tenant, UserSecondFactorReset { user, organization, was_configured: true });
    let held = tenant.sign_ins.of(&ada().0);
    assert_eq!((held.is_configured, held.is_reset), (false, true));
    let held = after(tenant, Mfa, Success).sign_ins.of(&ada().0);
    assert_eq!((held.is_configured, held.is_reset), (true, false));
    let other = Err(RecordSignInRejection::OtherFactor(SecondFactor::Mfa));
    assert_eq!(decided(&with_factor(SecondFactor::Mfa), Tfa, Success, ""), other);
}

#[test]
fn where_from_is_sealed_for_its_subject() {
    let keys = crate::mint::sample::keys(&tenant().id);
    let address = "10.1.1.1".parse().ok();
    let mut command = RecordSignIn { user: ada().0, method: Tfa, outcome: Failure, address };
    let mut draw = || command.draw(&mut crate::mint::sample::mint(&tenant().id, &keys, 0)).unwrap();
    assert_eq!(draw(), None, "a subject without a key is told nothing of");
    keys.seal_new("A-B-1", &"ada").unwrap();
    let sealed = draw().unwrap();
    assert!(!serde_json::to_string(&sealed).unwrap().contains("10.1.1.1"));
    assert_eq!(keys.open_personal(&sealed).known(), address.as_ref());
}
