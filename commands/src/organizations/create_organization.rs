//! Creates an organization, which users belong to and feature flags can be set on.

use domain::{Aggregate, Event, OrganizationCreated, OrganizationId, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::names::is_name;
use crate::{Command, Context, Mint, Refusal, Rejection};

const NAME_MAX: usize = 200;

/// Creates an organization.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateOrganization {
    /// 1 to 200 characters; no other organization of the tenant has it.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateOrganizationRejection {
    #[error("an organization's name has 1 to {NAME_MAX} characters, not all of them blank")]
    NameInvalid,
    #[error("organization {0} has that name")]
    NameTaken(OrganizationId),
}

impl Rejection for CreateOrganizationRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::NameInvalid => Refusal::invalid("name_invalid", "name"),
            Self::NameTaken(by) => {
                Refusal::conflict("name_taken", vec![Aggregate::organization(by)]).about("name")
            }
        }
    }
}

impl Command for CreateOrganization {
    type Rejection = CreateOrganizationRejection;
    type Fresh = OrganizationId;
    const NAME: &'static str = "CreateOrganization";
    const NUMBERS: usize = 1;

    fn needs(&self) -> Right {
        Right::TenantAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.name.len()
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<OrganizationId, SealError> {
        mint.number().map(|number| OrganizationId(number.to_string()))
    }

    fn target(&self, _: &Tenant, context: &Context<OrganizationId>) -> Aggregate {
        Aggregate::organization(&context.fresh)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<OrganizationId>,
    ) -> Result<Vec<Event>, CreateOrganizationRejection> {
        if !is_name(&self.name, NAME_MAX) {
            return Err(CreateOrganizationRejection::NameInvalid);
        }
        if let Some(by) = tenant.organizations.named(&self.name) {
            return Err(CreateOrganizationRejection::NameTaken(by.clone()));
        }
        let (organization, name) = (context.fresh.clone(), self.name.clone());
        Ok(vec![OrganizationCreated { organization, name }.into()])
    }

    fn reply(fresh: &OrganizationId) -> Map<String, Value> {
        Map::from_iter([("organization".to_owned(), fresh.as_str().into())])
    }
}

#[cfg(test)]
mod tests {
    use domain::TenantId;

    use super::*;

    fn created(id: &str, name: &str) -> OrganizationCreated {
        OrganizationCreated { organization: OrganizationId(id.to_owned()), name: name.to_owned() }
    }

    fn check(name: &str, expected: Result<OrganizationCreated, CreateOrganizationRejection>) {
        let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
        tenant.organizations.created(&created("5", "Emea"));
        let context = Context::sample(OrganizationId("7".to_owned()));
        let decided = CreateOrganization { name: name.to_owned() }.decide(&tenant, &context);
        assert_eq!(decided, expected.map(|fact| vec![fact.into()]));
    }

    #[test]
    fn an_organization_has_a_name_of_its_own() {
        use CreateOrganizationRejection as No;
        check("Apac", Ok(created("7", "Apac")));
        check("Emea", Err(No::NameTaken(OrganizationId("5".to_owned()))));
        check("", Err(No::NameInvalid));
    }
}
