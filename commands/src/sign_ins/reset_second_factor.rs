//! Forgets what a user set up as a second factor (Akamai IAM v3, "Reset a user's additional
//! authentication"): the next sign-in asks for it anew. It unlocks what failed tries locked; what
//! an administrator locked, it does not, since users may reset their own.

use domain::{
    Aggregate, Event, LockReason, Right, SecondFactor, Tenant, UserId, UserSecondFactorReset,
    UserUnlocked,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::fault::{UserFault, own_or_administered};
use crate::{Command, Context, Mint};

/// Forgets what a user set up as a second factor, and unlocks what failed tries locked.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetSecondFactor {
    #[schemars(with = "String")]
    pub user: UserId,
}

impl Command for ResetSecondFactor {
    type Rejection = UserFault;
    type Fresh = ();
    const NAME: &'static str = "ResetSecondFactor";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::user(&self.user)
    }

    fn decide(&self, tenant: &Tenant, context: &Context) -> Result<Vec<Event>, UserFault> {
        let organization = &own_or_administered(tenant, context, &self.user)?.organization;
        let held = tenant.sign_ins.of(&self.user);
        let unlocked = held.lock.filter(|reason| *reason == LockReason::FailedSignIns);
        let unlocked = unlocked.map(|before| {
            let (user, organization) = (self.user.clone(), organization.clone());
            UserUnlocked { user, organization, before }.into()
        });
        let has_factor = held.second_factor != SecondFactor::None;
        let reset = (has_factor && (held.is_configured || !held.is_reset)).then(|| {
            let (user, organization) = (self.user.clone(), organization.clone());
            let was_configured = held.is_configured;
            UserSecondFactorReset { user, organization, was_configured }.into()
        });
        Ok(reset.into_iter().chain(unlocked).collect())
    }
}

#[cfg(test)]
mod tests {
    use domain::UserLocked;

    use super::super::sample::{ada, locked, tenant, told, with_factor};
    use super::*;

    fn names(tenant: &Tenant) -> Vec<&'static str> {
        let decided = ResetSecondFactor { user: ada().0 }.decide(tenant, &Context::sample(()));
        decided.unwrap().iter().map(Event::name).collect()
    }

    #[test]
    fn resets_what_there_is_once() {
        assert_eq!(names(&tenant()), Vec::<&str>::new());
        let tenant = with_factor(SecondFactor::Mfa);
        assert_eq!(names(&tenant), ["user.second_factor_reset"]);
        let (user, organization) = ada();
        let reset = UserSecondFactorReset { user, organization, was_configured: false };
        assert_eq!(names(&told(tenant, reset)), Vec::<&str>::new());
        let unknown = UserId("A-B-2".to_owned());
        let decided = ResetSecondFactor { user: unknown.clone() };
        let decided = decided.decide(&with_factor(SecondFactor::Mfa), &Context::sample(()));
        assert_eq!(decided, Err(UserFault::Unknown(unknown)));
    }

    #[test]
    fn unlocks_what_failed_tries_locked_and_nothing_else() {
        let lock = |reason| {
            let (user, organization) = ada();
            told(with_factor(SecondFactor::Tfa), UserLocked { user, organization, reason })
        };
        let both = ["user.second_factor_reset", "user.unlocked"];
        assert_eq!(names(&lock(LockReason::FailedSignIns)), both);
        assert_eq!(names(&lock(LockReason::Administrator)), both[..1]);
        assert_eq!(names(&locked(LockReason::FailedSignIns)), both[1..]);
    }
}
