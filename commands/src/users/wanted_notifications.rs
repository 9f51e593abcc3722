//! Which mails a user is to get, as a request says it.

use domain::Notifications;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::names::{bytes_of, is_name};

const PRODUCTS_MAX: usize = 500;
const PRODUCT_MAX: usize = 250;

/// Which mails a user is to get (Akamai IAM v3, "Update a user's notifications").
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct WantedNotifications {
    /// Without it, nothing is sent at all.
    pub is_enabled: bool,
    pub password_expiry: bool,
    pub new_user: bool,
    pub client_credential_expiry: bool,
    /// Names of products, of any kind.
    pub proactive: Vec<String>,
    /// Names of products, of any kind.
    pub upgrade: Vec<String>,
}

/// Notifications that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "notifications name at most {PRODUCTS_MAX} products, each of 1 to {PRODUCT_MAX} characters"
)]
pub struct NotificationsFault;

impl WantedNotifications {
    /// Roughly how many bytes the lists take.
    pub(super) fn bytes(&self) -> usize {
        bytes_of(&self.proactive) + bytes_of(&self.upgrade)
    }

    /// The same as facts hold it.
    pub(super) fn checked(&self) -> Result<Notifications, NotificationsFault> {
        let names = |products: &Vec<String>| {
            let are_names = products.iter().all(|name| is_name(name, PRODUCT_MAX));
            products.len() <= PRODUCTS_MAX && are_names
        };
        if !names(&self.proactive) || !names(&self.upgrade) {
            return Err(NotificationsFault);
        }
        Ok(Notifications {
            is_enabled: self.is_enabled,
            password_expiry: self.password_expiry,
            new_user: self.new_user,
            client_credential_expiry: self.client_credential_expiry,
            proactive: self.proactive.clone(),
            upgrade: self.upgrade.clone(),
        })
    }
}
