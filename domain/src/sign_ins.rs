//! How users sign in, as far as decisions need it: their passwords' numbers, their second factor,
//! their locks, and the tries that failed. Secrets are in the vault only.

mod facts;

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::UserId;
pub use facts::{
    SignInPolicySet, UserLocked, UserMailDelivered, UserPasswordSet, UserSecondFactorChosen,
    UserSecondFactorReset, UserSignInFailed, UserSignedIn, UserUnlocked,
};

/// What a user proves beside the password (Akamai IAM v3, `additionalAuthentication`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SecondFactor {
    /// A code of a second device.
    Tfa,
    /// An app that confirms.
    Mfa,
    /// Nothing.
    #[default]
    None,
}

impl SecondFactor {
    pub const ALL: [Self; 3] = [Self::Tfa, Self::Mfa, Self::None];

    /// The name it is stored and shown by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tfa => "TFA",
            Self::Mfa => "MFA",
            Self::None => "NONE",
        }
    }

    /// The factor of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.as_str() == name)
    }
}

/// What somebody signed in with, or failed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SignInMethod {
    Password,
    Tfa,
    Mfa,
}

impl SignInMethod {
    /// The second factor that it is.
    pub fn factor(self) -> SecondFactor {
        match self {
            Self::Password => SecondFactor::None,
            Self::Tfa => SecondFactor::Tfa,
            Self::Mfa => SecondFactor::Mfa,
        }
    }
}

/// Why a user is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockReason {
    /// Somebody who administers users wanted it so.
    Administrator,
    /// Too many tries failed in a row.
    FailedSignIns,
}

impl fmt::Display for LockReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Administrator => "by an administrator",
            Self::FailedSignIns => "after too many failed tries",
        })
    }
}

/// How often a password may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordUse {
    #[default]
    Reusable,
    /// Once, and then it must be replaced.
    Once,
    /// It was used, and is good for nothing but being replaced.
    Spent,
}

/// What a tenant asks of everybody who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SignInPolicy {
    /// Nobody may do without a second factor.
    pub second_factor_required: bool,
}

/// How one user signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SignIn {
    pub lock: Option<LockReason>,
    /// In a row, since something last went well.
    pub failed_tries: u32,
    /// Number of the newest password, 0 when there is none.
    pub password_generation: i64,
    pub password_use: PasswordUse,
    pub password_expires_at: Option<DateTime<Utc>>,
    /// The mail with the password that was not handed over yet.
    pub pending_mail: Option<Uuid>,
    pub second_factor: SecondFactor,
    /// The user signed in with that factor since it was chosen or reset.
    pub is_configured: bool,
    /// The factor was reset: the next sign-in asks for it to be set up.
    pub is_reset: bool,
}

/// How the users of one tenant sign in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIns {
    policy: SignInPolicy,
    by_user: BTreeMap<UserId, SignIn>,
}

impl SignIns {
    pub fn policy(&self) -> SignInPolicy {
        self.policy
    }

    /// How this user signs in; of whom nothing was told, as of a new one.
    pub fn of(&self, user: &UserId) -> SignIn {
        self.by_user.get(user).copied().unwrap_or_default()
    }

    pub fn len(&self) -> usize {
        self.by_user.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_user.is_empty()
    }

    pub fn policy_set(&mut self, fact: &SignInPolicySet) {
        self.policy = fact.after;
    }

    pub fn password_set(&mut self, fact: &UserPasswordSet) {
        let held = self.at(&fact.user);
        held.password_generation += 1;
        held.password_use = if fact.one_time { PasswordUse::Once } else { PasswordUse::Reusable };
        held.password_expires_at = fact.expires_at;
        held.pending_mail = fact.mail;
        // What failed before says nothing of the new one.
        held.failed_tries = 0;
    }

    pub fn mail_delivered(&mut self, fact: &UserMailDelivered) {
        self.at(&fact.user).pending_mail = None;
    }

    pub fn locked(&mut self, fact: &UserLocked) {
        self.at(&fact.user).lock = Some(fact.reason);
    }

    pub fn unlocked(&mut self, fact: &UserUnlocked) {
        let held = self.at(&fact.user);
        (held.lock, held.failed_tries) = (None, 0);
    }

    pub fn signed_in(&mut self, fact: &UserSignedIn) {
        let held = self.at(&fact.user);
        (held.failed_tries, held.is_reset) = (0, false);
        if fact.spends_password {
            held.password_use = PasswordUse::Spent;
        }
        let factor = fact.method.factor();
        held.is_configured |= factor != SecondFactor::None && factor == held.second_factor;
    }

    pub fn failed(&mut self, fact: &UserSignInFailed) {
        self.at(&fact.user).failed_tries = fact.tries;
    }

    pub fn factor_chosen(&mut self, fact: &UserSecondFactorChosen) {
        let held = self.at(&fact.user);
        (held.second_factor, held.is_configured, held.is_reset) = (fact.after, false, false);
    }

    pub fn factor_reset(&mut self, fact: &UserSecondFactorReset) {
        let held = self.at(&fact.user);
        (held.is_configured, held.is_reset, held.failed_tries) = (false, true, 0);
    }

    /// The person behind a user was erased, and every password with them. Their number stays, so
    /// that none of them is ever another one's.
    pub fn erased(&mut self, subject: &str) {
        if let Some(held) = self.by_user.get_mut(&UserId(subject.to_owned())) {
            (held.password_use, held.password_expires_at) = (PasswordUse::Spent, None);
            held.pending_mail = None;
        }
    }

    /// The user is no more.
    pub fn forget(&mut self, user: &UserId) {
        self.by_user.remove(user);
    }

    fn at(&mut self, user: &UserId) -> &mut SignIn {
        self.by_user.entry(user.clone()).or_default()
    }
}
