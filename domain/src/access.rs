//! What a user may do where: grants on groups, which hold below them too until another grant or a
//! block, and roles that hold for the whole account (Akamai IAM v3, "Modify a user's grants").

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{GroupId, RoleId};

/// What a user was given on one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupGrant {
    pub group: GroupId,
    /// `None` leaves the group with what it inherits.
    pub role: Option<RoleId>,
    /// Nothing is held on the group, nor below it where nothing else is granted.
    pub is_blocked: bool,
}

impl GroupGrant {
    /// What it says of its group; `None` where it leaves that to the groups above.
    fn says(&self) -> Option<Held> {
        if self.is_blocked { Some(Held::Blocked) } else { self.role.map(Held::Role) }
    }
}

/// All that a user was given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    /// Each group once, in an order that keeps the shape they were given in: a grant was given
    /// below the last one before it whose group lies above its own.
    pub groups: Vec<GroupGrant>,
    /// Roles of the kind `account`.
    pub account_roles: BTreeSet<RoleId>,
}

/// What stands for a user on a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    Role(RoleId),
    Blocked,
}

impl Grants {
    /// Roles on groups and nothing else.
    pub fn roles(held: impl IntoIterator<Item = (GroupId, RoleId)>) -> Self {
        let grant = |(group, role)| GroupGrant { group, role: Some(role), is_blocked: false };
        Self { groups: held.into_iter().map(grant).collect(), account_roles: BTreeSet::new() }
    }

    /// What is said of each group that something is said of.
    pub(crate) fn said(&self) -> impl Iterator<Item = (GroupId, Held)> + '_ {
        self.groups.iter().filter_map(|grant| Some((grant.group, grant.says()?)))
    }

    /// The grant on `group` itself.
    pub fn on(&self, group: GroupId) -> Option<&GroupGrant> {
        self.groups.iter().find(|grant| grant.group == group)
    }

    /// Whether `role` is held, on some group or for the account.
    pub fn has(&self, role: RoleId) -> bool {
        let on_group = self.groups.iter().any(|grant| grant.role == Some(role));
        on_group || self.account_roles.contains(&role)
    }

    /// Every role that is held somewhere.
    pub fn all_roles(&self) -> impl Iterator<Item = RoleId> + '_ {
        let on_groups = self.groups.iter().filter_map(|grant| grant.role);
        on_groups.chain(self.account_roles.iter().copied())
    }

    /// What holds on the first group of `line`, whose ancestors follow, nearest first.
    pub fn along(&self, line: impl IntoIterator<Item = GroupId>) -> Option<Held> {
        line.into_iter().find_map(|group| self.on(group)?.says())
    }
}

/// What a user holds on each group of a forest, computed at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    by_group: BTreeMap<GroupId, Held>,
}

impl Access {
    /// What `grants` come to in a forest, given as each group with its parent. Every group is
    /// looked at once, whatever the depth.
    pub fn over(forest: &BTreeMap<GroupId, Option<GroupId>>, grants: &Grants) -> Self {
        let direct: BTreeMap<_, _> = grants.said().collect();
        let mut settled: BTreeMap<GroupId, Option<Held>> = BTreeMap::new();
        let mut line = Vec::new();
        for &start in forest.keys() {
            // Up to a group that is settled, or that says something itself, and down again.
            let (mut at, mut held) = (Some(start), None);
            while let Some(group) = at {
                if let Some(known) = settled.get(&group) {
                    held = *known;
                    break;
                }
                line.push(group);
                if let Some(says) = direct.get(&group) {
                    held = Some(*says);
                    break;
                }
                at = forest.get(&group).copied().flatten();
            }
            settled.extend(line.drain(..).map(|group| (group, held)));
        }
        let by_group = settled.into_iter().filter_map(|(group, held)| Some((group, held?)));
        Self { by_group: by_group.collect() }
    }

    /// The role held on `group`, given there or above; `None` where there is none or it is blocked.
    pub fn role_on(&self, group: GroupId) -> Option<RoleId> {
        match self.by_group.get(&group)? {
            Held::Role(role) => Some(*role),
            Held::Blocked => None,
        }
    }

    /// What stands for `group`.
    pub fn on(&self, group: GroupId) -> Option<Held> {
        self.by_group.get(&group).copied()
    }

    /// Every group on which a role is held, with that role, by group id.
    pub fn roles(&self) -> impl Iterator<Item = (GroupId, RoleId)> + '_ {
        self.by_group.keys().filter_map(|group| Some((*group, self.role_on(*group)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 over 2 over 3 over 4, and 5 beside 3; 9 is another root.
    fn forest() -> BTreeMap<GroupId, Option<GroupId>> {
        let parents =
            [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(3)), (5, Some(2)), (9, None)];
        parents.map(|(id, parent)| (GroupId(id), parent.map(GroupId))).into()
    }

    fn check(grants: &[(i64, Option<i64>, bool)], expected: &[(i64, i64)]) {
        let grant = |&(group, role, is_blocked): &(i64, Option<i64>, bool)| GroupGrant {
            group: GroupId(group),
            role: role.map(RoleId),
            is_blocked,
        };
        let groups = grants.iter().map(grant).collect();
        let grants = Grants { groups, account_roles: BTreeSet::new() };
        let access = Access::over(&forest(), &grants);
        let expected: Vec<_> = expected.iter().map(|it| (GroupId(it.0), RoleId(it.1))).collect();
        assert_eq!(access.roles().collect::<Vec<_>>(), expected);
        for group in forest().into_keys() {
            let line = std::iter::successors(Some(group), |id| forest()[id]);
            assert_eq!(grants.along(line), access.on(group), "group {group}");
        }
    }

    #[test]
    fn a_role_holds_below_its_group_and_nowhere_else() {
        check(&[], &[]);
        check(&[(2, Some(7), false)], &[(2, 7), (3, 7), (4, 7), (5, 7)]);
        check(&[(9, Some(7), false)], &[(9, 7)]);
    }

    #[test]
    fn the_nearest_grant_wins_and_one_without_a_role_says_nothing() {
        let below = &[(1, 7), (2, 7), (3, 8), (4, 8), (5, 7)];
        check(&[(1, Some(7), false), (3, Some(8), false)], below);
        check(&[(1, Some(7), false), (2, None, false), (3, Some(8), false)], below);
    }

    #[test]
    fn a_block_holds_below_its_group_until_something_else_is_granted() {
        check(&[(1, Some(7), false), (2, Some(7), true)], &[(1, 7)]);
        check(&[(1, Some(7), false), (2, None, true), (4, Some(8), false)], &[(1, 7), (4, 8)]);
    }
}
