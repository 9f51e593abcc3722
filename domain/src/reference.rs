//! The values that some members of a person's profile are picked from: rules check against them,
//! and lists show them.

mod countries;
mod texts;
mod time_zones;

pub use countries::{COUNTRIES, country, states};
pub use texts::{CONTACT_TYPES, LANGUAGES, TIMEOUTS};
pub use time_zones::{TimeZone, is_time_zone, time_zones};
