//! What is told of users: who they are, sealed, and what they may do.

use serde::{Deserialize, Serialize};

use crate::{Grants, OrganizationId, Personal, Profile, UserId};

/// A person was given an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCreated {
    pub user: UserId,
    pub organization: OrganizationId,
    pub profile: Personal<Profile>,
    pub grants: Grants,
}

/// All that is known of a person was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserProfileReplaced {
    pub user: UserId,
    /// Where the user belongs.
    pub organization: OrganizationId,
    pub before: Box<Personal<Profile>>,
    pub after: Box<Personal<Profile>>,
    /// The e-mail address is another one than the person last confirmed.
    pub email_pending: bool,
}

/// A person showed that mail to the newest address arrives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserEmailConfirmed {
    pub user: UserId,
    pub organization: OrganizationId,
}

/// A user may do other things from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserGrantsSet {
    pub user: UserId,
    pub organization: OrganizationId,
    pub before: Grants,
    pub after: Grants,
}

/// A user, who by then owned no API client, is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDeleted {
    pub user: UserId,
    pub organization: OrganizationId,
    pub profile: Personal<Profile>,
    pub grants: Grants,
}
