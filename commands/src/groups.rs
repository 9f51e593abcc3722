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

/// How many levels a hierarchy may have. A tree of groups takes two levels of JSON for each of its
/// own, and readers of JSON commonly give up at 128.
const LEVELS_MAX: usize = 50;

#[cfg(test)]
mod affected;
#[cfg(test)]
pub(crate) mod forest;
#[cfg(test)]
mod histories;
