//! What is known of a user as a person. It is only ever stored sealed.

use serde::{Deserialize, Serialize};

/// What a user speaks, lives by, and is signed out after, who said nothing of it.
pub const LANGUAGE_USUAL: &str = "English";
pub const TIME_ZONE_USUAL: &str = "GMT";
pub const SESSION_SECONDS_USUAL: u32 = 1_800;

/// A person as the admin APIs know one (Akamai IAM v3, "Create a user"). What was sealed before a
/// member came to be reads as if nothing had been said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub user_name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub country: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zip_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile_phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondary_email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_type: Option<String>,
    #[serde(default = "language_usual")]
    pub preferred_language: String,
    /// A session without a request ends after so many seconds.
    #[serde(default = "session_seconds_usual")]
    pub session_seconds: u32,
    #[serde(default = "time_zone_usual")]
    pub time_zone: String,
    /// Keyed hash of the e-mail address, hexadecimal: compared for uniqueness.
    #[serde(default)]
    pub email_lookup: String,
    /// Keyed hash of the user name, made as that of an address.
    #[serde(default)]
    pub user_name_lookup: String,
    /// Keyed hash of all the rest: whether two sealed profiles say the same.
    #[serde(default)]
    pub digest: String,
}

fn language_usual() -> String {
    LANGUAGE_USUAL.to_owned()
}

fn session_seconds_usual() -> u32 {
    SESSION_SECONDS_USUAL
}

fn time_zone_usual() -> String {
    TIME_ZONE_USUAL.to_owned()
}

impl Profile {
    /// Members that compare and tell nobody anything, by name.
    pub const LOOKUPS: [&str; 3] = ["email_lookup", "user_name_lookup", "digest"];

    /// Keyed hash of the user name. What was sealed before there was one of its own is found by
    /// that of the address, if that is the name.
    pub fn name_lookup(&self) -> Option<&str> {
        let lookup = &self.user_name_lookup;
        if !lookup.is_empty() {
            return Some(lookup);
        }
        (self.user_name.to_lowercase() == self.email.to_lowercase()).then_some(&self.email_lookup)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_at_first_still_reads() {
        let old = r#"{"user_name":"Ada@acme.example","first_name":"Ada","last_name":"Admin","email":"ada@acme.example","country":"Germany","email_lookup":"c0ffee"}"#;
        let read: Profile = serde_json::from_str(old).unwrap();
        assert_eq!((read.phone.as_ref(), read.time_zone.as_str()), (None, "GMT"));
        assert_eq!((read.preferred_language.as_str(), read.session_seconds), ("English", 1_800));
        assert_eq!(read.name_lookup(), Some("c0ffee"));
        let other = Profile { user_name: "ada".to_owned(), ..read };
        assert_eq!(other.name_lookup(), None);
    }
}
