//! Takes an API client away for good, deleted before or not (tenant clients, "delete complete").
//! The record still knows of it; no list does.

use domain::{Aggregate, ClientId, ClientPurged, Event, Right, Tenant};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{DeleteClient, DeleteClientRejection};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Takes an API client away for good, deleted before or not.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PurgeClient {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct PurgeClientRejection(pub DeleteClientRejection);

impl Rejection for PurgeClientRejection {
    fn refusal(&self) -> Refusal {
        self.0.refusal()
    }
}

impl Command for PurgeClient {
    type Rejection = PurgeClientRejection;
    type Fresh = ();
    const NAME: &'static str = "PurgeClient";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, PurgeClientRejection> {
        let client = self.client;
        let purged = ClientPurged { client }.into();
        if tenant.clients.is_deleted(client) {
            return Ok(vec![purged]);
        }
        let deleted = DeleteClient { client }.fact(tenant).map_err(PurgeClientRejection)?;
        Ok(vec![deleted.into(), purged])
    }

    fn vault(&self, tenant: &Tenant, _: &Context) -> Vec<VaultWrite> {
        DeleteClient { client: self.client }.dropped(tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{id, tenant};

    fn names(tenant: &Tenant, client: u128) -> Result<Vec<&'static str>, PurgeClientRejection> {
        let decided = PurgeClient { client: id(client) }.decide(tenant, &Context::sample(()));
        decided.map(|events| events.iter().map(Event::name).collect())
    }

    #[test]
    fn a_client_is_deleted_first_and_purged_once() {
        let mut tenant = tenant();
        assert_eq!(names(&tenant, 2), Ok(vec!["client.deleted", "client.purged"]));
        tenant.apply(&DeleteClient { client: id(2) }.fact(&tenant).unwrap().into());
        assert_eq!(names(&tenant, 2), Ok(vec!["client.purged"]));
        tenant.apply(&ClientPurged { client: id(2) }.into());
        let unknown = DeleteClientRejection::ClientUnknown(id(2));
        assert_eq!(names(&tenant, 2), Err(PurgeClientRejection(unknown)));
    }

    #[test]
    fn the_default_client_and_the_last_owner_stay() {
        use DeleteClientRejection as No;
        assert_eq!(names(&tenant(), 3), Err(PurgeClientRejection(No::ClientIsDefault(id(3)))));
        assert_eq!(names(&tenant(), 1), Err(PurgeClientRejection(No::LastOwner(id(1)))));
    }
}
