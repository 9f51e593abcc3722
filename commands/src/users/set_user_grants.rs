//! Replaces what a user may do (Akamai IAM v3, "Modify a user's grants").

use domain::{Aggregate, Event, Right, RoleId, Tenant, UserGrantsSet, UserId};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::reach::{Lacking, administers, may_grant};
use super::wanted_grants::{UserGrant, checked};
use crate::access::GrantFault;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Replaces all that a user may do: what is left out is taken away.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetUserGrants {
    #[schemars(with = "String")]
    pub user: UserId,
    /// Each group once.
    pub grants: Vec<UserGrant>,
    /// Roles of the kind `account`.
    #[serde(default)]
    #[schemars(with = "Vec<i64>")]
    pub account_roles: Vec<RoleId>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetUserGrantsRejection {
    #[error("there is no user {0}")]
    UserUnknown(UserId),
    #[error(transparent)]
    Grants(GrantFault),
    #[error(transparent)]
    Lacking(Lacking),
}

impl Rejection for SetUserGrantsRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::UserUnknown(_) => Refusal::not_found("user_unknown", "user"),
            Self::Grants(fault) => fault.refusal("grants"),
            Self::Lacking(_) => Refusal::forbidden("permission_not_held"),
        }
    }
}

impl Command for SetUserGrants {
    type Rejection = SetUserGrantsRejection;
    type Fresh = ();
    const NAME: &'static str = "SetUserGrants";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn weight(&self) -> usize {
        let lists =
            size_of_val(self.grants.as_slice()) + size_of_val(self.account_roles.as_slice());
        size_of_val(self) + lists
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::user(&self.user)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context,
    ) -> Result<Vec<Event>, SetUserGrantsRejection> {
        use SetUserGrantsRejection as No;

        let held = tenant.users.get(&self.user);
        let held = held.ok_or_else(|| No::UserUnknown(self.user.clone()))?;
        administers(&held.grants, tenant, &context.authority).map_err(No::Lacking)?;
        let after = checked(&self.grants, &self.account_roles, tenant).map_err(No::Grants)?;
        may_grant(&held.grants, &after, tenant, &context.authority).map_err(No::Lacking)?;
        if after == held.grants {
            return Ok(Vec::new());
        }
        let fact = UserGrantsSet {
            user: self.user.clone(),
            organization: held.organization.clone(),
            before: held.grants.clone(),
            after,
        };
        Ok(vec![fact.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::{Authority, Grants, GroupId, Permission};
    use serde_json::{Value, json};

    use super::*;
    use crate::mint::sample::keys;
    use crate::users::sample::{tenant, user, with_ada};

    fn decided(change: Value, authority: Authority) -> Result<Vec<Event>, SetUserGrantsRejection> {
        let mut body = json!({"user": user(), "grants": []});
        for (member, value) in change.as_object().unwrap() {
            body[member] = value.clone();
        }
        let command: SetUserGrants = serde_json::from_value(body).unwrap();
        let context = Context { authority, ..Context::sample(()) };
        command.decide(&with_ada(&keys(&tenant().id)), &context)
    }

    #[test]
    fn the_whole_set_is_replaced_and_the_former_one_told() {
        let same = json!({"grants": [{"group": 4, "role": 2}]});
        assert_eq!(decided(same, Authority::full()), Ok(vec![]));
        let change = json!({"grants": [{"group": 1, "role": null}], "accountRoles": [6]});
        let events = decided(change, Authority::full()).unwrap();
        let [Event::UserGrantsSet(fact)] = &events[..] else { panic!("not one fact") };
        assert_eq!(fact.before, Grants::roles([(GroupId(4), RoleId(2))]));
        assert_eq!((fact.after.groups[0].role, fact.after.account_roles.len()), (None, 1));
    }

    #[test]
    fn refuses_what_cannot_be_granted_or_not_by_this_one() {
        use SetUserGrantsRejection as No;
        let unknown = No::UserUnknown(UserId("A-B-9".to_owned()));
        assert_eq!(decided(json!({"user": "A-B-9"}), Authority::full()), Err(unknown));
        let twice = json!({"grants": [{"group": 1}, {"group": 1}]});
        let twofold = No::Grants(GrantFault::GroupTwice(GroupId(1)));
        assert_eq!(decided(twice, Authority::full()), Err(twofold));
        let on = |group, held: &[Permission]| {
            Authority::On(vec![(GroupId(group), held.iter().copied().collect())])
        };
        let lacking =
            |permission, group| Err(No::Lacking(Lacking::On { permission, group: GroupId(group) }));
        let here = json!({"grants": [{"group": 5, "role": 2}]});
        let (admin, read) = (Permission::UserAdmin, Permission::Read);
        assert_eq!(decided(here.clone(), on(5, &[admin, read])), lacking(admin, 4), "held before");
        assert_eq!(decided(here, on(1, &[admin, read])), lacking(admin, 5), "held after");
        let above = json!({"grants": [{"group": 1, "role": 2}]});
        assert_eq!(decided(above, on(1, &[admin])), lacking(read, 1));
    }
}
