//! The policy that passwords are held to, in numbers: rules check against it, and lists show it.

use chrono::{DateTime, TimeDelta, Utc};

/// What a password must have. Counts are of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// As Akamai calls it.
    pub name: &'static str,
    pub length_min: usize,
    pub letters_min: usize,
    pub digits_min: usize,
    /// Characters that are no letters.
    pub non_letters_min: usize,
    /// Letters in another case than the rest.
    pub case_changes_min: usize,
    /// How often a character may stand in a row.
    pub repeats_max: usize,
    /// How many earlier passwords a new one must differ from.
    pub remembered: usize,
    /// After how many days it has to be changed.
    pub days_valid: u32,
}

/// Akamai's `aka90`, the one policy there is here. It asks nothing of other characters and of
/// letters' case, so those two are shown and not checked.
pub const AKA90: PasswordPolicy = PasswordPolicy {
    name: "aka90",
    length_min: 8,
    letters_min: 1,
    digits_min: 1,
    non_letters_min: 0,
    case_changes_min: 0,
    repeats_max: 2,
    remembered: 4,
    days_valid: 90,
};

impl PasswordPolicy {
    /// When a password that is set `now` has to be changed.
    pub fn expires_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        now.checked_add_signed(TimeDelta::try_days(self.days_valid.into())?)
    }
}
