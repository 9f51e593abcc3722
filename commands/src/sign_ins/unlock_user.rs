//! Lets a user sign in again (Akamai IAM v3, "Unlock a user"), whatever the lock came from.

use domain::{Aggregate, Event, Right, Tenant, UserId, UserUnlocked};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::fault::{UserFault, administered};
use crate::{Command, Context, Mint};

/// Lets a user sign in again, and forgets the tries that failed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnlockUser {
    #[schemars(with = "String")]
    pub user: UserId,
}

impl Command for UnlockUser {
    type Rejection = UserFault;
    type Fresh = ();
    const NAME: &'static str = "UnlockUser";

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
        let Some(before) = tenant.sign_ins.of(&self.user).lock else { return Ok(Vec::new()) };
        Ok(vec![UserUnlocked { user: self.user.clone(), organization, before }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::LockReason;

    use super::super::sample::{ada, locked, tenant};
    use super::*;

    fn decided(tenant: &Tenant, user: &str) -> Result<Vec<Event>, UserFault> {
        UnlockUser { user: UserId(user.to_owned()) }.decide(tenant, &Context::sample(()))
    }

    #[test]
    fn unlocks_whatever_is_locked() {
        assert_eq!(decided(&tenant(), "A-B-1"), Ok(vec![]));
        for before in [LockReason::Administrator, LockReason::FailedSignIns] {
            let (user, organization) = ada();
            let mut tenant = locked(before);
            let events = decided(&tenant, "A-B-1").unwrap();
            assert_eq!(events, [UserUnlocked { user, organization, before }.into()]);
            tenant.apply(&events[0]);
            let held = tenant.sign_ins.of(&ada().0);
            assert_eq!((held.lock, held.failed_tries), (None, 0));
        }
        let unknown = UserFault::Unknown(UserId("A-B-2".to_owned()));
        assert_eq!(decided(&tenant(), "A-B-2"), Err(unknown));
    }
}
