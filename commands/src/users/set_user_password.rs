//! Gives a user a password (Akamai IAM v3, "Set a user's password"). The one before works no
//! longer. The vault has a slow hash of it, and nothing else of it goes beyond the caller's task.

use domain::{Aggregate, Event, Right, Tenant, UserId, UserPasswordSet};
use eventlog::{SealError, VaultKind, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::password::{ClearPassword, PasswordFault};
use super::password_policy::AKA90;
use crate::{Command, Context, Locked, Mint, Refusal, Rejection};

/// Gives a user a password. The one before works no longer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetUserPassword {
    #[schemars(with = "String")]
    pub user: UserId,
    /// 8 to 200 characters, a letter and a digit among them, none more than twice in a row. If
    /// absent, one is drawn, and shown once.
    pub new_password: Option<ClearPassword>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetUserPasswordRejection {
    #[error("there is no user {0}")]
    UserUnknown(UserId),
    #[error(transparent)]
    Password(PasswordFault),
}

impl Rejection for SetUserPasswordRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::UserUnknown(_) => Refusal::not_found("user_unknown", "user"),
            Self::Password(fault) => fault.refusal("newPassword"),
        }
    }
}

/// What becomes of a password; which number it gets is decided in the lane.
#[derive(Debug)]
pub struct FreshPassword {
    /// Its hash, or why nobody can have it.
    pub hash: Result<Locked, PasswordFault>,
    /// The password itself, only where it was drawn here.
    pub drawn: Option<ClearPassword>,
}

/// Under what the vault keeps the hash of a user's password of that number.
fn public_id(tenant: &Tenant, user: &UserId, generation: i64) -> String {
    format!("{}/{user}.{generation}", tenant.id)
}

impl Command for SetUserPassword {
    type Rejection = SetUserPasswordRejection;
    type Fresh = FreshPassword;
    const NAME: &'static str = "SetUserPassword";
    const DRAWS_SLOWLY: bool = true;

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshPassword, SealError> {
        if let Some(chosen) = self.new_password.take() {
            return Ok(FreshPassword { hash: chosen.lock(&self.user, mint)?, drawn: None });
        }
        let drawn = ClearPassword::draw(mint)?;
        Ok(FreshPassword { hash: drawn.lock(&self.user, mint)?, drawn: Some(drawn) })
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

        let user = tenant.users.get(&self.user);
        let user = user.ok_or_else(|| No::UserUnknown(self.user.clone()))?;
        context.fresh.hash.as_ref().map_err(|fault| No::Password(*fault))?;
        let organization = user.organization.clone();
        let (user, one_time) = (self.user.clone(), false);
        let expires_at = AKA90.expires_at(context.now);
        let fact = UserPasswordSet { user, organization, one_time, expires_at, mail: None };
        Ok(vec![fact.into()])
    }

    fn vault(&self, tenant: &Tenant, context: &Context<FreshPassword>) -> Vec<VaultWrite> {
        let former = tenant.sign_ins.of(&self.user).password_generation;
        let id = |generation| public_id(tenant, &self.user, generation);
        let kept = context.fresh.hash.iter().map(|hash| hash.kept_as(id(former + 1)));
        let dropped = (former > 0).then(|| VaultWrite::Delete {
            kind: VaultKind::Password,
            public_id: id(former),
            tenant: tenant.id.clone(),
        });
        kept.chain(dropped).collect()
    }

