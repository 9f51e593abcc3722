//! Creates the tenant it is sent to, with the keys that all its secrets are sealed under.

use domain::{Aggregate, Event, Right, Tenant, TenantCreated, TenantId};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::names::is_name;
use crate::{Command, Context, Mint, Refusal, Rejection};

const NAME_MAX: usize = 200;

/// Creates the tenant it is sent to.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateTenant {
    /// 1 to 200 characters.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateTenantRejection {
    #[error("there is a tenant {0} already")]
    TenantExists(TenantId),
    #[error("a tenant's name has 1 to {NAME_MAX} characters, not all of them blank")]
    NameInvalid,
}

impl Rejection for CreateTenantRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::TenantExists(tenant) => {
                Refusal::conflict("tenant_exists", vec![Aggregate::tenant(tenant)])
            }
            Self::NameInvalid => Refusal::invalid("name_invalid", "name"),
        }
    }
}

impl Command for CreateTenant {
    type Rejection = CreateTenantRejection;
    /// The vault row of the tenant's key, unless the tenant has one.
    type Fresh = Option<VaultWrite>;
    const NAME: &'static str = "CreateTenant";
    const FOUNDS_TENANT: bool = true;

    fn needs(&self) -> Right {
        Right::TenantAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.name.len()
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<Self::Fresh, SealError> {
        Ok(mint.founding())
    }

    fn target(&self, tenant: &Tenant, _: &Context<Self::Fresh>) -> Aggregate {
        Aggregate::tenant(&tenant.id)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        _: &Context<Self::Fresh>,
    ) -> Result<Vec<Event>, CreateTenantRejection> {
        if tenant.exists {
            return Err(CreateTenantRejection::TenantExists(tenant.id.clone()));
        }
        if !is_name(&self.name, NAME_MAX) {
            return Err(CreateTenantRejection::NameInvalid);
        }
        Ok(vec![TenantCreated { tenant: tenant.id.clone(), name: self.name.clone() }.into()])
    }

    fn vault(&self, _: &Tenant, context: &Context<Self::Fresh>) -> Vec<VaultWrite> {
        context.fresh.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(exists: bool, name: &str, expected: Result<usize, CreateTenantRejection>) {
        let tenant = Tenant { exists, ..Tenant::unborn(TenantId::new("acme").unwrap()) };
        let command = CreateTenant { name: name.to_owned() };
        let fact = TenantCreated { tenant: tenant.id.clone(), name: name.to_owned() };
        let expected = expected.map(|n| vec![Event::from(fact); n]);
        assert_eq!(command.decide(&tenant, &Context::sample(None)), expected);
    }

    #[test]
    fn a_tenant_is_created_once_under_a_name() {
        use CreateTenantRejection as No;
        check(false, "Acme", Ok(1));
        check(true, "Acme", Err(No::TenantExists(TenantId::new("acme").unwrap())));
        check(false, "", Err(No::NameInvalid));
    }
}
