//! An API client deletes itself, once no other credential of it is active (Akamai IAM v3, "Delete
//! your API client").

use domain::{Aggregate, ClientId, Credential, CredentialId, Event, Right, Tenant};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{DeleteClient, DeleteClientRejection};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Deletes an API client that asks for it itself: refused while a credential is active that did
/// not sign the request.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteOwnClient {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    /// The credential that signed the request.
    #[schemars(with = "Option<i64>")]
    pub credential: Option<CredentialId>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeleteOwnClientRejection {
    #[error(transparent)]
    Delete(DeleteClientRejection),
    #[error("other credentials of the client are active: {}", listed(.0))]
    CredentialsActive(Vec<CredentialId>),
}

fn listed(ids: &[CredentialId]) -> String {
    ids.iter().map(CredentialId::to_string).collect::<Vec<_>>().join(", ")
}

impl Rejection for DeleteOwnClientRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Delete(rejection) => rejection.refusal(),
            Self::CredentialsActive(_) => Refusal::conflict("credentials_active", Vec::new()),
        }
    }
}

impl DeleteOwnClient {
    fn delete(&self) -> DeleteClient {
        DeleteClient { client: self.client }
    }
}

impl Command for DeleteOwnClient {
    type Rejection = DeleteOwnClientRejection;
    type Fresh = ();
    const NAME: &'static str = "DeleteOwnClient";

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
        context: &Context,
    ) -> Result<Vec<Event>, DeleteOwnClientRejection> {
        use DeleteOwnClientRejection as No;

        let is_other = |(id, held): &(&CredentialId, &Credential)| {
            Some(**id) != self.credential && held.is_live(context.now)
        };
        let held = tenant.clients.get(self.client).into_iter().flat_map(|it| &it.credentials);
        let others: Vec<_> = held.filter(is_other).map(|(id, _)| *id).collect();
        if !others.is_empty() {
            return Err(No::CredentialsActive(others));
        }
        self.delete().decide(tenant, context).map_err(No::Delete)
    }

    fn vault(&self, tenant: &Tenant, context: &Context) -> Vec<VaultWrite> {
        self.delete().vault(tenant, context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{give_credential, id, tenant};
    use crate::mint::sample::kept_and_dropped;

    fn check(client: u128, credential: i64, expected: Result<&[&str], DeleteOwnClientRejection>) {
        let mut tenant = tenant();
        give_credential(&mut tenant, 2, 7, 1);
        give_credential(&mut tenant, 2, 8, -1);
        let credential = Some(CredentialId(credential));
        let command = DeleteOwnClient { client: id(client), credential };
        let decided = command.decide(&tenant, &Context::sample(()));
        let names = decided.map(|events| events.iter().map(Event::name).collect::<Vec<_>>());
        assert_eq!(names, expected.map(<[&str]>::to_vec));
    }

    #[test]
    fn a_client_goes_once_no_other_credential_of_it_is_active() {
        use DeleteOwnClientRejection as No;
        check(2, 7, Ok(&["client.deleted"]));
        check(2, 8, Err(No::CredentialsActive(vec![CredentialId(7)])));
        check(9, 7, Err(No::Delete(DeleteClientRejection::ClientUnknown(id(9)))));
    }

    #[test]
    fn its_secrets_go_with_it() {
        let mut tenant = tenant();
        give_credential(&mut tenant, 2, 7, 1);
        let command = DeleteOwnClient { client: id(2), credential: Some(CredentialId(7)) };
        let writes = command.vault(&tenant, &Context::sample(()));
        assert_eq!(kept_and_dropped(&writes)[1], ["capture2.1", "akab-7"]);
    }
}
