//! What an API client may reach: APIs, and groups (Akamai IAM v3, "Create an API client").

use serde::{Deserialize, Serialize};

use crate::{AccessLevel, ApiId, ClientId, GroupGrant, GroupId, GroupRole, RoleId};

/// An API that a client may call, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiGrant {
    pub api: ApiId,
    pub level: AccessLevel,
}

/// Which APIs a client may call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiAccess {
    /// Every API there is, now or later; then nothing is listed.
    pub all: bool,
    /// By id, each API once.
    pub apis: Vec<ApiGrant>,
}

/// Which groups a client may act on. It never holds more there than the user it acts for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupAccess {
    /// Whatever its user holds, as that changes; then nothing is listed.
    pub clones_user: bool,
    /// In the order they were given, each group once.
    pub groups: Vec<GroupGrant>,
}

/// What a client may reach.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientAccess {
    pub apis: ApiAccess,
    pub groups: GroupAccess,
}

/// A client may reach something else from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientAccessSet {
    pub client: ClientId,
    pub before: ClientAccess,
    pub after: ClientAccess,
}

impl ApiAccess {
    /// How far this API may be used; `None` where it is not listed. Who has all has all of each.
    pub fn level_of(&self, api: ApiId) -> Option<AccessLevel> {
        let listed = self.apis.iter().find(|grant| grant.api == api).map(|grant| grant.level);
        if self.all { Some(AccessLevel::ReadWrite) } else { listed }
    }
}

impl GroupAccess {
    /// Roles on groups of its own.
    pub fn own(roles: &[GroupRole]) -> Self {
        let grant = |held: &GroupRole| GroupGrant {
            group: held.group,
            role: Some(held.role),
            is_blocked: false,
        };
        Self { clones_user: false, groups: roles.iter().map(grant).collect() }
    }

    /// The roles it lists that hold.
    pub fn roles(&self) -> impl Iterator<Item = GroupRole> + '_ {
        let held = self.groups.iter().filter(|grant| !grant.is_blocked);
        held.filter_map(|grant| Some(GroupRole { group: grant.group, role: grant.role? }))
    }

    /// Whether `group` itself is listed.
    pub fn lists(&self, group: GroupId) -> bool {
        self.groups.iter().any(|grant| grant.group == group)
    }

    /// Whether `role` is listed on some group.
    pub fn lists_role(&self, role: RoleId) -> bool {
        self.groups.iter().any(|grant| grant.role == Some(role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_all_apis_has_all_of_each() {
        let one = ApiGrant { api: ApiId(1), level: AccessLevel::ReadOnly };
        let some = ApiAccess { all: false, apis: vec![one] };
        assert_eq!(some.level_of(ApiId(1)), Some(AccessLevel::ReadOnly));
        assert_eq!(some.level_of(ApiId(2)), None);
        let all = ApiAccess { all: true, apis: Vec::new() };
        assert_eq!(all.level_of(ApiId(2)), Some(AccessLevel::ReadWrite));
    }

    #[test]
    fn a_blocked_group_is_listed_and_holds_no_role() {
        let role = Some(RoleId(2));
        let blocked = GroupGrant { group: GroupId(1), role, is_blocked: true };
        let access = GroupAccess { clones_user: false, groups: vec![blocked] };
        assert!(access.lists(GroupId(1)) && access.lists_role(RoleId(2)));
        assert_eq!(access.roles().count(), 0);
    }
}
