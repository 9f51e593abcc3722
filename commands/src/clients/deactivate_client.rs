//! Makes an API client inactive: no call of its, in any dialect, is let in (tenant clients,
//! "deactivate").

use domain::{Aggregate, ClientDeactivated, ClientId, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Makes an API client inactive: no call of its is let in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeactivateClient {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeactivateClientRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("client {0} is the tenant's default client and cannot be made inactive")]
    ClientIsDefault(ClientId),
}

impl Rejection for DeactivateClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::ClientIsDefault(_) => Refusal::forbidden("client_is_default").about("client"),
        }
    }
}

impl Command for DeactivateClient {
    type Rejection = DeactivateClientRejection;
    type Fresh = ();
    const NAME: &'static str = "DeactivateClient";
    const URGENT: bool = true;

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
    ) -> Result<Vec<Event>, DeactivateClientRejection> {
        use DeactivateClientRejection as No;

        let client = self.client;
        let found = tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        if !found.is_active {
            return Ok(Vec::new());
        }
        if found.is_default {
            return Err(No::ClientIsDefault(client));
        }
        Ok(vec![ClientDeactivated { client }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{id, tenant};

    fn check(client: u128, expected: Result<Vec<Event>, DeactivateClientRejection>) {
        let mut tenant = tenant();
        tenant.clients.activate(id(4), false);
        let command = DeactivateClient { client: id(client) };
        assert_eq!(command.decide(&tenant, &Context::sample(())), expected);
    }

    #[test]
    fn a_client_is_made_inactive_once() {
        check(2, Ok(vec![ClientDeactivated { client: id(2) }.into()]));
        check(4, Ok(vec![]));
    }

    #[test]
    fn refuses_an_unknown_client_and_the_default_one() {
        use DeactivateClientRejection as No;
        check(9, Err(No::ClientUnknown(id(9))));
        check(3, Err(No::ClientIsDefault(id(3))));
    }
}
