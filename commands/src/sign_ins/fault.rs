//! The refusals that all of these commands share: whom there is not, and whom somebody does not
//! administer.

use domain::{Aggregate, Tenant, User, UserId};

use crate::users::{Lacking, reach};
use crate::{Context, Refusal, Rejection};

/// Why nothing is done about a user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserFault {
    #[error("there is no user {0}")]
    Unknown(UserId),
    #[error("the person behind user {0} was erased")]
    Erased(UserId),
    #[error(transparent)]
    Lacking(Lacking),
}

impl Rejection for UserFault {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Unknown(_) => Refusal::not_found("user_unknown", "user"),
            Self::Erased(user) => Refusal::conflict("person_erased", vec![Aggregate::user(user)]),
            Self::Lacking(_) => Refusal::forbidden("permission_not_held"),
        }
    }
}

/// The user of that id, whom whoever asks administers.
pub(super) fn administered<'a, F>(
    tenant: &'a Tenant,
    context: &Context<F>,
    user: &UserId,
) -> Result<&'a User, UserFault> {
    let held = tenant.users.get(user).ok_or_else(|| UserFault::Unknown(user.clone()))?;
    let administers = reach::administers(&held.grants, tenant, &context.authority);
    administers.map_err(UserFault::Lacking)?;
    living(tenant, user, held)
}

/// The user, unless they were erased: nobody signs in as nobody.
fn living<'a>(tenant: &Tenant, user: &UserId, held: &'a User) -> Result<&'a User, UserFault> {
    let is_erased = tenant.subjects.is_erased(user.as_str());
    if is_erased { Err(UserFault::Erased(user.clone())) } else { Ok(held) }
}

/// The same, or the user for whom a client asks about itself.
pub(crate) fn own_or_administered<'a, F>(
    tenant: &'a Tenant,
    context: &Context<F>,
    user: &UserId,
) -> Result<&'a User, UserFault> {
    match tenant.users.get(user) {
        Some(held) if reach::is_own(user, tenant, &context.actor) => living(tenant, user, held),
        Some(_) | None => administered(tenant, context, user),
    }
}

#[cfg(test)]
mod tests {
    use domain::{Actor, ActorKind, Authority, Permission};

    use super::super::sample::{ada, tenant};
    use super::*;

    #[test]
    fn a_user_is_there_for_administrators_and_for_whoever_acts_as_them() {
        let (tenant, (user, _)) = (tenant(), ada());
        let asked = |authority, actor| {
            let context = Context { actor, authority, ..Context::sample(()) };
            let is_held = |held: Result<&User, UserFault>| held.is_ok();
            [
                is_held(administered(&tenant, &context, &user)),
                is_held(own_or_administered(&tenant, &context, &user)),
            ]
        };
        let nobody = || Authority::On(Vec::new());
        let own = |id: &str| Actor {
            home: tenant.id.clone(),
            kind: ActorKind::User,
            id: id.to_owned(),
            ..Actor::system()
        };
        assert_eq!(asked(Authority::full(), Actor::system()), [true, true]);
        assert_eq!(asked(nobody(), Actor::system()), [false, false]);
        assert_eq!(asked(nobody(), own("A-B-1")), [false, true]);
        assert_eq!(asked(nobody(), own("A-B-2")), [false, false]);
        let unknown = UserId("A-B-2".to_owned());
        let context = Context::sample(());
        let none = own_or_administered(&tenant, &context, &unknown).unwrap_err();
        assert_eq!(none, UserFault::Unknown(unknown));
        let lacking = Lacking::OnRoot(Permission::UserAdmin);
        let context = Context { authority: nobody(), ..context };
        let refused = administered(&tenant, &context, &user).unwrap_err();
        assert_eq!(refused, UserFault::Lacking(lacking));
    }
}
