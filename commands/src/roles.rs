//! Commands on roles.

mod create_role;
mod delete_role;
mod edit_role;

use std::collections::BTreeSet;

use domain::{GrantableRole, GrantedRoleId};

pub use create_role::{CreateRole, CreateRoleRejection};
pub use delete_role::{DeleteRole, DeleteRoleRejection};
pub use edit_role::{EditRole, EditRoleRejection};

/// How many characters a role's name and its description may have (Akamai IAM v3, "Create a
/// role").
const NAME_MAX: usize = 70;
const DESCRIPTION_MAX: usize = 250;

/// The grantable roles of these ids, each once; or an id that is in no catalogue.
fn granted(ids: &[GrantedRoleId]) -> Result<BTreeSet<GrantedRoleId>, GrantedRoleId> {
    ids.iter().map(|id| GrantableRole::find(*id).map(|entry| entry.id).ok_or(*id)).collect()
}

#[cfg(test)]
mod sample;