    fn reply(fresh: &FreshPassword) -> Map<String, Value> {
        let shown = |drawn: &ClearPassword| ("newPassword".to_owned(), drawn.expose().into());
        fresh.drawn.iter().map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordVerifier;
    use argon2::{Argon2, PasswordHash};
    use domain::{OrganizationId, Personal, UserCreated};
    use eventlog::TenantKeys;
    use serde_json::json;

    use super::*;
    use crate::access::sample::tenant as with_groups;
    use crate::mint::sample::{self, kept_and_dropped};

    /// One with the user `A-B-1`.
    fn tenant() -> Tenant {
        let mut tenant = with_groups();
        tenant.users.created(&UserCreated {
            user: UserId("A-B-1".to_owned()),
            organization: OrganizationId("5".to_owned()),
            profile: Personal::Erased,
            grants: domain::Grants::default(),
        });
        tenant
    }

    fn drawn(keys: &TenantKeys, body: Value) -> (SetUserPassword, Context<FreshPassword>) {
        let mut command: SetUserPassword = serde_json::from_value(body).unwrap();
        let fresh = command.draw(&mut sample::mint(&tenant().id, keys, 0)).unwrap();
        (command, Context::sample(fresh))
    }

    /// Whether the vault takes a hash that this password makes.
    fn is_verified(keys: &TenantKeys, writes: &[VaultWrite], password: &str) -> bool {
        let [VaultWrite::Insert(row), ..] = writes else { panic!("nothing is kept") };
        assert_eq!((row.kind, row.owner.as_str()), (VaultKind::Password, "A-B-1"));
        let hash = String::from_utf8(keys.open(row).unwrap()).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let hash = PasswordHash::new(&hash).unwrap();
        Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
    }

    #[test]
    fn the_vault_has_a_hash_and_the_former_one_no_longer() {
        let (mut tenant, keys) = (tenant(), sample::keys(&tenant().id));
        let (command, context) = drawn(&keys, json!({"user": "A-B-1", "newPassword": "abcdefg1"}));
        assert!(command.new_password.is_none(), "the lane would see it");
        let events = command.decide(&tenant, &context).unwrap();
        let (user, organization) = (UserId("A-B-1".to_owned()), OrganizationId("5".to_owned()));
        let (one_time, expires_at) = (false, AKA90.expires_at(context.now));
        let fact = UserPasswordSet { user, organization, one_time, expires_at, mail: None };
        assert_eq!(events, [fact.into()]);
        let writes = command.vault(&tenant, &context);
        assert_eq!(kept_and_dropped(&writes), [vec!["acme/A-B-1.1"], vec![]]);
        assert!(is_verified(&keys, &writes, "abcdefg1"));
        assert!(!is_verified(&keys, &writes, "abcdefg2"));
        assert!(SetUserPassword::reply(&context.fresh).is_empty());

        for event in &events {
            tenant.apply(event);
        }
        let (command, context) = drawn(&keys, json!({"user": "A-B-1", "newPassword": "abcdefg2"}));
        let writes = command.vault(&tenant, &context);
        assert_eq!(kept_and_dropped(&writes), [["acme/A-B-1.2"], ["acme/A-B-1.1"]]);
        assert!(is_verified(&keys, &writes, "abcdefg2"));
    }

    #[test]
    fn one_that_was_drawn_is_shown_once() {
        let (tenant, keys) = (tenant(), sample::keys(&tenant().id));
        let (command, context) = drawn(&keys, json!({"user": "A-B-1"}));
        let reply = SetUserPassword::reply(&context.fresh);
        let shown = reply["newPassword"].as_str().unwrap();
        assert!(is_verified(&keys, &command.vault(&tenant, &context), shown));
        assert!(!format!("{context:?}").contains(shown));
    }

    #[test]
    fn refuses_an_unknown_user_and_what_is_no_password() {
        use SetUserPasswordRejection as No;
        let (tenant, keys) = (tenant(), sample::keys(&tenant().id));
        let refused = |user: &str, password: &str| {
            let (command, context) = drawn(&keys, json!({"user": user, "newPassword": password}));
            command.decide(&tenant, &context).unwrap_err()
        };
        let unknown = No::UserUnknown(UserId("A-B-2".to_owned()));
        assert_eq!(refused("A-B-2", "abcdefg1"), unknown);
        let short = refused("A-B-1", "s3cret");
        assert_eq!(short, No::Password(PasswordFault::TooShort));
        assert_eq!(short.to_string(), "a password has 8 characters or more");
        assert_eq!(short.refusal(), Refusal::invalid("password_too_short", "newPassword"));
    }
}
