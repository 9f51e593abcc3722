//! Replaces a user's password by one of the user's choice, who proves to know the one before
//! (Akamai IAM v3, "Change your password"). A wrong one is a try that failed, like one at the
//! door, and is told as such.

use domain::{Aggregate, Event, LockReason, Right, SignInMethod, Tenant, UserId};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::fault::{UserFault, own_or_administered};
use super::password::{ClearPassword, PasswordFault};
use super::passwords::{FreshPassword, Held};
use super::tries;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Replaces a user's password, if the one before is known. If it is not, nothing is replaced, and
/// the fifth such try in a row locks the user.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeUserPassword {
    #[schemars(with = "String")]
    pub user: UserId,
    /// Empty once it was compared.
    pub current_password: ClearPassword,
    /// As for `SetUserPassword`. Empty once it was hashed.
    pub new_password: ClearPassword,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeUserPasswordRejection {
    #[error(transparent)]
    User(#[from] UserFault),
    #[error("the user is locked {0}")]
    Locked(LockReason),
    #[error("the user has no password yet")]
    NoPassword,
    #[error(transparent)]
    Password(PasswordFault),
    #[error("the user's password was changed meanwhile; try again")]
    Moved,
}

impl Rejection for ChangeUserPasswordRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::User(fault) => fault.refusal(),
            Self::Locked(_) => Refusal::forbidden("user_locked"),
            Self::NoPassword => Refusal::conflict("no_password", Vec::new()),
            Self::Password(fault) => fault.refusal("newPassword"),
            Self::Moved => Refusal::conflict("password_moved", Vec::new()),
        }
    }
}

/// What was found of both passwords.
#[derive(Debug)]
pub struct FreshChange {
    /// The number of the password that the current one was compared with.
    compared: i64,
    /// The new one; only where the current one was known.
    new: Option<FreshPassword>,
}

impl FreshChange {
    /// Whether the current password was known. If not, nothing is replaced.
    pub fn is_proved(&self) -> bool {
        self.new.is_some()
    }
}

impl Command for ChangeUserPassword {
    type Rejection = ChangeUserPasswordRejection;
    type Fresh = FreshChange;
    const NAME: &'static str = "ChangeUserPassword";
    const DRAWS_SLOWLY: bool = true;

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn passwords_of(&self) -> Option<&UserId> {
        Some(&self.user)
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshChange, SealError> {
        let current = std::mem::take(&mut self.current_password);
        let chosen = std::mem::take(&mut self.new_password);
        let held = Held::of(&self.user, mint)?;
        let is_proved = held.is_current(&current);
        let new =
            is_proved.then(|| FreshPassword::chosen(&self.user, mint, &chosen)).transpose()?;
        Ok(FreshChange { compared: held.newest(), new })
    }

    fn target(&self, _: &Tenant, _: &Context<FreshChange>) -> Aggregate {
        Aggregate::user(&self.user)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshChange>,
    ) -> Result<Vec<Event>, ChangeUserPasswordRejection> {
        use ChangeUserPasswordRejection as No;

        let organization = &own_or_administered(tenant, context, &self.user)?.organization;
        let (held, whose) = (tenant.sign_ins.of(&self.user), (&self.user, organization));
        if held.password_generation == 0 {
            return Err(No::NoPassword);
        }
        // Otherwise whoever acts for the user could go on guessing.
        held.lock.map_or(Ok(()), |reason| Err(No::Locked(reason)))?;
        let FreshChange { compared, new } = &context.fresh;
        if *compared != held.password_generation {
            return Err(No::Moved);
        }
        let Some(new) = new else {
            return Ok(tries::failed(tenant, whose, SignInMethod::Password, None));
        };
        new.hash.as_ref().map_err(|fault| No::Password(*fault))?;
        Ok(vec![new.fact(whose, false, context.now).into()])
    }

    fn vault(&self, tenant: &Tenant, context: &Context<FreshChange>) -> Vec<VaultWrite> {
        let new = context.fresh.new.iter();
        new.flat_map(|new| new.vault(tenant, &self.user)).collect()
    }

    fn reply(fresh: &FreshChange) -> Map<String, Value> {
        Map::from_iter([("changed".to_owned(), fresh.is_proved().into())])
    }
}

#[cfg(test)]
mod tests {
    use domain::PasswordUse;
    use eventlog::{TenantKeys, VaultRow};
    use serde_json::json;

