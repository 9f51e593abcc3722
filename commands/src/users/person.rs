//! What a request says of a person: read in the clear, checked, and sealed before the lane.

use std::fmt;

use domain::{
    LANGUAGE_USUAL, Personal, Profile, SESSION_SECONDS_USUAL, TIME_ZONE_USUAL, UserId, reference,
};
use eventlog::{SealError, TenantKeys, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;

use super::profile_fault::{ADDRESS_MAX, JOB_TITLE_MAX, NAME_MAX, ProfileFault};
use crate::names::{EMAIL_MAX, has_no_blank, is_address, is_name};

/// A person, in the clear. It shows itself nowhere.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClearProfile {
    /// Nobody else in the tenant has it. The e-mail address if absent.
    pub user_name: Option<String>,
    /// 1 to 50 characters.
    pub first_name: String,
    /// 1 to 50 characters.
    pub last_name: String,
    /// Nobody else in the tenant has it.
    pub email: String,
    /// Of Akamai's list of countries.
    pub country: String,
    /// Of the list of the country's states; only two countries have some.
    pub state: Option<String>,
    pub city: Option<String>,
    pub zip_code: Option<String>,
    pub address: Option<String>,
    /// 7 to 15 digits, with spaces and `()-.+` among them.
    pub phone: Option<String>,
    /// 7 to 15 digits, with spaces and `()-.+` among them.
    pub mobile_phone: Option<String>,
    pub secondary_email: Option<String>,
    /// 1 to 75 characters.
    pub job_title: Option<String>,
    /// Of Akamai's list of contact types.
    pub contact_type: Option<String>,
    /// Of Akamai's list of languages; English if absent.
    pub preferred_language: Option<String>,
    /// Of Akamai's list of timeout policies; 1800 if absent.
    pub session_seconds: Option<u32>,
    /// Of Akamai's list of time zones; GMT if absent.
    pub time_zone: Option<String>,
}

impl fmt::Debug for ClearProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClearProfile(..)")
    }
}

/// A person whom only the holder of the subject's key can read.
#[derive(Debug)]
pub struct SealedPerson {
    pub profile: Personal<Profile>,
    /// Keyed hash of the e-mail address.
    pub email_lookup: String,
    /// Keyed hash of the user name.
    pub name_lookup: String,
    /// Keyed hash of all that is sealed.
    pub digest: String,
}

/// Whether a member that may be left out is fine.
fn fits(member: Option<&String>, fits: impl Fn(&str) -> bool) -> bool {
    member.is_none_or(|text| fits(text))
}

/// Whether it looks like a telephone number. Which ones there are is not looked at.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let allowed = |c: char| c.is_ascii_digit() || " ()-.+".contains(c);
    (7..=15).contains(&digits) && text.chars().all(allowed)
}

impl ClearProfile {
    /// Everything about it that cannot be.
    pub fn faults(&self) -> Vec<ProfileFault> {
        use ProfileFault as No;

        let country = reference::COUNTRIES.contains(&self.country.as_str());
        let states = reference::states(&self.country);
        let seconds = self.session_seconds;
        let is_policy = |seconds| reference::TIMEOUTS.iter().any(|(_, held)| *held == seconds);
        let is_email = |text: &str| is_address(text, EMAIL_MAX);
        let no_blank = |text: &str| has_no_blank(text, EMAIL_MAX);
        let list = |list: &'static [&'static str]| move |text: &str| list.contains(&text);
        let line = |text: &str| is_name(text, ADDRESS_MAX);
        let checks = [
            (is_name(&self.first_name, NAME_MAX), No::FirstName),
            (is_name(&self.last_name, NAME_MAX), No::LastName),
            (is_email(&self.email), No::Email),
            (fits(self.user_name.as_ref(), no_blank), No::UserName),
            (country, No::Country),
            (fits(self.state.as_ref(), list(states)), No::State),
            (fits(self.city.as_ref(), line), No::City),
            (fits(self.zip_code.as_ref(), line), No::ZipCode),
            (fits(self.address.as_ref(), line), No::Address),
            (fits(self.phone.as_ref(), is_phone), No::Phone),
            (fits(self.mobile_phone.as_ref(), is_phone), No::MobilePhone),
            (fits(self.secondary_email.as_ref(), is_email), No::SecondaryEmail),
            (fits(self.job_title.as_ref(), |it| is_name(it, JOB_TITLE_MAX)), No::JobTitle),
            (fits(self.contact_type.as_ref(), list(reference::CONTACT_TYPES)), No::ContactType),
            (fits(self.preferred_language.as_ref(), list(reference::LANGUAGES)), No::Language),
            (seconds.is_none_or(is_policy), No::SessionSeconds),
            (fits(self.time_zone.as_ref(), reference::is_time_zone), No::TimeZone),
        ];
        checks.into_iter().filter(|(is_fine, _)| !is_fine).map(|(_, fault)| fault).collect()
    }

    /// The same as it is sealed, with its hashes.
    fn hashed(self, keys: &TenantKeys) -> Result<Profile, SealError> {
        let usual = |text: Option<String>, usual: &str| text.unwrap_or_else(|| usual.to_owned());
        let plain = Profile {
            user_name: self.user_name.unwrap_or_else(|| self.email.clone()),
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            country: self.country,
            state: self.state,
            city: self.city,
            zip_code: self.zip_code,
            address: self.address,
            phone: self.phone,
            mobile_phone: self.mobile_phone,
            secondary_email: self.secondary_email,
            job_title: self.job_title,
            contact_type: self.contact_type,
            preferred_language: usual(self.preferred_language, LANGUAGE_USUAL),
            session_seconds: self.session_seconds.unwrap_or(SESSION_SECONDS_USUAL),
            time_zone: usual(self.time_zone, TIME_ZONE_USUAL),
            email_lookup: String::new(),
            user_name_lookup: String::new(),
            digest: String::new(),
        };
        let bytes = serde_json::to_vec(&plain).map_err(|_| SealError::Foreign)?;
        Ok(Profile {
            email_lookup: keys.lookup(&plain.email),
            user_name_lookup: keys.lookup(&plain.user_name),
            digest: keys.digest(&bytes),
            ..plain
        })
    }

    /// Seals the person under a new key of `user`'s own, which the vault row keeps, unless
    /// something about them cannot be.
    pub(super) fn seal_new(
        self,
        user: &UserId,
        keys: &TenantKeys,
    ) -> Result<Result<(SealedPerson, VaultWrite), Vec<ProfileFault>>, SealError> {
        let faults = self.faults();
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        let profile = self.hashed(keys)?;
        let (sealed, key) = keys.seal_new(user.as_str(), &profile)?;
        Ok(Ok((SealedPerson::of(sealed, profile), key)))
    }

    /// Seals what is known from now on of a person under the key `user` has; `None` where that is
    /// gone.
    pub(super) fn seal_more(
        self,
        user: &UserId,
        keys: &TenantKeys,
    ) -> Result<Result<Option<SealedPerson>, Vec<ProfileFault>>, SealError> {
        let faults = self.faults();
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        let profile = self.hashed(keys)?;
        let sealed = keys.seal_more(user.as_str(), &profile)?;
        Ok(Ok(sealed.map(|sealed| SealedPerson::of(sealed, profile))))
    }
}

