//! Passwords: read in the clear, held to Akamai's policy `aka90`, and hashed before the lane.

use std::fmt;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use domain::UserId;
use eventlog::{SealError, VaultKind};
use schemars::JsonSchema;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::password_policy::AKA90;
use crate::mint::WIDE_ALPHABET;
use crate::{Locked, Mint, Refusal};

const LENGTH_MIN: usize = AKA90.length_min;
const LENGTH_MAX: usize = 200;
const REPEATS_MAX: usize = AKA90.repeats_max;
/// Of letters and digits: 119 bits.
const LENGTH_DRAWN: usize = 20;

/// A password. It shows itself nowhere, and is wiped from memory when it is dropped.
#[derive(Clone, Default, JsonSchema)]
#[schemars(transparent)]
pub struct ClearPassword(#[schemars(with = "String")] Zeroizing<String>);

impl ClearPassword {
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The password itself, for the one reply that shows it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClearPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClearPassword(..)")
    }
}

impl<'de> Deserialize<'de> for ClearPassword {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Asked for a string, the reader of JSON would complain of a number itself.
        deserializer.deserialize_any(Text)
    }
}

/// Reads a password. The usual error would repeat what stands there: digits without quotation
/// marks, say.
struct Text;

impl Text {
    fn number<E: Error>() -> Result<ClearPassword, E> {
        Err(E::custom("invalid type: number, expected a string"))
    }
}

impl Visitor<'_> for Text {
    type Value = ClearPassword;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ClearPassword, E> {
        Ok(ClearPassword::new(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<ClearPassword, E> {
        Ok(ClearPassword::new(text))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<ClearPassword, E> {
        Self::number()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<ClearPassword, E> {
        Self::number()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<ClearPassword, E> {
        Self::number()
    }
}

/// What a password cannot be. It tells nothing of the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    #[error("a password has {LENGTH_MIN} characters or more")]
    TooShort,
    #[error("a password has at most {LENGTH_MAX} characters")]
    TooLong,
    #[error("a password has a letter in it")]
    NoLetter,
    #[error("a password has a digit in it")]
    NoDigit,
    #[error("a password has no character more than {REPEATS_MAX} times in a row")]
    Repeats,
    /// In the vendor's words.
    #[error("Must not match a previously used password.")]
    Reused,
}

impl PasswordFault {
    pub(super) fn refusal(self, member: &'static str) -> Refusal {
        let code = match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::NoLetter => "password_without_letter",
            Self::NoDigit => "password_without_digit",
            Self::Repeats => "password_repeats",
            Self::Reused => "password_reused",
        };
        Refusal::invalid(code, member)
    }
}

impl ClearPassword {
    /// A random one that may be set.
    pub(super) fn draw(mint: &Mint<'_>) -> Result<Self, SealError> {
        loop {
            let drawn = Self::new(mint.text(WIDE_ALPHABET, LENGTH_DRAWN)?);
            if drawn.check().is_ok() {
                return Ok(drawn);
            }
        }
    }

    pub(super) fn check(&self) -> Result<(), PasswordFault> {
        let (text, length) = (self.expose(), self.expose().chars().count());
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let faults = [
            (length < LENGTH_MIN, PasswordFault::TooShort),
            (length > LENGTH_MAX, PasswordFault::TooLong),
            (letters < AKA90.letters_min, PasswordFault::NoLetter),
            (digits < AKA90.digits_min, PasswordFault::NoDigit),
            (longest_run(text) > REPEATS_MAX, PasswordFault::Repeats),
        ];
        let fault = faults.into_iter().find(|(is_so, _)| *is_so);
        fault.map_or(Ok(()), |(_, fault)| Err(fault))
    }

    /// Its hash under lock. This takes a processor some hundredth of a second, and 19 MiB.
    pub(super) fn lock(&self, user: &UserId, mint: &Mint<'_>) -> Result<Locked, SealError> {
        let hash = Argon2::default().hash_password(self.expose().as_bytes());
        let hash = hash.map_err(|_| SealError::Unhashed)?.to_string();
        mint.lock(VaultKind::Password, user.to_string(), hash.as_bytes())
    }
}

/// How often one character stands in a row at most.
fn longest_run(text: &str) -> usize {
    let mut runs = text.chars().scan((None, 0), |(last, run), c| {
        *run = if *last == Some(c) { *run + 1 } else { 1 };
        *last = Some(c);
        Some(*run)
    });
    runs.by_ref().max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::TenantId;
    use serde_json::json;

    use super::*;
    use crate::mint::sample;

    fn check(text: &str, expected: Result<(), PasswordFault>) {
        assert_eq!(ClearPassword::new(text.to_owned()).check(), expected, "{text}");
    }

    #[test]
    fn the_policy_is_kept_to_the_letter() {
        check("abcdefg1", Ok(()));
        check("ABC 1122", Ok(()));
        check("äöüäöüä1", Ok(()));
        check(&("a1".repeat(100)), Ok(()));
        check("abcdef1", Err(PasswordFault::TooShort));
        check("", Err(PasswordFault::TooShort));
        check(&("a1".repeat(100) + "a"), Err(PasswordFault::TooLong));
        check("12345678", Err(PasswordFault::NoLetter));
        check("abcdefgh", Err(PasswordFault::NoDigit));
        check("abcdefg1aaa", Err(PasswordFault::Repeats));
        check("111abcdef", Err(PasswordFault::Repeats));
    }

    #[test]
    fn a_drawn_one_may_be_set() {
        let tenant = TenantId::new("acme").unwrap();
        let keys = sample::keys(&tenant);
        let draw = || ClearPassword::draw(&sample::mint(&tenant, &keys, 0)).unwrap();
        let drawn: Vec<_> = (0..200).map(|_| draw()).collect();
        assert!(drawn.iter().all(|it| it.check().is_ok()));
        assert_ne!(drawn[0].expose(), drawn[1].expose());
    }

    #[test]
    fn it_shows_itself_nowhere() {
        let password: ClearPassword = serde_json::from_value(json!("abcdefg1")).unwrap();
        assert_eq!(
            (password.expose(), format!("{password:?}").contains("abc")),
            ("abcdefg1", false)
        );
        for number in [json!(12_345_678), json!(-12_345_678), json!(1234.5678)] {
            let error = serde_json::from_str::<ClearPassword>(&number.to_string()).unwrap_err();
            let expected = "invalid type: number, expected a string at line 1 column";
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }
}
