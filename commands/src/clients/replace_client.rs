//! Gives an API client another name, other features and another allow list in one step (Identity
//! Cloud Configuration, "Modify a client").

use domain::{Aggregate, ClientId, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    ClearClientAllowList, RenameClient, RenameClientRejection, SetClientAllowList,
    SetClientAllowListRejection, SetClientFeatures, SetClientFeaturesRejection,
};
use crate::names::bytes_of;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Gives an API client another name, other features and another allow list, all or nothing.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplaceClient {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    /// As `RenameClient` takes it.
    pub name: String,
    /// As `SetClientFeatures` takes them.
    #[serde(default)]
    pub features: Vec<String>,
    /// As `SetClientAllowList` takes them; it may call from anywhere if there are none.
    #[serde(default)]
    pub blocks: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplaceClientRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error(transparent)]
    Name(RenameClientRejection),
    #[error(transparent)]
    Features(SetClientFeaturesRejection),
    #[error(transparent)]
    AllowList(SetClientAllowListRejection),
}

impl Rejection for ReplaceClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::Name(rejection) => rejection.refusal(),
            Self::Features(rejection) => rejection.refusal(),
            Self::AllowList(rejection) => rejection.refusal(),
        }
    }
}

impl Command for ReplaceClient {
    type Rejection = ReplaceClientRejection;
    type Fresh = ();
    const NAME: &'static str = "ReplaceClient";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.name.len() + bytes_of(&self.features) + bytes_of(&self.blocks)
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    /// The three concern different parts of a client, so that each may be decided on what stood
    /// before all of them.
    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context,
    ) -> Result<Vec<Event>, ReplaceClientRejection> {
        use ReplaceClientRejection as No;

        let Self { client, name, features, blocks } = self.clone();
        tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        let named = RenameClient { client, name }.decide(tenant, context).map_err(No::Name)?;
        let featured = SetClientFeatures { client, features }.decide(tenant, context);
        let listed = if blocks.is_empty() {
            let cleared = ClearClientAllowList { client }.decide(tenant, context);
            cleared.map_err(|_| No::ClientUnknown(client))
        } else {
            let set = SetClientAllowList { client, blocks }.decide(tenant, context);
            set.map_err(No::AllowList)
        };
        Ok([named, featured.map_err(No::Features)?, listed?].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{id, tenant};

    fn decide(
        client: u128,
        name: &str,
        features: &[&str],
        blocks: &[&str],
    ) -> Result<Vec<&'static str>, ReplaceClientRejection> {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let (features, blocks) = (texts(features), texts(blocks));
        let command = ReplaceClient { client: id(client), name: name.to_owned(), features, blocks };
        let events = command.decide(&tenant(), &Context::sample(()))?;
        Ok(events.iter().map(Event::name).collect())
    }

    #[test]
    fn what_is_another_changes() {
        let all = ["client.renamed", "client.features_set", "client.allow_list_set"];
        assert_eq!(decide(2, "android", &["owner"], &["10.0.0.0/8"]).unwrap(), all);
        assert!(decide(2, "robot", &["direct_access"], &[]).unwrap().is_empty());
        assert_eq!(decide(2, "robot", &[], &[]).unwrap(), ["client.features_set"]);
    }

    #[test]
    fn nothing_changes_where_one_part_cannot() {
        use ReplaceClientRejection as No;
        assert_eq!(decide(9, "x", &[], &[]), Err(No::ClientUnknown(id(9))));
        assert!(matches!(decide(2, "boss", &[], &[]), Err(No::Name(_))));
        assert!(matches!(decide(2, "x", &["metadata"], &[]), Err(No::Features(_))));
        assert!(matches!(decide(2, "x", &[], &["10.0.0.1"]), Err(No::AllowList(_))));
    }
}