impl SealedPerson {
    fn of(profile: Personal<Profile>, known: Profile) -> Self {
        let Profile { email_lookup, user_name_lookup: name_lookup, digest, .. } = known;
        Self { profile, email_lookup, name_lookup, digest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mint::sample;

    fn ada() -> ClearProfile {
        ClearProfile {
            first_name: "Ada".to_owned(),
            last_name: "Lovelace".to_owned(),
            email: "ada@example.com".to_owned(),
            country: "United Kingdom".to_owned(),
            ..ClearProfile::default()
        }
    }

    fn check(change: impl FnOnce(&mut ClearProfile), expected: &[ProfileFault]) {
        let mut profile = ada();
        change(&mut profile);
        assert_eq!(profile.faults(), expected);
    }

    fn text<T: From<String>>(text: &str) -> T {
        text.to_owned().into()
    }

    #[test]
    fn each_member_has_its_form() {
        use ProfileFault as No;
        check(|_| {}, &[]);
        check(|it| it.email = "ada+b@localhost".to_owned(), &[]);
        check(|it| it.first_name = "x".repeat(51), &[No::FirstName]);
        check(|it| it.last_name = " ".to_owned(), &[No::LastName]);
        check(|it| it.user_name = text("a da"), &[No::UserName]);
        check(|it| it.job_title = text(&"x".repeat(76)), &[No::JobTitle]);
        check(|it| it.secondary_email = text("ada"), &[No::SecondaryEmail]);
        for bad in ["ada", "@example.com", "ada@", "ada@example..com", "a da@example.com"] {
            check(|it| it.email = bad.to_owned(), &[No::Email]);
        }
        for good in ["(123) 321-1234", "+441234567891", "123.321.1234", "1234567"] {
            check(|it| it.phone = text(good), &[]);
        }
        for bad in ["123456", "1234567890123456", "123 4567 x8", "12345٦7", ""] {
            check(|it| it.mobile_phone = text(bad), &[No::MobilePhone]);
        }
    }

    #[test]
    fn what_comes_from_a_list_is_in_it() {
        use ProfileFault as No;
        let no_lists = |it: &mut ClearProfile| {
            it.country = "UK".to_owned();
            it.state = text("CA");
            it.contact_type = text("Friend");
            it.preferred_language = text("Latin");
            it.session_seconds = Some(30);
            it.time_zone = text("gmt");
        };
        let lists = [
            No::Country,
            No::State,
            No::ContactType,
            No::Language,
            No::SessionSeconds,
            No::TimeZone,
        ];
        check(no_lists, &lists);
        let in_usa = |state: &'static str| {
            move |it: &mut ClearProfile| (it.country, it.state) = ("USA".to_owned(), text(state))
        };
        check(in_usa("CA"), &[]);
        check(in_usa("TBD"), &[]);
        check(in_usa("ON"), &[No::State]);
        check(|it| it.state = text("TBD"), &[No::State]);
    }

    #[test]
    fn hashes_tell_whether_two_profiles_are_the_same() {
        let keys = sample::keys(&domain::TenantId::new("acme").unwrap());
        let hashed = |change: fn(&mut ClearProfile)| {
            let mut profile = ada();
            change(&mut profile);
            profile.hashed(&keys).unwrap()
        };
        let (one, same) = (hashed(|_| {}), hashed(|it| it.time_zone = text("GMT")));
        assert_eq!(one, same);
        assert_eq!(one.user_name_lookup, one.email_lookup);
        let other = hashed(|it| it.city = text("London"));
        assert!(one.digest != other.digest && one.email_lookup == other.email_lookup);
        let named = hashed(|it| it.user_name = text("ADA@example.com"));
        assert!(named.digest != one.digest && named.user_name_lookup == one.user_name_lookup);
    }

    #[test]
    fn it_shows_itself_nowhere() {
        assert!(!format!("{:?}", ada()).contains("ada"));
    }
}
