//! Makes an EdgeGrid credential inactive: nothing signed with it is let in (Akamai IAM v3,
//! "Deactivate a credential").

use domain::{
    Aggregate, ClientCredentialDeactivated, ClientId, CredentialId, CredentialStatus, Event, Right,
    Tenant,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::credential::{CredentialFault, held};
use crate::{Command, Context, Mint};

/// Makes an EdgeGrid credential inactive: nothing signed with it is let in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeactivateClientCredential {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    #[schemars(with = "i64")]
    pub credential: CredentialId,
}

impl Command for DeactivateClientCredential {
    type Rejection = CredentialFault;
    type Fresh = ();
    const NAME: &'static str = "DeactivateClientCredential";
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

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, CredentialFault> {
        let (client, credential) = (self.client, self.credential);
        match held(tenant, client, credential)?.terms.status {
            CredentialStatus::Active => {
                Ok(vec![ClientCredentialDeactivated { client, credential }.into()])
            }
            CredentialStatus::Inactive | CredentialStatus::Deleted => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{give_credential, id, tenant};

    fn check(client: u128, credential: i64, expected: Result<usize, CredentialFault>) {
        let mut tenant = tenant();
        give_credential(&mut tenant, 2, 7, 1);
        give_credential(&mut tenant, 2, 8, 1);
        let (client, credential) = (id(client), CredentialId(credential));
        let inactive = ClientCredentialDeactivated { client, credential: CredentialId(8) };
        tenant.clients.credential_deactivated(&inactive);
        let command = DeactivateClientCredential { client, credential };
        let fact = ClientCredentialDeactivated { client, credential };
        let expected = expected.map(|n| vec![Event::from(fact); n]);
        assert_eq!(command.decide(&tenant, &Context::sample(())), expected);
    }

    #[test]
    fn a_credential_is_made_inactive_once() {
        check(2, 7, Ok(1));
        check(2, 8, Ok(0));
    }

    #[test]
    fn refuses_what_is_unknown_or_anothers() {
        use CredentialFault as No;
        let unknown = |client, credential| {
            Err(No::CredentialUnknown { client: id(client), credential: CredentialId(credential) })
        };
        check(9, 7, Err(No::ClientUnknown(id(9))));
        check(2, 9, unknown(2, 9));
        check(1, 7, unknown(1, 7));
    }
}
