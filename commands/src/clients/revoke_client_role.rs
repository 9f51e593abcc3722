//! Takes a role of its tenant from an API client (tenant clients, "roles").

use domain::{Aggregate, ClientId, ClientRoleRevoked, Event, Right, RoleId, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Takes a role of its tenant from an API client, as the tenant-clients dialect shows them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevokeClientRole {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    #[schemars(with = "i64")]
    pub role: RoleId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevokeClientRoleRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("client {0} is the tenant's default client and cannot be changed")]
    ClientIsDefault(ClientId),
    #[error("the client does not hold role {0}")]
    RoleNotHeld(RoleId),
}

impl Rejection for RevokeClientRoleRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::ClientIsDefault(_) => Refusal::forbidden("client_is_default").about("client"),
            Self::RoleNotHeld(_) => Refusal::not_found("role_not_held", "role"),
        }
    }
}

impl Command for RevokeClientRole {
    type Rejection = RevokeClientRoleRejection;
    type Fresh = ();
    const NAME: &'static str = "RevokeClientRole";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        _: &Context,
    ) -> Result<Vec<Event>, RevokeClientRoleRejection> {
        use RevokeClientRoleRejection as No;

        let Self { client, role } = *self;
        let found = tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        if found.is_default {
            return Err(No::ClientIsDefault(client));
        }
        if !found.roles.contains(&role) {
            return Err(No::RoleNotHeld(role));
        }
        Ok(vec![ClientRoleRevoked { client, role }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{id, tenant};

    fn decide(
        tenant: &Tenant,
        client: u128,
        role: i64,
    ) -> Result<Vec<Event>, RevokeClientRoleRejection> {
        let command = RevokeClientRole { client: id(client), role: RoleId(role) };
        command.decide(tenant, &Context::sample(()))
    }

    #[test]
    fn a_role_that_is_held_is_taken() {
        let revoked = Event::from(ClientRoleRevoked { client: id(2), role: RoleId(8) });
        let mut tenant = tenant();
        tenant.clients.role_granted(&domain::ClientRoleGranted { client: id(2), role: RoleId(8) });
        assert_eq!(decide(&tenant, 2, 8), Ok(vec![revoked.clone()]));
        tenant.apply(&revoked);
        let not_held = RevokeClientRoleRejection::RoleNotHeld(RoleId(8));
        assert_eq!(decide(&tenant, 2, 8), Err(not_held));
    }

    #[test]
    fn refuses_an_unknown_client() {
        let unknown = RevokeClientRoleRejection::ClientUnknown(id(9));
        assert_eq!(decide(&tenant(), 9, 8), Err(unknown));
    }
}
