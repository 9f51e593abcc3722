//! Locks an API client: no call of its, in any dialect, is let in until it is unlocked (Akamai IAM
//! v3, "Lock an API client").

use domain::{Aggregate, ClientId, ClientLocked, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Locks an API client: no call of its is let in until it is unlocked.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LockClient {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockClientRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
}

impl Rejection for LockClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
        }
    }
}

impl Command for LockClient {
    type Rejection = LockClientRejection;
    type Fresh = ();
    const NAME: &'static str = "LockClient";
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

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, LockClientRejection> {
        use LockClientRejection as No;

        let client = self.client;
        let found = tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        if found.is_locked {
            return Ok(Vec::new());
        }
        Ok(vec![ClientLocked { client }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{id, tenant};

    fn check(client: u128, expected: Result<Vec<Event>, LockClientRejection>) {
        let command = LockClient { client: id(client) };
        assert_eq!(command.decide(&tenant(), &Context::sample(())), expected);
    }

    #[test]
    fn a_client_is_locked_once() {
        check(2, Ok(vec![ClientLocked { client: id(2) }.into()]));
        check(4, Ok(vec![]));
    }

    #[test]
    fn even_the_last_owner_may_be_locked_out_but_nobody_unknown() {
        check(9, Err(LockClientRejection::ClientUnknown(id(9))));
        check(1, Ok(vec![ClientLocked { client: id(1) }.into()]));
    }
}
