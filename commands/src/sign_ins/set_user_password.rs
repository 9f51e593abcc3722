//! Gives a user a password that may be used again and again (Akamai IAM v3, "Set a user's
//! password"). The one before works no longer. The vault has slow hashes of the last few, and
//! nothing else of them goes beyond the caller's task.

use domain::{Aggregate, Event, Right, Tenant, UserId};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::fault::{UserFault, administered};
use super::password::{ClearPassword, PasswordFault};
use super::passwords::{Delivery, FreshPassword};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Gives a user a password. The one before works no longer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetUserPassword {
    #[schemars(with = "String")]
    pub user: UserId,
    /// 8 to 200 characters, a letter and a digit among them, none more than twice in a row, and
    /// not one of the user's last four. If absent, one is drawn, and shown once.
    pub new_password: Option<ClearPassword>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetUserPasswordRejection {
    #[error(transparent)]
    User(#[from] UserFault),
    #[error(transparent)]
    Password(PasswordFault),
    #[error("the user's password was changed meanwhile; try again")]
    Moved,
}

impl Rejection for SetUserPasswordRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::User(fault) => fault.refusal(),
            Self::Password(fault) => fault.refusal("newPassword"),
            Self::Moved => Refusal::conflict("password_moved", Vec::new()),
        }
    }
}

