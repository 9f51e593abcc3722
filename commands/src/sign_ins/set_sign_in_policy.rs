//! Sets what an account asks of everybody who signs in. None of the vendor's operations does; it
//! is what "two-factor authentication is enforced" stands for in their descriptions.

use domain::{Aggregate, Event, Right, SignInPolicy, SignInPolicySet, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Sets what everybody who signs in has to prove.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetSignInPolicy {
    /// Nobody may turn the second factor off. Who has none keeps it so until they choose.
    pub second_factor_required: bool,
}

/// Nothing stands against it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetSignInPolicyRejection {}

impl Rejection for SetSignInPolicyRejection {
    fn refusal(&self) -> Refusal {
        match *self {}
    }
}

impl Command for SetSignInPolicy {
    type Rejection = SetSignInPolicyRejection;
    type Fresh = ();
    const NAME: &'static str = "SetSignInPolicy";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, tenant: &Tenant, _: &Context) -> Aggregate {
        Aggregate::tenant(&tenant.id)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, SetSignInPolicyRejection> {
        let before = tenant.sign_ins.policy();
        let after = SignInPolicy { second_factor_required: self.second_factor_required };
        if before == after {
            return Ok(Vec::new());
        }
        Ok(vec![SignInPolicySet { tenant: tenant.id.clone(), before, after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{strict, tenant};
    use super::*;

    #[test]
    fn sets_what_is_not_so_yet() {
        let decided = |tenant: &Tenant, second_factor_required| {
            let command = SetSignInPolicy { second_factor_required };
            command.decide(tenant, &Context::sample(())).unwrap().len()
        };
        let (lax, strict) = (tenant(), strict(tenant()));
        assert_eq!([decided(&lax, false), decided(&lax, true)], [0, 1]);
        assert_eq!([decided(&strict, false), decided(&strict, true)], [1, 0]);
    }
}
