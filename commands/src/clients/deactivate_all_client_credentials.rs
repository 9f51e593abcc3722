//! Makes all EdgeGrid credentials of a client inactive (Akamai IAM v3, "Deactivate credentials").
//! The client and its credentials stay.

use domain::{
    Aggregate, ClientCredentialDeactivated, ClientId, CredentialStatus, Event, Right, Tenant,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Makes all EdgeGrid credentials of a client inactive. The client and its credentials stay.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeactivateAllClientCredentials {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeactivateAllClientCredentialsRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
}

impl Rejection for DeactivateAllClientCredentialsRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
        }
    }
}

impl Command for DeactivateAllClientCredentials {
    type Rejection = DeactivateAllClientCredentialsRejection;
    type Fresh = ();
    const NAME: &'static str = "DeactivateAllClientCredentials";
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

    fn decide(
        &self,
        tenant: &Tenant,
        _: &Context,
    ) -> Result<Vec<Event>, DeactivateAllClientCredentialsRejection> {
        let client = self.client;
        let unknown = DeactivateAllClientCredentialsRejection::ClientUnknown(client);
        let held = &tenant.clients.get(client).ok_or(unknown)?.credentials;
        let active = held.iter().filter(|(_, it)| it.terms.status == CredentialStatus::Active);
        let facts = active.map(|(id, _)| ClientCredentialDeactivated { client, credential: *id });
        Ok(facts.map(Event::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use domain::CredentialId;

    use super::*;
    use crate::clients::sample::{give_credential, id, tenant};

    #[test]
    fn every_credential_that_is_active_is_made_inactive() {
        let (mut tenant, client) = (tenant(), id(2));
        give_credential(&mut tenant, 1, 6, 1);
        for credential in [7, 8, 9] {
            give_credential(&mut tenant, 2, credential, 1);
        }
        let fact = |credential| ClientCredentialDeactivated {
            client,
            credential: CredentialId(credential),
        };
        tenant.clients.credential_deactivated(&fact(8));
        let command = DeactivateAllClientCredentials { client };
        let decided = command.decide(&tenant, &Context::sample(())).unwrap();
        assert_eq!(decided, [fact(7).into(), fact(9).into()]);
        for event in &decided {
            tenant.apply(event);
        }
        assert_eq!(command.decide(&tenant, &Context::sample(())), Ok(Vec::new()));
        let unknown = DeactivateAllClientCredentials { client: id(9) };
        let refused = Err(DeactivateAllClientCredentialsRejection::ClientUnknown(id(9)));
        assert_eq!(unknown.decide(&tenant, &Context::sample(())), refused);
    }
}
