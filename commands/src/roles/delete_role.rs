//! Deletes a custom role that nobody holds any more (Akamai IAM v3, "Delete a role").

use domain::{Aggregate, Event, Right, RoleDeleted, RoleId, RoleKind, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::names::listed;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Deletes a custom role that nobody holds any more.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteRole {
    #[schemars(with = "i64")]
    pub role: RoleId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeleteRoleRejection {
    #[error("there is no role {0}")]
    RoleUnknown(RoleId),
    #[error("role {0} is not a custom role and cannot be deleted")]
    NotCustom(RoleId),
    /// The users and API clients that hold it on some group.
    #[error("role {role} is held by {}", listed(.by))]
    RoleHeld { role: RoleId, by: Vec<Aggregate> },
}

impl Rejection for DeleteRoleRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::RoleUnknown(_) => Refusal::not_found("role_unknown", "role"),
            Self::NotCustom(_) => Refusal::forbidden("role_not_custom"),
            Self::RoleHeld { by, .. } => Refusal::conflict("role_held", by.clone()),
        }
    }
}

impl Command for DeleteRole {
    type Rejection = DeleteRoleRejection;
    type Fresh = ();
    const NAME: &'static str = "DeleteRole";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::role(self.role)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, DeleteRoleRejection> {
        use DeleteRoleRejection as No;

        let role = self.role;
        let found = tenant.roles.get(role).ok_or(No::RoleUnknown(role))?;
        if found.kind != RoleKind::Custom {
            return Err(No::NotCustom(role));
        }
        let users = tenant.users.holding(role).map(Aggregate::user);
        let clients = tenant.clients.holding(role).map(Aggregate::client);
        let by: Vec<_> = users.chain(clients).collect();
        if !by.is_empty() {
            return Err(No::RoleHeld { role, by });
        }
        Ok(vec![RoleDeleted { role, before: found.content.clone() }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::UserId;

    use super::*;
    use crate::clients;
    use crate::roles::sample::{content, held, tenant};

    fn check(tenant: &Tenant, role: i64, expected: Result<Vec<Event>, DeleteRoleRejection>) {
        let command = DeleteRole { role: RoleId(role) };
        assert_eq!(command.decide(tenant, &Context::sample(())), expected);
    }

    #[test]
    fn a_custom_role_that_nobody_holds_goes() {
        let fact = RoleDeleted { role: RoleId(3), before: content() };
        check(&tenant(), 3, Ok(vec![fact.clone().into()]));
        let mut without = tenant();
        without.apply(&fact.into());
        check(&without, 3, Err(DeleteRoleRejection::RoleUnknown(RoleId(3))));
    }

    #[test]
    fn refuses_what_is_unknown_or_not_custom() {
        check(&tenant(), 9, Err(DeleteRoleRejection::RoleUnknown(RoleId(9))));
        check(&tenant(), 2, Err(DeleteRoleRejection::NotCustom(RoleId(2))));
    }

    #[test]
    fn names_whoever_holds_it() {
        let user = Aggregate::user(&UserId("A-B-9".to_owned()));
        let by = vec![user, Aggregate::client(clients::sample::id(1))];
        let rejection = DeleteRoleRejection::RoleHeld { role: RoleId(3), by: by.clone() };
        assert_eq!(rejection.refusal().blocking, by);
        assert!(rejection.to_string().starts_with("role 3 is held by user A-B-9, client "));
        check(&held(), 3, Err(rejection));
    }
}
