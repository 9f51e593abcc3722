//! Commands on how users sign in: passwords, second factors, locks, and the tries themselves.

mod change_user_password;
mod choose_second_factor;
mod fault;
mod lock_user;
mod password;
mod password_policy;
pub(crate) mod passwords;
mod record_mail_delivered;
mod record_sign_in;
mod reset_second_factor;
mod reset_user_password;
#[cfg(test)]
pub(crate) mod sample;
mod set_sign_in_policy;
mod set_user_password;
mod tries;
mod unlock_user;

pub use change_user_password::{ChangeUserPassword, ChangeUserPasswordRejection, FreshChange};
pub use choose_second_factor::{
    ChooseSecondFactor, ChooseSecondFactorRejection, FactorRequired, check_factor,
};
pub use fault::UserFault;
pub(crate) use fault::own_or_administered;
pub use lock_user::LockUser;
pub use password::{ClearPassword, PasswordFault};
pub use password_policy::{AKA90, PasswordPolicy};
pub use passwords::{Delivery, FreshPassword, MailReason, PasswordMail, forget};
pub use record_mail_delivered::{RecordMailDelivered, RecordMailDeliveredRejection};
pub use record_sign_in::{RecordSignIn, RecordSignInRejection, SignInOutcome};
pub use reset_second_factor::ResetSecondFactor;
pub use reset_user_password::ResetUserPassword;
pub use set_sign_in_policy::{SetSignInPolicy, SetSignInPolicyRejection};
pub use set_user_password::{SetUserPassword, SetUserPasswordRejection};
pub use unlock_user::UnlockUser;
