//! How users sign in: locks, passwords, second factors, and which mails they get; of users that
//! the caller administers, and of the user that the calling client acts for.
//!
//! Known quirks: Go clients send the second factor as a bare string where the document has an
//! object; where no body is due, none is looked at.

mod change_password;
mod locks;
mod reset_password;
mod second_factor;
mod set_notifications;
mod set_password;

use axum::http::{Method, StatusCode};
use commands::sign_ins::{PasswordFault, UserFault};
use domain::{Permission, UserId};

use super::Akamai;
use super::problem::Problem;
use crate::call::Call;
use crate::dialect::{Dialect, Needs};

#[rustfmt::skip]
pub(super) fn operations(akamai: Dialect<Akamai>) -> Dialect<Akamai> {
    let (admin, known) = (Needs::Permission(Permission::UserAdmin), Needs::SignedIn);
    akamai
        .op("post-ui-identity-lock",   Method::POST, "/user-admin/ui-identities/{uiIdentityId}/lock",           admin, locks::lock)
        .op("post-ui-identity-unlock", Method::POST, "/user-admin/ui-identities/{uiIdentityId}/unlock",         admin, locks::unlock)
        .op("post-reset-password",     Method::POST, "/user-admin/ui-identities/{uiIdentityId}/reset-password", admin, reset_password::handle)
        .op("post-set-password",       Method::POST, "/user-admin/ui-identities/{uiIdentityId}/set-password",   admin, set_password::handle)
        .op("put-ui-identity-additional-authentication",       Method::PUT, "/user-admin/ui-identities/{uiIdentityId}/additionalAuthentication",       admin, second_factor::set)
        .op("put-ui-identity-reset-additional-authentication", Method::PUT, "/user-admin/ui-identities/{uiIdentityId}/additionalAuthentication/reset", admin, second_factor::reset)
        .op("put-notifications",       Method::PUT,  "/user-admin/ui-identities/{uiIdentityId}/notifications",  admin, set_notifications::handle)
        .op("post-profile-change-password",                     Method::POST, "/user-profile/change-password",                known, change_password::handle)
        .op("put-user-profile-additional-authentication",       Method::PUT,  "/user-profile/additionalAuthentication",       known, second_factor::set_own)
        .op("put-user-profile-reset-additional-authentication", Method::PUT,  "/user-profile/additionalAuthentication/reset", known, second_factor::reset_own)
        .op("put-user-profile-notifications",                   Method::PUT,  "/user-profile/notifications",                  known, set_notifications::handle_own)
}

/// The user that the path names, there or not.
fn named(call: &Call) -> UserId {
    UserId(call.request.param("uiIdentityId").to_owned())
}

/// A new password that cannot be; the vendor has a number for one that was used before.
fn password_invalid(fault: PasswordFault) -> Problem {
    let text = fault.to_string();
    match fault {
        PasswordFault::Reused => {
            Problem::user_admin(StatusCode::BAD_REQUEST, "1508", "Validation Exception", text)
        }
        PasswordFault::TooShort
        | PasswordFault::TooLong
        | PasswordFault::NoLetter
        | PasswordFault::NoDigit
        | PasswordFault::Repeats => Problem::invalid("newPassword", text),
    }
}

/// A state of the user that stands against the request.
fn conflict(code: &str, text: String) -> Problem {
    Problem::user_admin(StatusCode::CONFLICT, code, "Conflict", text)
}

impl From<UserFault> for Problem {
    fn from(fault: UserFault) -> Self {
        let text = fault.to_string();
        match fault {
            UserFault::Unknown(user) => Self::no_user(user),
            UserFault::Erased(_) => conflict("person_erased", text),
            UserFault::Lacking(_) => Self::not_authorized(&text),
        }
    }
}
