//! EdgeGrid credentials of an API client.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CredentialStatus {
    Active,
    Inactive,
}

/// What decisions need of an EdgeGrid credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    pub client_token: String,
    pub status: CredentialStatus,
    pub expires_at: DateTime<Utc>,
}
