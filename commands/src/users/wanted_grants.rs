//! What a user is to be given, as a request says it (Akamai IAM v3, "Modify a user's grants").

use std::collections::BTreeSet;

use domain::{Grants, GroupGrant, GroupId, RoleId, RoleKind, Tenant};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::access::GrantFault;

/// What a user is to hold on one group, and so below it until something else is said there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserGrant {
    #[schemars(with = "i64")]
    pub group: GroupId,
    /// If absent, the group keeps what it inherits.
    #[schemars(with = "Option<i64>")]
    pub role: Option<RoleId>,
    /// Nothing is held on the group.
    #[serde(default)]
    pub is_blocked: bool,
}

/// The grants as a fact holds them. Groups and roles must be there and go together, each group
/// once, and roles be of the kind that can be held so.
pub(super) fn checked(
    groups: &[UserGrant],
    account_roles: &[RoleId],
    tenant: &Tenant,
) -> Result<Grants, GrantFault> {
    let kind = |role: RoleId| {
        let found = tenant.roles.get(role).ok_or(GrantFault::RoleUnknown(role))?;
        Ok(found.kind)
    };
    let mut seen = BTreeSet::new();
    let on_group = |&UserGrant { group, role, is_blocked }: &UserGrant| {
        tenant.groups.get(group).ok_or(GrantFault::GroupUnknown(group))?;
        if let Some(role) = role
            && kind(role)? == RoleKind::Account
        {
            return Err(GrantFault::RoleIsOfAccount(role));
        }
        if !seen.insert(group) {
            return Err(GrantFault::GroupTwice(group));
        }
        if let Some(role) = role
            && !tenant.role_fits(role, group)
        {
            return Err(GrantFault::ContractTypeDiffers { group, role });
        }
        Ok(GroupGrant { group, role, is_blocked })
    };
    let for_account = |&role: &RoleId| match kind(role)? {
        RoleKind::Account => Ok(role),
        RoleKind::Custom | RoleKind::Standard => Err(GrantFault::RoleIsOfGroups(role)),
    };
    Ok(Grants {
        groups: groups.iter().map(on_group).collect::<Result<_, _>>()?,
        account_roles: account_roles.iter().map(for_account).collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::sample::tenant;

    fn check(groups: &[(i64, Option<i64>)], account: &[i64], expected: Result<usize, GrantFault>) {
        let grant = |&(group, role): &(i64, Option<i64>)| UserGrant {
            group: GroupId(group),
            role: role.map(RoleId),
            is_blocked: role.is_none(),
        };
        let groups: Vec<_> = groups.iter().map(grant).collect();
        let account: Vec<_> = account.iter().copied().map(RoleId).collect();
        let held = checked(&groups, &account, &tenant());
        assert_eq!(held.map(|it| it.groups.len() + it.account_roles.len()), expected);
    }

    #[test]
    fn roles_are_held_on_groups_or_for_the_account() {
        use GrantFault as No;
        check(&[], &[], Ok(0));
        check(&[(1, Some(2)), (4, None)], &[6, 6], Ok(3));
        check(&[(9, None)], &[], Err(No::GroupUnknown(GroupId(9))));
        check(&[(1, Some(9))], &[], Err(No::RoleUnknown(RoleId(9))));
        check(&[], &[9], Err(No::RoleUnknown(RoleId(9))));
        check(&[(1, Some(2)), (1, None)], &[], Err(No::GroupTwice(GroupId(1))));
        check(&[(1, Some(6))], &[], Err(No::RoleIsOfAccount(RoleId(6))));
        check(&[], &[2], Err(No::RoleIsOfGroups(RoleId(2))));
    }
}
