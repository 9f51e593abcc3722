//! Commands on users.

mod create_user;
mod password;
mod password_policy;
mod person;
mod set_user_password;

pub use create_user::{CreateUser, CreateUserRejection, FreshUser};
pub use password::{ClearPassword, PasswordFault};
pub use password_policy::{AKA90, PasswordPolicy};
pub use person::{ClearProfile, ProfileFault, SealedPerson};
pub use set_user_password::{FreshPassword, SetUserPassword, SetUserPasswordRejection};
