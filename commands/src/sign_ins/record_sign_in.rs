//! Records that a user signed in, or somebody failed to. The program at the door asks for it: it
//! knows what was typed, and here it is decided whether that user may come in from there at all.

use std::net::IpAddr;

use domain::{
    Aggregate, Event, LockReason, PasswordUse, Personal, Right, SecondFactor, SignInMethod, Tenant,
    UserId, UserSignedIn,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::fault::{UserFault, administered};
use super::tries;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// What became of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum SignInOutcome {
    Success,
    Failure,
}

/// Records that a user signed in, or that somebody failed to as that user. The fifth failure in a
/// row locks the user. Who is locked, or comes from where the allow list does not reach, is
/// refused, and nothing is recorded.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordSignIn {
    #[schemars(with = "String")]
    pub user: UserId,
    /// What was proved last, or what the try failed at. A second factor comes after the password.
    #[schemars(with = "String", extend("enum" = ["PASSWORD", "TFA", "MFA"]))]
    pub method: SignInMethod,
    pub outcome: SignInOutcome,
    /// Where the user is. While the allow list is on, nobody gets in from nowhere.
    #[schemars(with = "Option<String>")]
    pub address: Option<IpAddr>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordSignInRejection {
    #[error(transparent)]
    User(#[from] UserFault),
    #[error("the user is locked {0}")]
    Locked(LockReason),
    #[error("the allow list is on, and the address is not on it")]
    AddressNotListed,
    #[error("the user's second factor is {}", .0.as_str())]
    OtherFactor(SecondFactor),
    #[error("the one-time password was used before; it must be changed first")]
    PasswordSpent,
    #[error("the password is too old; it must be changed first")]
    PasswordExpired,
}

impl Rejection for RecordSignInRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::User(fault) => fault.refusal(),
            Self::Locked(_) => Refusal::forbidden("user_locked"),
            Self::AddressNotListed => Refusal::forbidden("address_not_listed").about("address"),
            Self::OtherFactor(_) => Refusal::conflict("other_factor", Vec::new()).about("method"),
            Self::PasswordSpent => Refusal::forbidden("password_spent"),
            Self::PasswordExpired => Refusal::forbidden("password_expired"),
        }
    }
}

impl Command for RecordSignIn {
    type Rejection = RecordSignInRejection;
    /// Where the user is, sealed as something personal.
    type Fresh = Option<Personal<IpAddr>>;
    const NAME: &'static str = "RecordSignIn";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn subject(&self) -> Option<String> {
        Some(self.user.to_string())
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<Option<Personal<IpAddr>>, SealError> {
        let Some(address) = self.address else { return Ok(None) };
        mint.keys().seal_more(self.user.as_str(), &address)
    }

    fn target(&self, _: &Tenant, _: &Context<Self::Fresh>) -> Aggregate {
        Aggregate::user(&self.user)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<Self::Fresh>,
    ) -> Result<Vec<Event>, RecordSignInRejection> {
        use RecordSignInRejection as No;

        let organization = &administered(tenant, context, &self.user)?.organization;
        let (held, list) = (tenant.sign_ins.of(&self.user), &tenant.allow_list);
        held.lock.map_or(Ok(()), |reason| Err(No::Locked(reason)))?;
        if list.is_enabled() && !list.covers(self.address) {
            return Err(No::AddressNotListed);
        }
        let (method, address) = (self.method, context.fresh.clone());
        match self.outcome {
            SignInOutcome::Failure => {
                return Ok(tries::failed(tenant, (&self.user, organization), method, address));
            }
            SignInOutcome::Success => {}
        }
        let factor = method.factor();
        if factor != SecondFactor::None && factor != held.second_factor {
            return Err(No::OtherFactor(held.second_factor));
        }
        if held.password_use == PasswordUse::Spent {
            return Err(No::PasswordSpent);
        }
        if held.password_expires_at.is_some_and(|at| at <= context.now) {
            return Err(No::PasswordExpired);
        }
        let (user, organization) = (self.user.clone(), organization.clone());
        let spends_password = held.password_use == PasswordUse::Once;
        Ok(vec![UserSignedIn { user, organization, method, spends_password, address }.into()])
    }
}

#[cfg(test)]
mod tests;
