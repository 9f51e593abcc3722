//! What is told of how users sign in: passwords, second factors, locks, and tries.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{LockReason, SecondFactor, SignInMethod, SignInPolicy};
use crate::{OrganizationId, Personal, TenantId, UserId};

/// A user was given a password. Its hash is in the vault only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPasswordSet {
    pub user: UserId,
    /// Where the user belongs.
    pub organization: OrganizationId,
    /// It must be replaced when it is first used.
    pub one_time: bool,
    /// When it has to be changed; unknown of those that were set by version 1.
    pub expires_at: Option<DateTime<Utc>>,
    /// The mail that brings it to the user, if one does. Until then the vault has it, sealed.
    pub mail: Option<Uuid>,
}

/// A mail with a password was handed over; the vault no longer has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserMailDelivered {
    pub user: UserId,
    pub organization: OrganizationId,
    pub mail: Uuid,
}

/// A user may not sign in until unlocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserLocked {
    pub user: UserId,
    pub organization: OrganizationId,
    pub reason: LockReason,
}

/// A user may sign in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserUnlocked {
    pub user: UserId,
    pub organization: OrganizationId,
    /// Why the user was locked.
    pub before: LockReason,
}

/// A user signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSignedIn {
    pub user: UserId,
    pub organization: OrganizationId,
    pub method: SignInMethod,
    /// The password was a one-time one, and is used up.
    pub spends_password: bool,
    /// Where from.
    pub address: Option<Personal<IpAddr>>,
}

/// Somebody tried to sign in as a user, or to change a user's password, and could not prove it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSignInFailed {
    pub user: UserId,
    pub organization: OrganizationId,
    /// What was wrong.
    pub method: SignInMethod,
    /// How many tries failed in a row, with this one.
    pub tries: u32,
    /// Where from.
    pub address: Option<Personal<IpAddr>>,
}

/// It was chosen what a user proves beside the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSecondFactorChosen {
    pub user: UserId,
    pub organization: OrganizationId,
    pub before: SecondFactor,
    pub after: SecondFactor,
}

/// What a user had set up as a second factor counts no longer, and is asked for at the next
/// sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSecondFactorReset {
    pub user: UserId,
    pub organization: OrganizationId,
    /// Whether anything had been set up.
    pub was_configured: bool,
}

/// What the tenant asks of everybody who signs in was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInPolicySet {
    pub tenant: TenantId,
    pub before: SignInPolicy,
    pub after: SignInPolicy,
}
