//! Creates an API client that may call from some addresses only, in one step (Identity Cloud
//! Configuration, "Create a client").

use domain::{
    Aggregate, ClientAllowListSet, ClientAllowLists, Event, OrganizationId, Right, Tenant,
};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::set_client_allow_list::read;
use super::{BlocksFault, CreateClient, CreateClientRejection, FreshClient};
use crate::names::bytes_of;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Creates an API client that may call from some addresses only.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateRestrictedClient {
    /// As `CreateClient` takes it.
    pub client: CreateClient,
    /// As `SetClientAllowList` takes them.
    pub blocks: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateRestrictedClientRejection {
    #[error(transparent)]
    Client(CreateClientRejection),
    #[error(transparent)]
    Blocks(BlocksFault),
}

impl Rejection for CreateRestrictedClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Client(rejection) => rejection.refusal(),
            Self::Blocks(fault) => fault.refusal(),
        }
    }
}

impl Command for CreateRestrictedClient {
    type Rejection = CreateRestrictedClientRejection;
    type Fresh = FreshClient;
    const NAME: &'static str = "CreateRestrictedClient";
    const NUMBERS: usize = CreateClient::NUMBERS;

    fn needs(&self) -> Right {
        self.client.needs()
    }

    fn organization(&self) -> Option<&OrganizationId> {
        self.client.organization()
    }

    fn weight(&self) -> usize {
        self.client.weight() + bytes_of(&self.blocks)
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshClient, SealError> {
        self.client.draw(mint)
    }

    fn target(&self, tenant: &Tenant, context: &Context<FreshClient>) -> Aggregate {
        self.client.target(tenant, context)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshClient>,
    ) -> Result<Vec<Event>, CreateRestrictedClientRejection> {
        use CreateRestrictedClientRejection as No;

        let mut events = self.client.decide(tenant, context).map_err(No::Client)?;
        let after = read(&self.blocks).map_err(No::Blocks)?;
        if after != [ClientAllowLists::EVERYWHERE] {
            let (client, before) = (context.fresh.client, Vec::new());
            events.push(ClientAllowListSet { client, before, after }.into());
        }
        Ok(events)
    }

    fn vault(&self, tenant: &Tenant, context: &Context<FreshClient>) -> Vec<VaultWrite> {
        self.client.vault(tenant, context)
    }

    fn reply(fresh: &FreshClient) -> Map<String, Value> {
        CreateClient::reply(fresh)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clients::sample::tenant;
    use crate::mint::sample;

    fn decide(body: Value) -> Result<Vec<&'static str>, CreateRestrictedClientRejection> {
        let (tenant, mut command): (_, CreateRestrictedClient) =
            (tenant(), serde_json::from_value(body).unwrap());
        let keys = sample::keys(&tenant.id);
        let fresh = command.draw(&mut sample::mint(&tenant.id, &keys, 0)).unwrap();
        let events = command.decide(&tenant, &Context::sample(fresh))?;
        Ok(events.iter().map(Event::name).collect())
    }

    #[test]
    fn the_client_and_its_list_come_together_or_not_at_all() {
        use CreateRestrictedClientRejection as No;
        let body = |name: &str, block: &str| json!({"client": {"name": name}, "blocks": [block]});
        let both = ["client.created", "client.allow_list_set"];
        assert_eq!(decide(body("new", "10.0.0.0/8")).unwrap(), both);
        assert_eq!(decide(body("new", "0.0.0.0/0")).unwrap(), ["client.created"]);
        let fault = No::Blocks(BlocksFault::Malformed("x".to_owned()));
        assert_eq!(decide(body("new", "x")), Err(fault));
        assert!(matches!(decide(body("boss", "10.0.0.0/8")), Err(No::Client(_))));
    }
}
