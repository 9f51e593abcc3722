//! What a request says of a person.

use axum::http::StatusCode;
use commands::users::{ClearProfile, ProfileFault};
use domain::SecondFactor;
use serde_json::Value;

use crate::akamai::problem::Problem;

/// What is wrong with a body, member by member.
type Faults = Vec<(&'static str, String)>;

/// What a body says, with what is wrong with it.
pub(super) struct BasicInfo {
    pub(super) profile: ClearProfile,
    /// Stays as it is if absent.
    pub(super) second_factor: Option<SecondFactor>,
    faults: Faults,
}

impl BasicInfo {
    /// Reads the members; `email` where the body has none.
    pub(super) fn read(body: &Value, email: Option<&str>) -> Self {
        let mut faults = Faults::new();
        let mut text = |name| text(body, name, &mut faults);
        let mut profile = ClearProfile {
            user_name: text("uiUserName"),
            first_name: text("firstName").unwrap_or_default(),
            last_name: text("lastName").unwrap_or_default(),
            email: text("email").or_else(|| email.map(str::to_owned)).unwrap_or_default(),
            country: text("country").unwrap_or_default(),
            state: text("state"),
            city: text("city"),
            zip_code: text("zipCode"),
            address: text("address"),
            phone: text("phone"),
            mobile_phone: text("mobilePhone"),
            secondary_email: text("secondaryEmail"),
            job_title: text("jobTitle"),
            contact_type: text("contactType"),
            preferred_language: text("preferredLanguage"),
            session_seconds: None,
            time_zone: text("timeZone"),
        };
        let factor = text("additionalAuthentication");
        profile.session_seconds = seconds(body, &mut faults);
        let second_factor = factor.as_deref().and_then(SecondFactor::from_name);
        if factor.is_some() && second_factor.is_none() {
            let name = "additionalAuthentication";
            faults.push((name, format!("{name} is none of TFA, MFA and NONE")));
        }
        Self { profile, second_factor, faults }
    }

    /// Notes that these members must be there.
    #[must_use]
    pub(super) fn with_required(mut self, body: &Value, names: &[&'static str]) -> Self {
        let is_there = |name: &str| match body.get(name) {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => !text.is_empty(),
            Some(_) => true,
        };
        for name in names.iter().filter(|name| !is_there(name)) {
            self.faults.push((name, format!("{name} is required")));
        }
        self
    }

    /// What the body says, if nothing is wrong with any of its members.
    pub(super) fn checked(self) -> Result<(ClearProfile, Option<SecondFactor>), Problem> {
        let mut faults = self.faults;
        for fault in self.profile.faults() {
            if !faults.iter().any(|(name, _)| *name == member(fault)) {
                faults.push(worded(fault));
            }
        }
        if faults.is_empty() {
            return Ok((self.profile, self.second_factor));
        }
        Err(Problem::invalid_members(&faults))
    }
}

/// A member as text. Clients send empty texts for what they do not want to say.
fn text(body: &Value, name: &'static str, faults: &mut Faults) -> Option<String> {
    match body.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
        Some(_) => {
            faults.push((name, format!("{name} is not text")));
            None
        }
    }
}

fn seconds(body: &Value, faults: &mut Faults) -> Option<u32> {
    let name = "sessionTimeOut";
    let value = body.get(name).filter(|value| !value.is_null())?;
    let seconds = value.as_u64().and_then(|seconds| u32::try_from(seconds).ok());
    if seconds.is_none() {
        faults.push((name, format!("{name} is not a number of seconds")));
    }
    seconds
}

/// What the rules do not take of a person, in this dialect's words.
pub(super) fn invalid(faults: &[ProfileFault]) -> Problem {
    Problem::invalid_members(&faults.iter().map(|fault| worded(*fault)).collect::<Vec<_>>())
}

/// Another user of the account has that.
pub(super) fn taken(member: &'static str, text: &str) -> Problem {
    Problem::invalid(member, format!("{member}: {text}"))
}

/// A state of the user that stands against the request.
pub(super) fn conflict(code: &str, text: String) -> Problem {
    Problem::user_admin(StatusCode::CONFLICT, code, "Conflict", text)
}

/// Names the member, since clients look for it in the text.
fn worded(fault: ProfileFault) -> (&'static str, String) {
    let member = member(fault);
    (member, format!("{member}: {fault}"))
}

fn member(fault: ProfileFault) -> &'static str {
    match fault {
        ProfileFault::UserName => "uiUserName",
        ProfileFault::FirstName => "firstName",
        ProfileFault::LastName => "lastName",
        ProfileFault::Email => "email",
        ProfileFault::Country => "country",
        ProfileFault::State => "state",
        ProfileFault::City => "city",
        ProfileFault::ZipCode => "zipCode",
        ProfileFault::Address => "address",
        ProfileFault::Phone => "phone",
        ProfileFault::MobilePhone => "mobilePhone",
        ProfileFault::SecondaryEmail => "secondaryEmail",
        ProfileFault::JobTitle => "jobTitle",
        ProfileFault::ContactType => "contactType",
        ProfileFault::Language => "preferredLanguage",
        ProfileFault::SessionSeconds => "sessionTimeOut",
        ProfileFault::TimeZone => "timeZone",
    }
}
