//! How long what is no state is kept: access records, and the keys of the months under which the
//! addresses of callers are sealed. Events stay for ever, since everything is folded from them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Months, TimeDelta, Utc};
use eventlog::LogError;

use crate::app::App;

/// A number of days, written as `400d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days(u32);

impl Days {
    fn span(self) -> TimeDelta {
        TimeDelta::days(self.0.into())
    }
}

impl FromStr for Days {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let days = text.strip_suffix('d').unwrap_or(text).parse().ok();
        days.filter(|days| (1..=36_500).contains(days)).map(Self).ok_or("1d to 36500d")
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.0)
    }
}

/// What is kept for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    pub access_records: Days,
    /// Whole months, beside the one that runs.
    pub address_months: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { access_records: Days(400), address_months: 13 }
    }
}

/// What was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gone {
    pub access_records: u64,
    /// Keys of months, each of one tenant.
    pub months: u64,
}

/// Drops what is kept no longer at `now`. Doing it twice, or on two nodes at once, does no harm.
pub async fn retain(app: &App, now: DateTime<Utc>) -> Result<Gone, LogError> {
    let Retention { access_records, address_months } = app.settings.retention;
    let mut gone = Gone::default();
    if let Some(before) = now.checked_sub_signed(access_records.span()) {
        gone.access_records = app.log.drop_accesses(before).await?;
    }
    if let Some(first) = now.checked_sub_months(Months::new(address_months)) {
        let month = first.format("%Y-%m").to_string();
        gone.months = app.keyring.drop_months_before(&month).await?;
    }
    if gone.months > 0 {
        app.log.scrub().await?;
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_with_a_d() {
        assert_eq!("400d".parse(), Ok(Days(400)));
        assert_eq!("7".parse(), Ok(Days(7)));
        assert_eq!(Days(400).to_string(), "400d");
        for bad in ["", "d", "0d", "1h", "-1d", "36501d"] {
            assert!(bad.parse::<Days>().is_err(), "{bad}");
        }
    }
}
