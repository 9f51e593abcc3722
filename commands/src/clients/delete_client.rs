//! Deletes an API client with all its secrets (Akamai IAM v3, "Delete an API client"; Capture,
//! `clients/delete`).

use domain::{Aggregate, Client, ClientDeleted, ClientId, Event, Right, Tenant};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;

use super::credential::drop_secret_of;
use super::{drop_secret, is_last_owner};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Deletes an API client with all its secrets.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteClient {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeleteClientRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("client {0} is the tenant's default client and cannot be deleted")]
    ClientIsDefault(ClientId),
    #[error("client {0} is the last usable one that holds `owner`")]
    LastOwner(ClientId),
}

impl Rejection for DeleteClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::ClientIsDefault(_) => Refusal::forbidden("client_is_default").about("client"),
            Self::LastOwner(client) => {
                Refusal::conflict("last_owner", vec![Aggregate::client(*client)])
            }
        }
    }
}

impl DeleteClient {
    /// The fact it comes to.
    pub(super) fn fact(&self, tenant: &Tenant) -> Result<ClientDeleted, DeleteClientRejection> {
        use DeleteClientRejection as No;

        let client = self.client;
        let found = tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        if found.is_default {
            return Err(No::ClientIsDefault(client));
        }
        if is_last_owner(tenant, client) {
            return Err(No::LastOwner(client));
        }
        let kept = found.credentials.iter().filter(|(_, held)| !held.is_deleted());
        Ok(ClientDeleted {
            client,
            name: found.name.clone(),
            features: found.features.clone(),
            tags: found.tags.clone(),
            credentials: kept.map(|(id, _)| *id).collect(),
            was_active: found.is_active,
        })
    }

    /// Takes all that it can sign in with out of the vault.
    pub(super) fn dropped(&self, tenant: &Tenant) -> Vec<VaultWrite> {
        tenant.clients.get(self.client).map(|client| secrets(tenant, client)).unwrap_or_default()
    }
}

impl Command for DeleteClient {
    type Rejection = DeleteClientRejection;
    type Fresh = ();
    const NAME: &'static str = "DeleteClient";
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

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, DeleteClientRejection> {
        Ok(vec![self.fact(tenant)?.into()])
    }

    fn vault(&self, tenant: &Tenant, _: &Context) -> Vec<VaultWrite> {
        self.dropped(tenant)
    }
}

/// Takes all that a client can sign in with out of the vault. Bearer tokens it holds end with
/// their holder.
fn secrets(tenant: &Tenant, client: &Client) -> Vec<VaultWrite> {
    let newest = client.secret_generation;
    // The one before the newest may still be in its time of grace.
    let generations = (newest - 1).max(1)..=newest;
    let credentials = client.credentials.values().filter(|held| !held.is_deleted());
    let credentials = credentials.map(|held| drop_secret_of(tenant, held));
    generations.map(|number| drop_secret(tenant, client, number)).chain(credentials).collect()
}

#[cfg(test)]
mod tests {
    use domain::{ClientFeature, ClientSecretReset, CredentialId};

    use super::*;
    use crate::clients::sample::{give_credential, id, tenant};
    use crate::mint::sample::kept_and_dropped;

    fn check(client: u128, expected: Result<Vec<Event>, DeleteClientRejection>) {
        let command = DeleteClient { client: id(client) };
        assert_eq!(command.decide(&tenant(), &Context::sample(())), expected);
    }

    #[test]
    fn a_client_goes_and_says_what_it_was() {
        check(
            2,
            Ok(vec![
                ClientDeleted {
                    client: id(2),
                    name: "robot".to_owned(),
                    features: [ClientFeature::DirectAccess].into(),
                    tags: [].into(),
                    credentials: Vec::new(),
                    was_active: true,
                }
                .into(),
            ]),
        );
    }

    #[test]
    fn refuses_an_unknown_client_the_default_one_and_the_last_owner() {
        use DeleteClientRejection as No;
        check(9, Err(No::ClientUnknown(id(9))));
        check(3, Err(No::ClientIsDefault(id(3))));
        check(1, Err(No::LastOwner(id(1))));
    }

    #[test]
    fn every_secret_goes_with_it() {
        let (mut tenant, context) = (tenant(), Context::sample(()));
        give_credential(&mut tenant, 2, 7, 1);
        give_credential(&mut tenant, 2, 8, 1);
        let command = DeleteClient { client: id(2) };
        let dropped = |tenant: &Tenant| {
            let writes = command.vault(tenant, &context);
            kept_and_dropped(&writes).map(|ids| ids.join(" "))
        };
        assert_eq!(dropped(&tenant), ["", "capture2.1 akab-7 akab-8"]);
        tenant.clients.secret_reset(&ClientSecretReset {
            client: id(2),
            generation: 3,
            grace_until: Some(context.now),
            ends_at: context.now,
            credentials: vec![CredentialId(7)],
            tokens: Vec::new(),
        });
        assert_eq!(dropped(&tenant), ["", "capture2.2 capture2.3 akab-7 akab-8"]);
    }
}
