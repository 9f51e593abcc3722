//! Commands on roles.

mod create_role;
mod delete_role;
mod edit_role;

use std::collections::BTreeSet;

use domain::{Authority, Catalog, GrantedRoleId, Permission, RoleId, Tenant};

pub use create_role::{CreateRole, CreateRoleRejection};
pub use delete_role::{DeleteRole, DeleteRoleRejection};
pub use edit_role::{EditRole, EditRoleRejection};

/// How many characters a role's name and its description may have (Akamai IAM v3, "Create a
/// role").
const NAME_MAX: usize = 70;
const DESCRIPTION_MAX: usize = 250;

/// The grantable roles of these ids, each once; or an id that is in no catalogue.
fn granted(
    catalog: &Catalog,
    ids: &[GrantedRoleId],
) -> Result<BTreeSet<GrantedRoleId>, GrantedRoleId> {
    ids.iter().map(|id| catalog.grantable_role(*id).map(|entry| entry.id).ok_or(*id)).collect()
}

/// The first of these permissions that whoever asks may not put into `role`. Nobody hands on what
/// they do not hold themselves: somewhere, and wherever somebody holds the role already.
fn first_not_held(
    permissions: impl IntoIterator<Item = Permission>,
    role: RoleId,
    tenant: &Tenant,
    authority: &Authority,
) -> Option<Permission> {
    let held_on: BTreeSet<_> =
        tenant.users.groups_with(role).chain(tenant.clients.groups_with(role)).collect();
    let may_put = |permission: &Permission| {
        let reaches = |group| authority.holds_on(&tenant.groups, group, *permission);
        authority.holds(*permission) && held_on.iter().copied().all(reaches)
    };
    permissions.into_iter().find(|permission| !may_put(permission))
}

#[cfg(test)]
mod sample;
