//! Chooses what a user proves beside the password (Akamai IAM v3, "Set a user's additional
//! authentication"). Where the account asks for a second factor, nobody does without.

use domain::{Aggregate, Event, Right, SecondFactor, Tenant, UserId, UserSecondFactorChosen};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::fault::{UserFault, own_or_administered};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Chooses what a user proves beside the password.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChooseSecondFactor {
    #[schemars(with = "String")]
    pub user: UserId,
    #[schemars(with = "String", extend("enum" = ["TFA", "MFA", "NONE"]))]
    pub factor: SecondFactor,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChooseSecondFactorRejection {
    #[error(transparent)]
    User(#[from] UserFault),
    #[error(transparent)]
    Required(#[from] FactorRequired),
}

/// The account asks for a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the account asks everybody for additional authentication")]
pub struct FactorRequired;

impl Rejection for ChooseSecondFactorRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::User(fault) => fault.refusal(),
            Self::Required(required) => required.refusal(),
        }
    }
}

impl FactorRequired {
    /// The refusal it comes to.
    pub fn refusal(self) -> Refusal {
        Refusal::forbidden("second_factor_required").about("factor")
    }
}

/// Whether the account lets a user, or one to be created, have this factor.
pub fn check_factor(tenant: &Tenant, factor: SecondFactor) -> Result<(), FactorRequired> {
    let is_bare = factor == SecondFactor::None;
    if is_bare && tenant.sign_ins.policy().second_factor_required {
        return Err(FactorRequired);
    }
    Ok(())
}

impl Command for ChooseSecondFactor {
    type Rejection = ChooseSecondFactorRejection;
    type Fresh = ();
    const NAME: &'static str = "ChooseSecondFactor";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::user(&self.user)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context,
    ) -> Result<Vec<Event>, ChooseSecondFactorRejection> {
        let organization = own_or_administered(tenant, context, &self.user)?.organization.clone();
        let (before, after) = (tenant.sign_ins.of(&self.user).second_factor, self.factor);
        // Who had none before the account asked for one keeps it until they choose.
        if before == after {
            return Ok(Vec::new());
        }
        check_factor(tenant, after)?;
        let user = self.user.clone();
        Ok(vec![UserSecondFactorChosen { user, organization, before, after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{ada, strict, tenant, with_factor};
    use super::*;

    fn check(
        tenant: &Tenant,
        user: &str,
        factor: SecondFactor,
        expected: Result<Option<SecondFactor>, ChooseSecondFactorRejection>,
    ) {
        let command = ChooseSecondFactor { user: UserId(user.to_owned()), factor };
        let fact = |before| {
            let (user, organization) = ada();
            UserSecondFactorChosen { user, organization, before, after: factor }.into()
        };
        let expected = expected.map(|before| before.map(fact).into_iter().collect());
        assert_eq!(command.decide(tenant, &Context::sample(())), expected);
    }

    #[test]
    fn chooses_another_one_once() {
        use SecondFactor::{Mfa, None as Bare, Tfa};
        check(&tenant(), "A-B-1", Tfa, Ok(Some(Bare)));
        check(&tenant(), "A-B-1", Bare, Ok(None));
        check(&with_factor(Tfa), "A-B-1", Mfa, Ok(Some(Tfa)));
        check(&with_factor(Tfa), "A-B-1", Bare, Ok(Some(Tfa)));
        let unknown = UserFault::Unknown(UserId("A-B-2".to_owned()));
        check(&tenant(), "A-B-2", Tfa, Err(unknown.into()));
    }

    #[test]
    fn nobody_does_without_where_the_account_asks_for_one() {
        use SecondFactor::{Mfa, None as Bare, Tfa};
        let with_tfa = strict(with_factor(Tfa));
        check(&with_tfa, "A-B-1", Bare, Err(FactorRequired.into()));
        check(&with_tfa, "A-B-1", Mfa, Ok(Some(Tfa)));
        check(&strict(tenant()), "A-B-1", Bare, Ok(None));
    }
}
