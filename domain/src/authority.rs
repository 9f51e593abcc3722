//! What whoever asks holds themselves, in the words of roles: nobody hands on more than that.

use std::collections::BTreeSet;

use crate::{GroupId, Groups, Permission};

/// The permissions of whoever asks, and the groups they hold them on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authority {
    /// The same on every group: bearers of tokens, and the installation itself.
    Everywhere(BTreeSet<Permission>),
    /// On each of these groups, and on all below it up to the next that is listed: API clients that
    /// sign their calls.
    On(Vec<(GroupId, BTreeSet<Permission>)>),
}

impl Authority {
    /// Everything, everywhere.
    pub fn full() -> Self {
        Self::Everywhere(Permission::ALL.into())
    }

    /// Whether the permission is held on any group at all.
    pub fn holds(&self, permission: Permission) -> bool {
        match self {
            Self::Everywhere(held) => held.contains(&permission),
            Self::On(grants) => grants.iter().any(|(_, held)| held.contains(&permission)),
        }
    }

    /// Whether the permission is held on `group`, be it given there or above.
    pub fn holds_on(&self, groups: &Groups, group: GroupId, permission: Permission) -> bool {
        match self {
            Self::Everywhere(held) => held.contains(&permission),
            Self::On(grants) => {
                let given = |id| grants.iter().find(|(on, _)| *on == id);
                let nearest = groups.line(group).find_map(given);
                nearest.is_some_and(|(_, held)| held.contains(&permission))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GroupCreated;

    #[test]
    fn what_is_given_on_a_group_holds_there_and_below_up_to_the_next() {
        let mut groups = Groups::default();
        for (id, parent) in [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(1))] {
            let (group, parent) = (GroupId(id), parent.map(GroupId));
            groups.created(&GroupCreated { group, parent, name: String::new() });
        }
        let (read, moves) = (Permission::Read, Permission::AssetMove);
        let on = Authority::On(vec![(GroupId(1), [read].into()), (GroupId(2), [moves].into())]);
        assert!(on.holds(read) && on.holds(moves) && !on.holds(Permission::RoleAdmin));
        let held = |permission| {
            let ids = (1..=4).map(GroupId);
            ids.filter(|id| on.holds_on(&groups, *id, permission)).collect::<Vec<_>>()
        };
        assert_eq!(held(read), [1, 4].map(GroupId));
        assert_eq!(held(moves), [2, 3].map(GroupId));
        assert_eq!(held(Permission::RoleAdmin), []);
        assert!(!on.holds_on(&groups, GroupId(9), read), "no such group");
        assert!(Authority::full().holds_on(&groups, GroupId(9), moves));
    }
}
