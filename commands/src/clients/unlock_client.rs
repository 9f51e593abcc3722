//! Unlocks an API client (Akamai IAM v3, "Unlock an API client").

use domain::{Aggregate, ClientId, ClientUnlocked, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Unlocks an API client.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnlockClient {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnlockClientRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
}

impl Rejection for UnlockClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
        }
    }
}

impl Command for UnlockClient {
    type Rejection = UnlockClientRejection;
    type Fresh = ();
    const NAME: &'static str = "UnlockClient";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, UnlockClientRejection> {
        use UnlockClientRejection as No;

        let client = self.client;
        let found = tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        if !found.is_locked {
            return Ok(Vec::new());
        }
        Ok(vec![ClientUnlocked { client }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{id, tenant};

    fn check(client: u128, expected: Result<Vec<Event>, UnlockClientRejection>) {
        let command = UnlockClient { client: id(client) };
        assert_eq!(command.decide(&tenant(), &Context::sample(())), expected);
    }

    #[test]
    fn a_locked_client_may_call_again() {
        check(4, Ok(vec![ClientUnlocked { client: id(4) }.into()]));
        check(2, Ok(vec![]));
    }

    #[test]
    fn refuses_an_unknown_client() {
        check(9, Err(UnlockClientRejection::ClientUnknown(id(9))));
    }
}