impl Command for SetUserPassword {
    type Rejection = SetUserPasswordRejection;
    type Fresh = FreshPassword;
    const NAME: &'static str = "SetUserPassword";
    const DRAWS_SLOWLY: bool = true;

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn passwords_of(&self) -> Option<&UserId> {
        self.new_password.is_some().then_some(&self.user)
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshPassword, SealError> {
        match self.new_password.take() {
            Some(chosen) => FreshPassword::chosen(&self.user, mint, &chosen),
            None => FreshPassword::drawn(&self.user, mint, Delivery::Shown),
        }
    }

    fn target(&self, _: &Tenant, _: &Context<FreshPassword>) -> Aggregate {
        Aggregate::user(&self.user)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshPassword>,
    ) -> Result<Vec<Event>, SetUserPasswordRejection> {
        use SetUserPasswordRejection as No;

        let organization = &administered(tenant, context, &self.user)?.organization;
        let fresh = &context.fresh;
        fresh.check_compared(tenant, &self.user).map_err(|_| No::Moved)?;
        fresh.hash.as_ref().map_err(|fault| No::Password(*fault))?;
        Ok(vec![fresh.fact((&self.user, organization), false, context.now).into()])
    }

    fn vault(&self, tenant: &Tenant, context: &Context<FreshPassword>) -> Vec<VaultWrite> {
        context.fresh.vault(tenant, &self.user)
    }

    fn reply(fresh: &FreshPassword) -> Map<String, Value> {
        fresh.reply()
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier;
    use argon2::{Argon2, PasswordHash};
    use domain::UserPasswordSet;
    use eventlog::{TenantKeys, VaultKind, VaultRow};
    use serde_json::json;

    use super::super::password_policy::AKA90;
    use super::super::sample::{ada, after, mint, tenant};
    use super::*;
    use crate::mint::sample::{self, kept_and_dropped};

    /// A tenant's keys, its state, and its vault.
    struct World {
        keys: TenantKeys,
        tenant: Tenant,
        kept: Vec<VaultRow>,
    }

    impl World {
        fn new() -> Self {
            let tenant = tenant();
            Self { keys: sample::keys(&tenant.id), tenant, kept: Vec::new() }
        }

        fn drawn(&self, body: Value) -> (SetUserPassword, Context<FreshPassword>) {
            let mut command: SetUserPassword = serde_json::from_value(body).unwrap();
            let drawn = command.draw(&mut mint(&self.tenant, &self.keys, &self.kept));
            (command, Context::sample(drawn.unwrap()))
        }

        /// Sets it; the writes of the vault, or the refusal.
        fn set(&mut self, password: &str) -> Result<Vec<VaultWrite>, SetUserPasswordRejection> {
            let (command, context) = self.drawn(json!({"user": "A-B-1", "newPassword": password}));
            let events = command.decide(&self.tenant, &context)?;
            let writes = command.vault(&self.tenant, &context);
            self.kept = after(std::mem::take(&mut self.kept), writes.clone());
            for event in &events {
                self.tenant.apply(event);
            }
            Ok(writes)
        }

        /// Whether the vault takes a hash that this password makes.
        fn is_verified(&self, writes: &[VaultWrite], password: &str) -> bool {
            let [VaultWrite::Insert(row), ..] = writes else { panic!("nothing is kept") };
            assert_eq!((row.kind, row.owner.as_str()), (VaultKind::Password, "A-B-1"));
            let hash = String::from_utf8(self.keys.open(row).unwrap()).unwrap();
            assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
            let hash = PasswordHash::new(&hash).unwrap();
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
        }
    }

    #[test]
    fn the_vault_has_a_hash_and_the_event_when_it_expires() {
        let mut world = World::new();
        let body = json!({"user": "A-B-1", "newPassword": "abcdefg1"});
        let (command, context) = world.drawn(body);
        assert!(command.new_password.is_none(), "the lane would see it");
        let events = command.decide(&world.tenant, &context).unwrap();
        let ((user, organization), one_time, mail) = (ada(), false, None);
        let expires_at = AKA90.expires_at(context.now);
        assert_eq!(expires_at.unwrap().to_rfc3339(), "2026-04-01T00:00:00+00:00");
        let fact = UserPasswordSet { user, organization, one_time, expires_at, mail };
        assert_eq!(events, [fact.into()]);
        assert!(SetUserPassword::reply(&context.fresh).is_empty());
        let writes = world.set("abcdefg1").unwrap();
        assert_eq!(kept_and_dropped(&writes), [vec!["acme/A-B-1.1"], vec![]]);
        assert!(world.is_verified(&writes, "abcdefg1") && !world.is_verified(&writes, "abcdefg2"));
    }

    #[test]
    fn the_last_four_may_not_come_again() {
        let reused = Err(SetUserPasswordRejection::Password(PasswordFault::Reused));
        let mut world = World::new();
        for number in 1..=4 {
            let writes = world.set(&format!("abcdefg{number}")).unwrap();
            assert_eq!(kept_and_dropped(&writes)[1], Vec::<&str>::new());
        }
        assert_eq!(world.set("abcdefg4"), reused);
        assert_eq!(world.set("abcdefg1"), reused);
        let writes = world.set("abcdefg5").unwrap();
        assert_eq!(kept_and_dropped(&writes), [["acme/A-B-1.5"], ["acme/A-B-1.1"]]);
        assert_eq!(world.set("abcdefg2"), reused);
        assert!(world.set("abcdefg1").is_ok(), "five were set since");
    }

    #[test]
    fn what_was_compared_with_older_ones_is_not_taken() {
        let mut world = World::new();
        let (command, context) = world.drawn(json!({"user": "A-B-1", "newPassword": "abcdefg1"}));
        world.set("abcdefg2").unwrap();
        let moved = SetUserPasswordRejection::Moved;
        assert_eq!(command.decide(&world.tenant, &context), Err(moved));
    }

    #[test]
    fn one_that_was_drawn_is_shown_once() {
        let world = World::new();
        let (command, context) = world.drawn(json!({"user": "A-B-1"}));
        let reply = SetUserPassword::reply(&context.fresh);
        let shown = reply["newPassword"].as_str().unwrap();
        assert!(world.is_verified(&command.vault(&world.tenant, &context), shown));
        assert!(!format!("{context:?}").contains(shown));
    }

    #[test]
    fn refuses_an_unknown_user_and_what_is_no_password() {
        use SetUserPasswordRejection as No;
        let world = World::new();
        let refused = |user: &str, password: &str| {
            let (command, context) = world.drawn(json!({"user": user, "newPassword": password}));
            command.decide(&world.tenant, &context).unwrap_err()
        };
        let unknown = UserFault::Unknown(UserId("A-B-2".to_owned()));
        assert_eq!(refused("A-B-2", "abcdefg1"), No::User(unknown));
        let short = refused("A-B-1", "s3cret");
        assert_eq!(short, No::Password(PasswordFault::TooShort));
        assert_eq!(short.to_string(), "a password has 8 characters or more");
        assert_eq!(short.refusal(), Refusal::invalid("password_too_short", "newPassword"));
    }
}
