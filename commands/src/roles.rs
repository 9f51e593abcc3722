//! Commands on roles.

mod create_role;

pub use create_role::{CreateRole, CreateRoleRejection};
