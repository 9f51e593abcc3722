//! The catalogue of grantable roles: what a role can be put together from (Akamai IAM v3, "List
//! grantable roles"). Ids are stable for good, since facts hold them.

use std::collections::BTreeSet;

use crate::{GrantedRoleId, Permission};

/// Something that a role may grant, and the permissions that come with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantableRole {
    pub id: GrantedRoleId,
    pub name: &'static str,
    pub description: &'static str,
    pub permissions: &'static [Permission],
}

const fn entry(
    id: i64,
    name: &'static str,
    description: &'static str,
    permissions: &'static [Permission],
) -> GrantableRole {
    GrantableRole { id: GrantedRoleId(id), name, description, permissions }
}

/// All there are, by id. Every permission has an entry that carries nothing else, so that any set
/// of permissions can be granted exactly.
#[rustfmt::skip]
pub const GRANTABLE_ROLES: &[GrantableRole] = &[
    entry(1001, "Account - View Only",     "See groups, assets, users, roles and API clients", &[Permission::Read]),
    entry(1002, "Groups - Manage",         "Create, rename, move and delete groups",           &[Permission::GroupAdmin]),
    entry(1003, "Users - Manage",          "Create users, and change what they may do",        &[Permission::UserAdmin]),
    entry(1004, "Roles - Manage",          "Create, change and delete custom roles",           &[Permission::RoleAdmin]),
    entry(1005, "Assets - Move",           "Move assets from one group to another",            &[Permission::AssetMove]),
    entry(1006, "API Clients - Manage",    "Change, lock and delete API clients",              &[Permission::ClientAdmin]),
];

impl GrantableRole {
    /// The entry of that id.
    pub fn find(id: GrantedRoleId) -> Option<&'static Self> {
        GRANTABLE_ROLES.iter().find(|entry| entry.id == id)
    }

    /// The entries that give no more than these permissions.
    pub fn covered_by(permissions: &BTreeSet<Permission>) -> BTreeSet<GrantedRoleId> {
        let is_covered =
            |entry: &&Self| entry.permissions.iter().all(|it| permissions.contains(it));
        GRANTABLE_ROLES.iter().filter(is_covered).map(|entry| entry.id).collect()
    }

    /// What these entries give together. Ids that are in no catalogue give nothing.
    pub fn permissions_of(ids: &BTreeSet<GrantedRoleId>) -> BTreeSet<Permission> {
        let entries = ids.iter().filter_map(|id| Self::find(*id));
        entries.flat_map(|entry| entry.permissions).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_listed_by_id_and_each_says_what_it_is() {
        assert!(GRANTABLE_ROLES.is_sorted_by(|one, other| one.id < other.id));
        for entry in GRANTABLE_ROLES {
            assert_eq!(GrantableRole::find(entry.id), Some(entry));
            assert!(!entry.name.is_empty() && !entry.description.is_empty());
            assert!(!entry.permissions.is_empty(), "{} gives nothing", entry.name);
        }
    }

    #[test]
    fn any_set_of_permissions_can_be_granted_exactly() {
        for one in Permission::ALL {
            for other in Permission::ALL {
                let permissions = [one, other].into();
                let granted = GrantableRole::covered_by(&permissions);
                assert_eq!(GrantableRole::permissions_of(&granted), permissions);
            }
        }
        assert!(GrantableRole::covered_by(&BTreeSet::new()).is_empty());
    }
}
