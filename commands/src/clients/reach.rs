//! What an API client is to reach, as a request says it (Akamai IAM v3, "Create an API client").

use std::collections::BTreeSet;

use domain::{
    AccessLevel, ApiAccess, ApiGrant, ApiId, Authority, Catalog, ClientAccess, Grants, GroupAccess,
    GroupGrant, GroupId, Held, Permission, RoleId, Tenant, UserId,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Refusal;

/// How many APIs a client may be given one by one; calls of a hundredth are refused by the vendor.
const APIS_MAX: usize = 99;

/// An API that a client is to call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WantedApi {
    #[schemars(with = "i64")]
    pub api: ApiId,
    /// One of those the API can be given at: `READ-ONLY` or `READ-WRITE`.
    pub level: String,
}

/// A group that a client is to act on, and all below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WantedGroup {
    #[schemars(with = "i64")]
    pub group: GroupId,
    #[schemars(with = "i64")]
    pub role: RoleId,
    /// Whether the client holds nothing there.
    #[serde(default)]
    pub is_blocked: bool,
}

/// What an API client is to reach.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WantedAccess {
    /// Every API there is; then none is listed.
    #[serde(default)]
    pub all_apis: bool,
    /// At most 99, each once.
    #[serde(default)]
    pub apis: Vec<WantedApi>,
    /// Whatever the user it acts for holds, as that changes; then no group is listed.
    #[serde(default)]
    pub clones_user: bool,
    /// Each once, within what the user it acts for holds.
    #[serde(default)]
    pub groups: Vec<WantedGroup>,
}

/// Why a client cannot be given that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReachFault {
    #[error("a client that may not call all APIs takes at least one")]
    ApisMissing,
    #[error("a client that may call all APIs takes no list of them")]
    ApisNeedless,
    #[error("a client takes at most {APIS_MAX} APIs")]
    ApisTooMany,
    #[error("there is no API {0}")]
    ApiUnknown(ApiId),
    #[error("API {0} is given twice")]
    ApiTwice(ApiId),
    #[error("API {0} cannot be given at that access level")]
    LevelUnknown(ApiId),
    #[error("a client that does not clone the groups of its user takes at least one")]
    GroupsMissing,
    #[error("a client that clones the groups of its user takes no list of them")]
    GroupsNeedless,
    #[error("group {0} is given twice")]
    GroupTwice(GroupId),
    #[error("the user has no access to group {0}")]
    GroupOutOfReach(GroupId),
    #[error("there is no role {0}")]
    RoleUnknown(RoleId),
    #[error("role {role} belongs to another contract type than group {group}")]
    RoleMisfit { role: RoleId, group: GroupId },
    #[error("whoever does not hold {} on group {group} cannot hand it on", .permission.as_str())]
    NotHeld { permission: Permission, group: GroupId },
    #[error("a client without a user has nobody whose groups to clone")]
    NobodyToClone,
}

impl ReachFault {
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::ApisMissing => Refusal::invalid("apis_missing", "apis"),
            Self::ApisNeedless => Refusal::invalid("apis_needless", "apis"),
            Self::ApisTooMany => Refusal::forbidden("apis_too_many").about("apis"),
            Self::ApiUnknown(_) => Refusal::not_found("api_unknown", "apis"),
            Self::ApiTwice(_) => Refusal::invalid("api_twice", "apis"),
            Self::LevelUnknown(_) => Refusal::invalid("level_unknown", "apis"),
            Self::GroupsMissing => Refusal::invalid("groups_missing", "groups"),
            Self::GroupsNeedless => Refusal::invalid("groups_needless", "groups"),
            Self::GroupTwice(_) => Refusal::invalid("group_twice", "groups"),
            Self::GroupOutOfReach(_) => Refusal::forbidden("group_out_of_reach").about("groups"),
            Self::RoleUnknown(_) => Refusal::not_found("role_unknown", "groups"),
            Self::RoleMisfit { .. } => Refusal::invalid("role_misfit", "groups"),
            Self::NotHeld { .. } => Refusal::forbidden("permission_not_held").about("groups"),
            Self::NobodyToClone => Refusal::invalid("nobody_to_clone", "clonesUser"),
        }
    }
}

impl WantedAccess {
    /// Roughly how many bytes it holds.
    pub(super) fn weight(&self) -> usize {
        let levels = self.apis.iter().map(|it| it.level.len()).sum::<usize>();
        levels + size_of_val(self.apis.as_slice()) + size_of_val(self.groups.as_slice())
    }

