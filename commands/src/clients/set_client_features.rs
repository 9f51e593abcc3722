//! Replaces an API client's whole list of features (Capture, `clients/set_features`).

use domain::{Aggregate, ClientFeature, ClientFeaturesSet, ClientId, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{FeatureFault, features, is_itself, is_last_owner};
use crate::names::bytes_of;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Replaces an API client's whole list of features.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetClientFeatures {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    /// Any of `access_issuer`, `direct_access`, `direct_read_access`, `owner`, or `login_client`
    /// alone.
    pub features: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetClientFeaturesRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error(transparent)]
    Features(FeatureFault),
    #[error("client {0} cannot take `owner` from itself")]
    OwnOwner(ClientId),
    #[error("client {0} is the last usable one that holds `owner`")]
    LastOwner(ClientId),
}

impl Rejection for SetClientFeaturesRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::Features(fault) => fault.refusal(),
            Self::OwnOwner(_) => Refusal::forbidden("own_owner").about("features"),
            Self::LastOwner(client) => {
                let blocking = vec![Aggregate::client(*client)];
                Refusal::conflict("last_owner", blocking).about("features")
            }
        }
    }
}

impl Command for SetClientFeatures {
    type Rejection = SetClientFeaturesRejection;
    type Fresh = ();
    const NAME: &'static str = "SetClientFeatures";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + bytes_of(&self.features)
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
        context: &Context,
    ) -> Result<Vec<Event>, SetClientFeaturesRejection> {
        use SetClientFeaturesRejection as No;

        let client = self.client;
        let before = &tenant.clients.get(client).ok_or(No::ClientUnknown(client))?.features;
        let after = features::read(&self.features).map_err(No::Features)?;
        if *before == after {
            return Ok(Vec::new());
        }
        let owner = &ClientFeature::Owner;
        let drops_owner = before.contains(owner) && !after.contains(owner);
        if drops_owner && is_itself(&context.actor, tenant, client) {
            return Err(No::OwnOwner(client));
        }
        if drops_owner && is_last_owner(tenant, client) {
            return Err(No::LastOwner(client));
        }
        Ok(vec![ClientFeaturesSet { client, before: before.clone(), after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{acting, created, id, tenant};

    fn check(
        client: u128,
        names: &[&str],
        expected: Result<Option<ClientFeaturesSet>, SetClientFeaturesRejection>,
    ) {
        let features = names.iter().map(|name| (*name).to_owned()).collect();
        let command = SetClientFeatures { client: id(client), features };
        let expected = expected.map(|fact| fact.into_iter().map(Event::from).collect());
        assert_eq!(command.decide(&tenant(), &Context::sample(())), expected);
    }

    #[test]
    fn the_whole_list_is_replaced_and_duplicates_fold() {
        let before = [ClientFeature::DirectAccess].into();
        let after = [ClientFeature::Owner].into();
        let fact = ClientFeaturesSet { client: id(2), before, after };
        check(2, &["owner", "owner"], Ok(Some(fact)));
        check(2, &["direct_access"], Ok(None));
    }

    #[test]
    fn an_owner_that_cannot_be_used_is_not_the_last_one() {
        let (before, after) = ([ClientFeature::Owner].into(), [].into());
        check(4, &[], Ok(Some(ClientFeaturesSet { client: id(4), before, after })));
    }

    #[test]
    fn refuses_what_is_unknown_and_to_be_without_an_owner() {
        use SetClientFeaturesRejection as No;
        check(9, &[], Err(No::ClientUnknown(id(9))));
        let unknown = FeatureFault::Unknown("ninja_superuser".to_owned());
        check(2, &["ninja_superuser"], Err(No::Features(unknown)));
        check(1, &["direct_access"], Err(No::LastOwner(id(1))));
    }

    #[test]
    fn nobody_takes_owner_from_themselves() {
        let mut tenant = tenant();
        tenant.clients.created(&created(5, "other boss", &[ClientFeature::Owner]));
        let context = acting(&tenant, 1);
        let demoted = |client| {
            let command = SetClientFeatures { client, features: Vec::new() };
            command.decide(&tenant, &context).map(|facts| facts.len())
        };
        assert_eq!(demoted(id(1)), Err(SetClientFeaturesRejection::OwnOwner(id(1))));
        assert_eq!(demoted(id(5)), Ok(1));
    }
}
