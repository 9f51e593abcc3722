//! Keeps a user from signing in (Akamai IAM v3, "Lock a user"). The user's API clients go on
//! working.

use domain::{Aggregate, Event, LockReason, Right, Tenant, UserId, UserLocked};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::fault::{UserFault, administered};
use crate::{Command, Context, Mint};

/// Keeps a user from signing in. The user's API clients go on working.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LockUser {
    #[schemars(with = "String")]
    pub user: UserId,
}

impl Command for LockUser {
    type Rejection = UserFault;
    type Fresh = ();
    const NAME: &'static str = "LockUser";
    const URGENT: bool = true;

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
        let organization = administered(tenant, context, &self.user)?.organization.clone();
        let reason = LockReason::Administrator;
        // What failed tries locked may be unlocked by a reset; what an administrator did, may not.
        if tenant.sign_ins.of(&self.user).lock == Some(reason) {
            return Ok(Vec::new());
        }
        Ok(vec![UserLocked { user: self.user.clone(), organization, reason }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{ada, locked, tenant};
    use super::*;

    fn check(tenant: &Tenant, user: &str, expected: Result<usize, UserFault>) {
        let command = LockUser { user: UserId(user.to_owned()) };
        let decided = command.decide(tenant, &Context::sample(()));
        let (user, organization) = ada();
        let reason = LockReason::Administrator;
        let fact = Event::from(UserLocked { user, organization, reason });
        assert_eq!(decided, expected.map(|count| vec![fact; count]));
    }

    #[test]
    fn locks_once_and_for_good_reason() {
        check(&tenant(), "A-B-1", Ok(1));
        check(&locked(LockReason::Administrator), "A-B-1", Ok(0));
        check(&locked(LockReason::FailedSignIns), "A-B-1", Ok(1));
        check(&tenant(), "A-B-2", Err(UserFault::Unknown(UserId("A-B-2".to_owned()))));
    }
}