    /// The access as a fact holds it, for a client that acts for `user`. One without a user may
    /// have none at all.
    pub(super) fn checked(
        &self,
        tenant: &Tenant,
        user: Option<&UserId>,
    ) -> Result<ClientAccess, ReachFault> {
        let apis = self.apis(&tenant.catalog, user.is_some())?;
        Ok(ClientAccess { apis, groups: self.groups(tenant, user)? })
    }

    fn apis(&self, catalog: &Catalog, takes_one: bool) -> Result<ApiAccess, ReachFault> {
        if self.all_apis && !self.apis.is_empty() {
            return Err(ReachFault::ApisNeedless);
        }
        if takes_one && !self.all_apis && self.apis.is_empty() {
            return Err(ReachFault::ApisMissing);
        }
        if self.apis.len() > APIS_MAX {
            return Err(ReachFault::ApisTooMany);
        }
        let mut seen = BTreeSet::new();
        let check = |wanted: &WantedApi| {
            let api = wanted.api;
            let known = catalog.api(api).ok_or(ReachFault::ApiUnknown(api))?;
            let level = AccessLevel::from_name(&wanted.level);
            let level = level.filter(|level| known.access_levels.contains(level));
            let level = level.ok_or(ReachFault::LevelUnknown(api))?;
            if seen.insert(api) {
                Ok(ApiGrant { api, level })
            } else {
                Err(ReachFault::ApiTwice(api))
            }
        };
        let mut apis: Vec<_> = self.apis.iter().map(check).collect::<Result<_, _>>()?;
        apis.sort_by_key(|grant| grant.api);
        Ok(ApiAccess { all: self.all_apis, apis })
    }

    fn groups(&self, tenant: &Tenant, user: Option<&UserId>) -> Result<GroupAccess, ReachFault> {
        if self.clones_user && !self.groups.is_empty() {
            return Err(ReachFault::GroupsNeedless);
        }
        if self.clones_user && user.is_none() {
            return Err(ReachFault::NobodyToClone);
        }
        if user.is_some() && !self.clones_user && self.groups.is_empty() {
            return Err(ReachFault::GroupsMissing);
        }
        let mut seen = BTreeSet::new();
        let check = |&WantedGroup { group, role, is_blocked }: &WantedGroup| {
            if !seen.insert(group) {
                return Err(ReachFault::GroupTwice(group));
            }
            if tenant.roles.get(role).is_none() {
                return Err(ReachFault::RoleUnknown(role));
            }
            if !tenant.role_fits(role, group) {
                return Err(ReachFault::RoleMisfit { role, group });
            }
            Ok(GroupGrant { group, role: Some(role), is_blocked })
        };
        let groups = self.groups.iter().map(check).collect::<Result<_, _>>()?;
        let access = GroupAccess { clones_user: self.clones_user, groups };
        within(&access, tenant, user)?;
        Ok(access)
    }
}

/// Refuses groups that are not there, or on which the user holds nothing.
pub(super) fn within(
    access: &GroupAccess,
    tenant: &Tenant,
    user: Option<&UserId>,
) -> Result<(), ReachFault> {
    let held = user.and_then(|user| tenant.users.get(user)).map(|user| &user.grants);
    let is_there = |group: GroupId| tenant.groups.get(group).is_some();
    let stray = access.groups.iter().map(|grant| grant.group).find(|group| {
        !is_there(*group) || held.is_some_and(|grants| !holds_on(grants, tenant, *group))
    });
    stray.map_or(Ok(()), |group| Err(ReachFault::GroupOutOfReach(group)))
}

/// Refuses to hand on what whoever asks does not hold themselves, on the group where the client
/// would hold it.
pub(super) fn hands_on(
    access: &GroupAccess,
    tenant: &Tenant,
    user: Option<&UserId>,
    authority: &Authority,
) -> Result<(), ReachFault> {
    let cloned = user.filter(|_| access.clones_user).and_then(|user| tenant.users.get(user));
    let own = Grants { groups: access.groups.clone(), ..Grants::default() };
    let grants = cloned.map_or(&own, |user| &user.grants);
    let on_groups = grants.groups.iter().filter(|grant| !grant.is_blocked);
    let on_groups = on_groups.filter_map(|grant| Some((grant.group, grant.role?)));
    let roots = tenant.groups.roots();
    let for_account = roots.flat_map(|root| grants.account_roles.iter().map(move |it| (root, *it)));
    for (group, role) in on_groups.chain(for_account) {
        let permissions = tenant.roles.get(role).into_iter().flat_map(|it| &it.content.permissions);
        let lacks = |it: &&Permission| !authority.holds_on(&tenant.groups, group, **it);
        if let Some(permission) = permissions.into_iter().find(lacks).copied() {
            return Err(ReachFault::NotHeld { permission, group });
        }
    }
    Ok(())
}

