//! Makes an inactive API client active again (tenant clients, "activate").

use domain::{Aggregate, ClientActivated, ClientId, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Makes an inactive API client active again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivateClient {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActivateClientRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
}

impl Rejection for ActivateClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
        }
    }
}

impl Command for ActivateClient {
    type Rejection = ActivateClientRejection;
    type Fresh = ();
    const NAME: &'static str = "ActivateClient";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, ActivateClientRejection> {
        use ActivateClientRejection as No;

        let client = self.client;
        let found = tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        if found.is_active {
            return Ok(Vec::new());
        }
        Ok(vec![ClientActivated { client }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{id, tenant};

    fn check(client: u128, expected: Result<Vec<Event>, ActivateClientRejection>) {
        let mut tenant = tenant();
        tenant.clients.activate(id(3), false);
        let command = ActivateClient { client: id(client) };
        assert_eq!(command.decide(&tenant, &Context::sample(())), expected);
    }

    #[test]
    fn an_inactive_client_becomes_active() {
        check(3, Ok(vec![ClientActivated { client: id(3) }.into()]));
        check(2, Ok(vec![]));
    }

    #[test]
    fn refuses_an_unknown_client() {
        check(9, Err(ActivateClientRejection::ClientUnknown(id(9))));
    }
}
