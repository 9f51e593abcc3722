//! Commands on the forest of groups.

mod create_group;
mod delete_group;
mod move_group;
mod rename_group;

pub use create_group::{CreateGroup, CreateGroupRejection};
pub use delete_group::{DeleteGroup, DeleteGroupRejection};
pub use move_group::{MoveGroup, MoveGroupRejection};
pub use rename_group::{RenameGroup, RenameGroupRejection};

/// How many characters a group's name may have (Akamai IAM v3, "Create a group").
const NAME_MAX: usize = 50;

#[cfg(test)]
mod affected;
#[cfg(test)]
pub(crate) mod forest;
#[cfg(test)]
mod histories;
