//! The grantable roles that are built in: what a role can be put together from in every account
//! (Akamai IAM v3, "List grantable roles"). Ids are stable for good, since facts hold them; an
//! account's catalogue may have others beside them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{GrantedRoleId, Permission};

/// Something that a role may grant, and the permissions that come with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantableRole {
    pub id: GrantedRoleId,
    pub name: Cow<'static, str>,
    pub description: Cow<'static, str>,
    pub permissions: Cow<'static, [Permission]>,
}

const fn entry(
    id: i64,
    name: &'static str,
    description: &'static str,
    permissions: &'static [Permission],
) -> GrantableRole {
    GrantableRole {
        id: GrantedRoleId(id),
        name: Cow::Borrowed(name),
        description: Cow::Borrowed(description),
        permissions: Cow::Borrowed(permissions),
    }
}

/// All that are built in, by id. Every permission has an entry that carries nothing else, so that any set
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
    /// The built-in entry of that id.
    pub fn find(id: GrantedRoleId) -> Option<&'static Self> {
        GRANTABLE_ROLES.iter().find(|entry| entry.id == id)
    }

    /// The built-in entries that give no more than these permissions.
    pub fn covered_by(permissions: &BTreeSet<Permission>) -> BTreeSet<GrantedRoleId> {
        let is_covered =
            |entry: &&Self| entry.permissions.iter().all(|it| permissions.contains(it));
        GRANTABLE_ROLES.iter().filter(is_covered).map(|entry| entry.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;

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
                assert_eq!(Catalog::default().permissions_of(&granted), permissions);
            }
        }
        assert!(GrantableRole::covered_by(&BTreeSet::new()).is_empty());
    }
}
