//! Commands on users.

mod create_user;
mod person;

pub use create_user::{CreateUser, CreateUserRejection, FreshUser};
pub use person::{ClearProfile, ProfileFault, SealedPerson};
