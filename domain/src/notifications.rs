//! Which mails a user gets (Akamai IAM v3, "Update a user's notifications").

use serde::{Deserialize, Serialize};

use crate::{OrganizationId, UserId};

/// What a user gets mail about.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notifications {
    /// Without it, nothing is sent at all.
    pub is_enabled: bool,
    pub password_expiry: bool,
    /// Other users, made in groups that this one administers.
    pub new_user: bool,
    pub client_credential_expiry: bool,
    /// Products, of whose troubles the user hears. Names of any kind.
    pub proactive: Vec<String>,
    /// Products, of whose upgrades the user hears. Names of any kind.
    pub upgrade: Vec<String>,
}

impl Default for Notifications {
    /// What a user gets who was never asked: what Terraform takes for the usual too.
    fn default() -> Self {
        Self {
            is_enabled: true,
            password_expiry: true,
            new_user: true,
            client_credential_expiry: false,
            proactive: Vec::new(),
            upgrade: Vec::new(),
        }
    }
}

/// A user gets other mails from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserNotificationsSet {
    pub user: UserId,
    /// Where the user belongs.
    pub organization: OrganizationId,
    pub before: Notifications,
    pub after: Notifications,
}