    use super::super::sample::{ada, after, locked, mint, tenant};
    use super::super::set_user_password::SetUserPassword;
    use super::*;
    use crate::mint::sample;

    /// A tenant whose user has the password `abcdefg1`, its keys and its vault.
    fn with_password(mut tenant: Tenant) -> (Tenant, TenantKeys, Vec<VaultRow>) {
        let keys = sample::keys(&tenant.id);
        let body = json!({"user": "A-B-1", "newPassword": "abcdefg1"});
        let mut command: SetUserPassword = serde_json::from_value(body).unwrap();
        let context = Context::sample(command.draw(&mut mint(&tenant, &keys, &[])).unwrap());
        let events = command.decide(&tenant, &context).unwrap();
        let kept = after(Vec::new(), command.vault(&tenant, &context));
        for event in &events {
            tenant.apply(event);
        }
        (tenant, keys, kept)
    }

    fn drawn(
        (tenant, keys, kept): &(Tenant, TenantKeys, Vec<VaultRow>),
        current: &str,
        new: &str,
    ) -> (ChangeUserPassword, Context<FreshChange>) {
        let body = json!({"user": "A-B-1", "currentPassword": current, "newPassword": new});
        let mut command: ChangeUserPassword = serde_json::from_value(body).unwrap();
        let context = Context::sample(command.draw(&mut mint(tenant, keys, kept)).unwrap());
        (command, context)
    }

    #[test]
    fn whoever_knows_the_current_one_replaces_it() {
        let world = with_password(tenant());
        let (command, context) = drawn(&world, "abcdefg1", "abcdefg2");
        assert!(command.current_password.expose().is_empty(), "the lane would see it");
        let events = command.decide(&world.0, &context).unwrap();
        assert_eq!(events.iter().map(Event::name).collect::<Vec<_>>(), ["user.password_set"]);
        assert_eq!(command.vault(&world.0, &context).len(), 1);
        let (mut tenant, ..) = world;
        tenant.apply(&events[0]);
        let held = tenant.sign_ins.of(&ada().0);
        assert_eq!((held.password_generation, held.password_use), (2, PasswordUse::Reusable));
    }

    #[test]
    fn a_wrong_one_is_a_try_that_failed_and_the_fifth_locks() {
        let mut world = with_password(tenant());
        for tries in 1..=5 {
            let (command, context) = drawn(&world, "abcdefg9", "short");
            let events = command.decide(&world.0, &context).unwrap();
            let Event::UserSignInFailed(failed) = &events[0] else { panic!("{events:?}") };
            assert_eq!((failed.tries, events.len()), (tries, if tries == 5 { 2 } else { 1 }));
            assert_eq!(command.vault(&world.0, &context), []);
            assert_eq!(ChangeUserPassword::reply(&context.fresh)["changed"], false);
            for event in &events {
                world.0.apply(event);
            }
        }
        let (command, context) = drawn(&world, "abcdefg1", "abcdefg2");
        let locked = ChangeUserPasswordRejection::Locked(LockReason::FailedSignIns);
        assert_eq!(command.decide(&world.0, &context), Err(locked));
    }

    #[test]
    fn refuses_what_cannot_be_changed() {
        use ChangeUserPasswordRejection as No;
        let refused = |world: &(Tenant, TenantKeys, Vec<VaultRow>), new: &str| {
            let (command, context) = drawn(world, "abcdefg1", new);
            command.decide(&world.0, &context).unwrap_err()
        };
        let world = with_password(tenant());
        assert_eq!(refused(&world, "short"), No::Password(PasswordFault::TooShort));
        assert_eq!(refused(&world, "abcdefg1"), No::Password(PasswordFault::Reused));
        let bare = (tenant(), sample::keys(&tenant().id), Vec::new());
        assert_eq!(refused(&bare, "abcdefg2"), No::NoPassword);
        let reason = LockReason::Administrator;
        let shut = with_password(locked(reason));
        assert_eq!(refused(&shut, "abcdefg2"), No::Locked(reason));
        let (tenant, keys, _) = with_password(tenant());
        assert_eq!(refused(&(tenant, keys, Vec::new()), "abcdefg2"), No::Moved);
    }
}
