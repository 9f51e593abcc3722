//! What a request says of a person: read in the clear, checked, and sealed before the lane.

use std::fmt;

use domain::{Personal, Profile, UserId};
use eventlog::{SealError, TenantKeys, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Refusal;
use crate::names::is_name;

const NAME_MAX: usize = 50;
const COUNTRY_MAX: usize = 100;
/// The longest address that mail can be sent to (RFC 5321).
const EMAIL_MAX: usize = 254;

/// A person, in the clear. It shows itself nowhere.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClearProfile {
    /// The e-mail address if absent.
    pub user_name: Option<String>,
    /// 1 to 50 characters.
    pub first_name: String,
    /// 1 to 50 characters.
    pub last_name: String,
    /// Nobody else in the tenant has it.
    pub email: String,
    pub country: String,
}

impl fmt::Debug for ClearProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClearProfile(..)")
    }
}

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
    #[error("a country has 1 to {COUNTRY_MAX} characters, not all of them blank")]
    Country,
}

impl ProfileFault {
    pub(super) fn refusal(self) -> Refusal {
        match self {
            Self::UserName => Refusal::invalid("user_name_invalid", "userName"),
            Self::FirstName => Refusal::invalid("first_name_invalid", "firstName"),
            Self::LastName => Refusal::invalid("last_name_invalid", "lastName"),
            Self::Email => Refusal::invalid("email_invalid", "email"),
            Self::Country => Refusal::invalid("country_invalid", "country"),
        }
    }
}

/// A person whom only the holder of the subject's key can read.
#[derive(Debug)]
pub struct SealedPerson {
    pub profile: Personal<Profile>,
    /// Keyed hash of the e-mail address.
    pub email_lookup: String,
    /// Keeps the subject's key.
    pub key: VaultWrite,
}

impl ClearProfile {
    fn check(&self) -> Result<(), ProfileFault> {
        let no_blank = |text: &str| is_name(text, EMAIL_MAX) && !text.contains(char::is_whitespace);
        let user_name = self.user_name.as_deref().unwrap_or(&self.email);
        let email = self.email.rsplit_once('@');
        let is_host = |host: &str| !host.contains('@') && host.split('.').all(|it| !it.is_empty());
        let is_address = |(local, host): (&str, &str)| !local.is_empty() && is_host(host);
        let faults = [
            (!is_name(&self.first_name, NAME_MAX), ProfileFault::FirstName),
            (!is_name(&self.last_name, NAME_MAX), ProfileFault::LastName),
            (!no_blank(&self.email) || !email.is_some_and(is_address), ProfileFault::Email),
            (!no_blank(user_name), ProfileFault::UserName),
            (!is_name(&self.country, COUNTRY_MAX), ProfileFault::Country),
        ];
        let fault = faults.into_iter().find(|(is_so, _)| *is_so);
        fault.map_or(Ok(()), |(_, fault)| Err(fault))
    }

    /// Seals the person under a key of `user`'s own, unless something about them cannot be.
    pub(super) fn seal(
        self,
        user: &UserId,
        keys: &TenantKeys,
    ) -> Result<Result<SealedPerson, ProfileFault>, SealError> {
        if let Err(fault) = self.check() {
            return Ok(Err(fault));
        }
        let email_lookup = keys.email_lookup(&self.email);
        let profile = Profile {
            user_name: self.user_name.unwrap_or_else(|| self.email.clone()),
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            country: self.country,
            email_lookup: email_lookup.clone(),
        };
        let (profile, key) = keys.seal_new(user.as_str(), &profile)?;
        Ok(Ok(SealedPerson { profile, email_lookup, key }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut ClearProfile), expected: Result<(), ProfileFault>) {
        let mut profile = ClearProfile {
            user_name: None,
            first_name: "Ada".to_owned(),
            last_name: "Lovelace".to_owned(),
            email: "ada@example.com".to_owned(),
            country: "UK".to_owned(),
        };
        change(&mut profile);
        assert_eq!(profile.check(), expected);
    }

    #[test]
    fn each_member_has_its_form() {
        check(|_| {}, Ok(()));
        check(|it| it.email = "ada+b@localhost".to_owned(), Ok(()));
        check(|it| it.first_name = "x".repeat(51), Err(ProfileFault::FirstName));
        check(|it| it.last_name = " ".to_owned(), Err(ProfileFault::LastName));
        check(|it| it.country = String::new(), Err(ProfileFault::Country));
        check(|it| it.user_name = Some("a da".to_owned()), Err(ProfileFault::UserName));
        for bad in ["ada", "@example.com", "ada@", "ada@example..com", "a da@example.com"] {
            check(|it| it.email = bad.to_owned(), Err(ProfileFault::Email));
        }
    }

    #[test]
    fn it_shows_itself_nowhere() {
        let profile = ClearProfile { email: "ada@example.com".to_owned(), ..Default::default() };
        assert!(!format!("{profile:?}").contains("ada"));
    }
}
