//! Commands on users.

mod confirm_email;
mod create_user;
mod delete_user;
mod person;
mod profile_fault;
pub(crate) mod reach;
mod replace_user_profile;
#[cfg(test)]
mod sample;
mod second_factor;
mod set_user_grants;
mod set_user_notifications;
pub(crate) mod spoken_for;
mod wanted_grants;
mod wanted_notifications;

pub use confirm_email::{ConfirmEmail, ConfirmEmailRejection};
pub use create_user::{CreateUser, CreateUserRejection, FirstPassword, FreshUser};
pub use delete_user::{DeleteUser, DeleteUserRejection};
pub use person::{ClearProfile, SealedPerson};
pub use profile_fault::ProfileFault;
pub use reach::Lacking;
pub use replace_user_profile::{ReplaceUserProfile, ReplaceUserProfileRejection};
pub use set_user_grants::{SetUserGrants, SetUserGrantsRejection};
pub use set_user_notifications::{SetUserNotifications, SetUserNotificationsRejection};
pub use wanted_grants::UserGrant;
pub use wanted_notifications::{NotificationsFault, WantedNotifications};
