//! Lets an API client call from anywhere again (Capture, `clients/clear_whitelist`).

use domain::{Aggregate, ClientAllowListCleared, ClientId, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Lets an API client call from anywhere again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClearClientAllowList {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClearClientAllowListRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
}

impl Rejection for ClearClientAllowListRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
        }
    }
}

impl Command for ClearClientAllowList {
    type Rejection = ClearClientAllowListRejection;
    type Fresh = ();
    const NAME: &'static str = "ClearClientAllowList";

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
    ) -> Result<Vec<Event>, ClearClientAllowListRejection> {
        let client = self.client;
        let unknown = ClearClientAllowListRejection::ClientUnknown(client);
        tenant.clients.get(client).ok_or(unknown)?;
        let before = tenant.client_allow_lists.of(client).to_vec();
        if before.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![ClientAllowListCleared { client, before }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::ClientAllowListSet;

    use super::*;
    use crate::clients::sample::{id, tenant};

    fn check(
        tenant: &Tenant,
        client: u128,
        expected: Result<Vec<Event>, ClearClientAllowListRejection>,
    ) {
        let command = ClearClientAllowList { client: id(client) };
        assert_eq!(command.decide(tenant, &Context::sample(())), expected);
    }

    #[test]
    fn a_list_that_is_there_is_cleared() {
        let mut tenant = tenant();
        check(&tenant, 2, Ok(Vec::new()));
        check(&tenant, 9, Err(ClearClientAllowListRejection::ClientUnknown(id(9))));
        let blocks = vec!["10.0.0.0/8".to_owned()];
        let (client, before) = (id(2), Vec::new());
        tenant.apply(&ClientAllowListSet { client, before, after: blocks.clone() }.into());
        check(&tenant, 2, Ok(vec![ClientAllowListCleared { client, before: blocks }.into()]));
    }
}
