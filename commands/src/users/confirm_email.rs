//! Takes a user's new e-mail address for confirmed. None of Akamai's operations does: whoever runs
//! the mailed links sends this.

use domain::{Aggregate, Event, Right, Tenant, UserEmailConfirmed, UserId};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Takes a user's new e-mail address for confirmed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmEmail {
    #[schemars(with = "String")]
    pub user: UserId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmEmailRejection {
    #[error("there is no user {0}")]
    UserUnknown(UserId),
}

impl Rejection for ConfirmEmailRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::UserUnknown(_) => Refusal::not_found("user_unknown", "user"),
        }
    }
}

impl Command for ConfirmEmail {
    type Rejection = ConfirmEmailRejection;
    type Fresh = ();
    const NAME: &'static str = "ConfirmEmail";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::user(&self.user)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, ConfirmEmailRejection> {
        let held = tenant.users.get(&self.user);
        let held = held.ok_or_else(|| ConfirmEmailRejection::UserUnknown(self.user.clone()))?;
        if !held.email_pending {
            return Ok(Vec::new());
        }
        let (user, organization) = (self.user.clone(), held.organization.clone());
        Ok(vec![UserEmailConfirmed { user, organization }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::{Personal, UserProfileReplaced};

    use super::*;
    use crate::mint::sample::keys;
    use crate::users::sample::{organization, tenant, user, with_ada};

    #[test]
    fn an_address_is_confirmed_once() {
        let keys = keys(&tenant().id);
        let mut tenant = with_ada(&keys);
        let decide = |tenant: &Tenant, user: UserId| {
            ConfirmEmail { user }.decide(tenant, &Context::sample(()))
        };
        assert_eq!(decide(&tenant, user()), Ok(vec![]));
        tenant.users.profile_replaced(&UserProfileReplaced {
            user: user(),
            organization: organization(),
            before: Box::new(Personal::Erased),
            after: Box::new(Personal::Erased),
            email_pending: true,
        });
        let events = decide(&tenant, user()).unwrap();
        let (user, organization) = (user(), organization());
        assert_eq!(events, [UserEmailConfirmed { user: user.clone(), organization }.into()]);
        for event in &events {
            tenant.apply(event);
        }
        assert_eq!(decide(&tenant, user), Ok(vec![]));
        let other = UserId("A-B-9".to_owned());
        let unknown = ConfirmEmailRejection::UserUnknown(other.clone());
        assert_eq!(decide(&tenant, other), Err(unknown));
    }
}
