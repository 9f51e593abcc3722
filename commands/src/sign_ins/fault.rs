//! The refusal that all of these commands share.

use domain::{Tenant, User, UserId};

use crate::{Refusal, Rejection};

/// There is no such user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no user {0}")]
pub struct UserUnknown(pub UserId);

impl Rejection for UserUnknown {
    fn refusal(&self) -> Refusal {
        Refusal::not_found("user_unknown", "user")
    }
}

/// The user of that id.
pub(super) fn known<'a>(tenant: &'a Tenant, user: &UserId) -> Result<&'a User, UserUnknown> {
    tenant.users.get(user).ok_or_else(|| UserUnknown(user.clone()))
}
