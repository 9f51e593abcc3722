//! Gives an API client a role of its tenant (tenant clients, "roles").

use domain::{Aggregate, ClientId, ClientRoleGranted, Event, Right, RoleId, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Gives an API client a role of its tenant, as the tenant-clients dialect shows them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantClientRole {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    #[schemars(with = "i64")]
    pub role: RoleId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantClientRoleRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("client {0} is the tenant's default client and cannot be changed")]
    ClientIsDefault(ClientId),
    #[error("there is no role {0}")]
    RoleUnknown(RoleId),
}

impl Rejection for GrantClientRoleRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::ClientIsDefault(_) => Refusal::forbidden("client_is_default").about("client"),
            Self::RoleUnknown(_) => Refusal::not_found("role_unknown", "role"),
        }
    }
}

impl Command for GrantClientRole {
    type Rejection = GrantClientRoleRejection;
    type Fresh = ();
    const NAME: &'static str = "GrantClientRole";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, GrantClientRoleRejection> {
        use GrantClientRoleRejection as No;

        let Self { client, role } = *self;
        let found = tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        if found.is_default {
            return Err(No::ClientIsDefault(client));
        }
        tenant.roles.get(role).ok_or(No::RoleUnknown(role))?;
        if found.roles.contains(&role) {
            return Ok(Vec::new());
        }
        Ok(vec![ClientRoleGranted { client, role }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::{RoleCreated, RoleKind};

    use super::*;
    use crate::clients::sample::{self, id};

    fn tenant() -> Tenant {
        let mut tenant = sample::tenant();
        tenant.roles.created(&RoleCreated {
            role: RoleId(8),
            name: "auditor".to_owned(),
            description: String::new(),
            kind: RoleKind::Custom,
            permissions: [].into(),
            granted_roles: [].into(),
        });
        tenant
    }

    fn decide(
        tenant: &Tenant,
        client: u128,
        role: i64,
    ) -> Result<Vec<Event>, GrantClientRoleRejection> {
        let command = GrantClientRole { client: id(client), role: RoleId(role) };
        command.decide(tenant, &Context::sample(()))
    }

    #[test]
    fn a_client_holds_a_role_once() {
        let granted = Event::from(ClientRoleGranted { client: id(2), role: RoleId(8) });
        let mut tenant = tenant();
        assert_eq!(decide(&tenant, 2, 8), Ok(vec![granted.clone()]));
        tenant.apply(&granted);
        assert_eq!(decide(&tenant, 2, 8), Ok(vec![]));
    }

    #[test]
    fn refuses_what_is_not_there() {
        use GrantClientRoleRejection as No;
        assert_eq!(decide(&tenant(), 9, 8), Err(No::ClientUnknown(id(9))));
        assert_eq!(decide(&tenant(), 2, 7), Err(No::RoleUnknown(RoleId(7))));
    }
}
