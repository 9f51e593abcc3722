//! What cannot be said of a person.

use crate::Refusal;
use crate::names::EMAIL_MAX;

pub(super) const NAME_MAX: usize = 50;
pub(super) const JOB_TITLE_MAX: usize = 75;
pub(super) const ADDRESS_MAX: usize = 250;

/// What a profile cannot be. It tells nothing of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProfileFault {
    #[error("a user name has 1 to {EMAIL_MAX} characters and no blanks")]
    UserName,
    #[error("a first name has 1 to {NAME_MAX} characters, not all of them blank")]
    FirstName,
    #[error("a last name has 1 to {NAME_MAX} characters, not all of them blank")]
    LastName,
    #[error("the email is no address that mail can be sent to")]
    Email,
    #[error("the country is not in the list of countries")]
    Country,
    /// Its text keeps to states: clients look for names of members in it.
    #[error("the state is not in the list of states there")]
    State,
    #[error("a city has 1 to {ADDRESS_MAX} characters, not all of them blank")]
    City,
    #[error("a zip code has 1 to {ADDRESS_MAX} characters, not all of them blank")]
    ZipCode,
    #[error("an address has 1 to {ADDRESS_MAX} characters, not all of them blank")]
    Address,
    #[error("a phone number has 7 to 15 digits, with nothing but spaces and ()-.+ among them")]
    Phone,
    #[error(
        "a mobile phone number has 7 to 15 digits, with nothing but spaces and ()-.+ among them"
    )]
    MobilePhone,
    #[error("the secondary email is no address that mail can be sent to")]
    SecondaryEmail,
    #[error("a job title has 1 to {JOB_TITLE_MAX} characters, not all of them blank")]
    JobTitle,
    #[error("the contact type is not in the list of contact types")]
    ContactType,
    #[error("the preferred language is not in the list of languages")]
    Language,
    #[error("the session time out is not in the list of timeout policies")]
    SessionSeconds,
    #[error("the time zone is not in the list of time zones")]
    TimeZone,
}

impl ProfileFault {
    fn refusal(self) -> Refusal {
        let (code, member) = match self {
            Self::UserName => ("user_name_invalid", "userName"),
            Self::FirstName => ("first_name_invalid", "firstName"),
            Self::LastName => ("last_name_invalid", "lastName"),
            Self::Email => ("email_invalid", "email"),
            Self::Country => ("country_invalid", "country"),
            Self::State => ("state_invalid", "state"),
            Self::City => ("city_invalid", "city"),
            Self::ZipCode => ("zip_code_invalid", "zipCode"),
            Self::Address => ("address_invalid", "address"),
            Self::Phone => ("phone_invalid", "phone"),
            Self::MobilePhone => ("mobile_phone_invalid", "mobilePhone"),
            Self::SecondaryEmail => ("secondary_email_invalid", "secondaryEmail"),
            Self::JobTitle => ("job_title_invalid", "jobTitle"),
            Self::ContactType => ("contact_type_invalid", "contactType"),
            Self::Language => ("preferred_language_invalid", "preferredLanguage"),
            Self::SessionSeconds => ("session_seconds_invalid", "sessionSeconds"),
            Self::TimeZone => ("time_zone_invalid", "timeZone"),
        };
        Refusal::invalid(code, member)
    }
}

/// All of them in words.
pub(super) fn listed(faults: &[ProfileFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The refusal of a profile with these faults: that of the first one.
pub(super) fn refusal(faults: &[ProfileFault]) -> Refusal {
    let first = faults.first().map(|fault| fault.refusal());
    first.unwrap_or_else(|| Refusal::invalid("profile_invalid", "profile"))
}
