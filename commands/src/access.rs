//! Roles on groups, as a request gives them to a user or an API client.

use std::collections::BTreeSet;

use domain::{GroupId, GroupRole, RoleId, Tenant};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Refusal;

/// A role on a group, and so on everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    #[schemars(with = "i64")]
    pub group: GroupId,
    #[schemars(with = "i64")]
    pub role: RoleId,
}

/// Why roles cannot be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantFault {
    #[error("there is no group {0}")]
    GroupUnknown(GroupId),
    #[error("there is no role {0}")]
    RoleUnknown(RoleId),
    #[error("group {0} is given twice")]
    GroupTwice(GroupId),
    #[error("role {role} does not belong to the contract type of group {group}")]
    ContractTypeDiffers { group: GroupId, role: RoleId },
    #[error("role {0} is held for the account, not on a group")]
    RoleIsOfAccount(RoleId),
    #[error("role {0} is held on groups, not for the account")]
    RoleIsOfGroups(RoleId),
}

impl GrantFault {
    /// The refusal it comes to; `member` holds the roles.
    pub(crate) fn refusal(&self, member: &'static str) -> Refusal {
        match self {
            Self::GroupUnknown(_) => Refusal::not_found("group_unknown", member),
            Self::RoleUnknown(_) => Refusal::not_found("role_unknown", member),
            Self::GroupTwice(_) => Refusal::invalid("group_twice", member),
            Self::ContractTypeDiffers { .. } => Refusal::invalid("contract_type_differs", member),
            Self::RoleIsOfAccount(_) => Refusal::invalid("role_is_of_account", member),
            Self::RoleIsOfGroups(_) => Refusal::invalid("role_is_of_groups", member),
        }
    }
}

/// The grants as a fact holds them. Groups and roles must be there and go together, and a group has
/// one role.
pub(crate) fn checked(grants: &[Grant], tenant: &Tenant) -> Result<Vec<GroupRole>, GrantFault> {
    let mut groups = BTreeSet::new();
    let check = |&Grant { group, role }: &Grant| {
        tenant.groups.get(group).ok_or(GrantFault::GroupUnknown(group))?;
        tenant.roles.get(role).ok_or(GrantFault::RoleUnknown(role))?;
        if !groups.insert(group) {
            return Err(GrantFault::GroupTwice(group));
        }
        if !tenant.role_fits(role, group) {
            return Err(GrantFault::ContractTypeDiffers { group, role });
        }
        Ok(GroupRole { group, role })
    };
    grants.iter().map(check).collect()
}

#[cfg(test)]
pub(crate) mod sample {
    use domain::{GroupCreated, GroupId, RoleCreated, RoleId, RoleKind, Tenant, TenantId};

    /// A tenant with group 1 and role 2.
    pub(crate) fn tenant() -> Tenant {
        let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
        let name = "acme".to_owned();
        tenant.groups.created(&GroupCreated { group: GroupId(1), parent: None, name });
        tenant.roles.created(&RoleCreated {
            role: RoleId(2),
            name: "viewer".to_owned(),
            description: String::new(),
            kind: RoleKind::Standard,
            permissions: [].into(),
            granted_roles: [].into(),
        });
        tenant
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(grants: &[(i64, i64)], expected: Result<usize, GrantFault>) {
        let grant =
            |&(group, role): &(i64, i64)| Grant { group: GroupId(group), role: RoleId(role) };
        let grants: Vec<_> = grants.iter().map(grant).collect();
        assert_eq!(checked(&grants, &sample::tenant()).map(|held| held.len()), expected);
    }

    #[test]
    fn groups_and_roles_are_there_and_no_group_comes_twice() {
        check(&[], Ok(0));
        check(&[(1, 2)], Ok(1));
        check(&[(3, 2)], Err(GrantFault::GroupUnknown(GroupId(3))));
        check(&[(1, 3)], Err(GrantFault::RoleUnknown(RoleId(3))));
        check(&[(1, 2), (1, 2)], Err(GrantFault::GroupTwice(GroupId(1))));
    }
}