/// Whether a client with that access, acting for `user`, holds something on `group`.
pub(super) fn reaches(
    access: &GroupAccess,
    tenant: &Tenant,
    user: Option<&UserId>,
    group: GroupId,
) -> bool {
    let user = user.and_then(|user| tenant.users.get(user)).map(|user| &user.grants);
    let own = Grants { groups: access.groups.clone(), account_roles: BTreeSet::new() };
    (access.clones_user || holds_on(&own, tenant, group))
        && user.is_none_or(|grants| holds_on(grants, tenant, group))
}

/// Whether these grants give something on `group`: a role there or above, or one for the account
/// where the group is not blocked.
fn holds_on(grants: &Grants, tenant: &Tenant, group: GroupId) -> bool {
    match grants.along(tenant.groups.line(group)) {
        Some(Held::Role(_)) => true,
        Some(Held::Blocked) => false,
        None => !grants.account_roles.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{ada, with_user as tenant};

    fn check(change: impl FnOnce(&mut WantedAccess), expected: Result<(), ReachFault>) {
        let mut wanted =
            WantedAccess { all_apis: true, clones_user: true, ..WantedAccess::default() };
        change(&mut wanted);
        assert_eq!(wanted.checked(&tenant(), Some(&ada())).map(drop), expected);
    }

    fn api(id: i64, level: &str) -> WantedApi {
        WantedApi { api: ApiId(id), level: level.to_owned() }
    }

    fn groups(ids: &[(i64, i64)]) -> Vec<WantedGroup> {
        let wanted = |&(group, role): &(i64, i64)| WantedGroup {
            group: GroupId(group),
            role: RoleId(role),
            is_blocked: false,
        };
        ids.iter().map(wanted).collect()
    }

    fn listing(apis: Vec<WantedApi>) -> impl FnOnce(&mut WantedAccess) {
        |it| (it.all_apis, it.apis) = (false, apis)
    }

    fn own(ids: &[(i64, i64)]) -> impl FnOnce(&mut WantedAccess) {
        |it| (it.clones_user, it.groups) = (false, groups(ids))
    }

    #[test]
    fn apis_are_all_or_listed_once_each() {
        use ReachFault as No;
        check(|_| {}, Ok(()));
        check(listing(vec![api(2, "READ-ONLY"), api(1, "READ-WRITE")]), Ok(()));
        check(listing(vec![]), Err(No::ApisMissing));
        check(|it| it.apis = vec![api(1, "READ-ONLY")], Err(No::ApisNeedless));
        check(listing(vec![api(1, "WRITE")]), Err(No::LevelUnknown(ApiId(1))));
        let twice = vec![api(1, "READ-ONLY"), api(1, "READ-WRITE")];
        check(listing(twice), Err(No::ApiTwice(ApiId(1))));
        let many = |last: i64| (101..=last).map(|id| api(id, "READ-ONLY")).collect();
        check(listing(many(199)), Err(No::ApiUnknown(ApiId(101))));
        check(listing(many(200)), Err(No::ApisTooMany));
    }

    #[test]
    fn groups_are_the_users_or_lie_within_them() {
        use ReachFault as No;
        check(own(&[(2, 2), (1, 2)]), Ok(()));
        check(own(&[]), Err(No::GroupsMissing));
        check(|it| it.groups = groups(&[(1, 2)]), Err(No::GroupsNeedless));
        check(own(&[(1, 2), (1, 2)]), Err(No::GroupTwice(GroupId(1))));
        check(own(&[(1, 9)]), Err(No::RoleUnknown(RoleId(9))));
        for outside in [3, 4, 9] {
            check(own(&[(outside, 2)]), Err(No::GroupOutOfReach(GroupId(outside))));
        }
    }

    #[test]
    fn a_client_without_a_user_may_have_nothing() {
        let tenant = tenant();
        let none = WantedAccess::default();
        assert_eq!(none.checked(&tenant, None), Ok(ClientAccess::default()));
        let cloning = WantedAccess { clones_user: true, ..none };
        assert_eq!(cloning.checked(&tenant, None), Err(ReachFault::NobodyToClone));
        let anywhere = WantedAccess { groups: groups(&[(4, 2)]), ..WantedAccess::default() };
        assert!(anywhere.checked(&tenant, None).is_ok());
    }
}
