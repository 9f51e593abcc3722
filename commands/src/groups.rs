//! Commands on the forest of groups.

mod move_group;

pub use move_group::{MoveGroup, MoveGroupRejection};

#[cfg(test)]
mod forest;
