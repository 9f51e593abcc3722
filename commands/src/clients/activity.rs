//! Whether a client is active, and the word for it. Both are told at once in the tenant-clients
//! dialect, and never drift apart: `Active` is the word for active, every other word for inactive.

use std::fmt;

/// The words that are not free.
pub const ACTIVE: &str = "Active";
const INACTIVE: &str = "Inactive";
const DELETED: &str = "Deleted";
const STATUS_MAX: usize = 50;

/// What a client becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Activity {
    Active,
    /// With the word for why, where that is not just `Inactive`.
    Inactive(Option<String>),
    Deleted,
}

/// Why a client cannot become that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusFault {
    /// The word and the flag contradict each other.
    Contradiction,
    Word,
}

impl fmt::Display for StatusFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contradiction => f.write_str(
                "`active` and `status` contradict each other: `Active` is the status of active clients, and of no others",
            ),
            Self::Word => write!(f, "a status has 1 to {STATUS_MAX} characters, not all of them blank"),
        }
    }
}

impl Activity {
    /// What flag and word, each as far as it is given, come to; `None` where neither is.
    pub(super) fn of(
        active: Option<bool>,
        status: Option<&str>,
    ) -> Result<Option<Self>, StatusFault> {
        let Some(status) = status else {
            return Ok(
                active.map(|active| if active { Self::Active } else { Self::Inactive(None) })
            );
        };
        if !crate::names::is_name(status, STATUS_MAX) {
            return Err(StatusFault::Word);
        }
        let told = match status {
            ACTIVE => Self::Active,
            INACTIVE => Self::Inactive(None),
            DELETED => Self::Deleted,
            word => Self::Inactive(Some(word.to_owned())),
        };
        if active.is_some_and(|active| active != (told == Self::Active)) {
            return Err(StatusFault::Contradiction);
        }
        Ok(Some(told))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        active: Option<bool>,
        status: Option<&str>,
        expected: Result<Option<Activity>, StatusFault>,
    ) {
        assert_eq!(Activity::of(active, status), expected, "{active:?} {status:?}");
    }

    #[test]
    fn flag_and_word_follow_from_each_other() {
        check(None, None, Ok(None));
        check(Some(true), None, Ok(Some(Activity::Active)));
        check(Some(false), None, Ok(Some(Activity::Inactive(None))));
        check(None, Some("Active"), Ok(Some(Activity::Active)));
        check(None, Some("Inactive"), Ok(Some(Activity::Inactive(None))));
        check(
            Some(false),
            Some("Pending"),
            Ok(Some(Activity::Inactive(Some("Pending".to_owned())))),
        );
        check(None, Some("Deleted"), Ok(Some(Activity::Deleted)));
    }

    #[test]
    fn they_may_not_contradict_each_other() {
        for (active, status) in
            [(true, "Inactive"), (true, "Pending"), (true, "Deleted"), (false, "Active")]
        {
            check(Some(active), Some(status), Err(StatusFault::Contradiction));
        }
        check(None, Some(" "), Err(StatusFault::Word));
    }
}
