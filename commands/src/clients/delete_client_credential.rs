//! Deletes an EdgeGrid credential that works no longer, with its secret (Akamai IAM v3, "Remove a
//! credential"). It stays listed.

use domain::{Aggregate, ClientCredentialDeleted, ClientId, CredentialId, Event, Right, Tenant};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;

use super::credential::{CredentialFault, drop_secret_of, held};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Deletes an EdgeGrid credential that works no longer, with its secret. It stays listed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteClientCredential {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    #[schemars(with = "i64")]
    pub credential: CredentialId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeleteClientCredentialRejection {
    #[error(transparent)]
    Credential(#[from] CredentialFault),
    #[error("credential {credential} is active; deactivate it first")]
    StillActive { client: ClientId, credential: CredentialId },
}

impl Rejection for DeleteClientCredentialRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Credential(fault) => fault.refusal(),
            Self::StillActive { client, .. } => {
                Refusal::conflict("credential_active", vec![Aggregate::client(*client)])
            }
        }
    }
}

impl Command for DeleteClientCredential {
    type Rejection = DeleteClientCredentialRejection;
    type Fresh = ();
    const NAME: &'static str = "DeleteClientCredential";
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
        context: &Context,
    ) -> Result<Vec<Event>, DeleteClientCredentialRejection> {
        let (client, credential) = (self.client, self.credential);
        let held = held(tenant, client, credential)?;
        if held.is_live(context.now) {
            return Err(DeleteClientCredentialRejection::StillActive { client, credential });
        }
        let before = held.terms.clone();
        Ok(vec![ClientCredentialDeleted { client, credential, before }.into()])
    }

    fn vault(&self, tenant: &Tenant, _: &Context) -> Vec<VaultWrite> {
        let held = held(tenant, self.client, self.credential).into_iter();
        held.map(|held| drop_secret_of(tenant, held)).collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::ClientCredentialDeactivated;

    use super::*;
    use crate::clients::sample::{give_credential, id, tenant};
    use crate::mint::sample::kept_and_dropped;

    #[test]
    fn what_works_no_longer_is_deleted_once_with_its_secret() {
        use DeleteClientCredentialRejection as No;
        let (mut tenant, context, client) = (tenant(), Context::sample(()), id(2));
        give_credential(&mut tenant, 2, 7, 1);
        give_credential(&mut tenant, 2, 8, -1);
        let delete = |credential| DeleteClientCredential { client, credential };
        let active = CredentialId(7);
        let refused = Err(No::StillActive { client, credential: active });
        assert_eq!(delete(active).decide(&tenant, &context), refused);
        let off = ClientCredentialDeactivated { client, credential: active };
        tenant.clients.credential_deactivated(&off);
        for credential in [active, CredentialId(8)] {
            let before = tenant.clients.get(client).unwrap().credentials[&credential].terms.clone();
            let fact = ClientCredentialDeleted { client, credential, before };
            let decided = delete(credential).decide(&tenant, &context);
            assert_eq!(decided, Ok(vec![fact.clone().into()]));
            let writes = delete(credential).vault(&tenant, &context);
            let token = format!("akab-{credential}");
            assert_eq!(kept_and_dropped(&writes), [vec![], vec![token.as_str()]]);
            tenant.clients.credential_deleted(&fact);
            let gone = CredentialFault::CredentialDeleted { client, credential };
            assert_eq!(delete(credential).decide(&tenant, &context), Err(gone.into()));
        }
    }

    #[test]
    fn refuses_what_is_unknown_or_anothers() {
        let mut tenant = tenant();
        give_credential(&mut tenant, 2, 7, -1);
        for (client, credential) in [(id(1), CredentialId(7)), (id(2), CredentialId(8))] {
            let command = DeleteClientCredential { client, credential };
            let unknown = CredentialFault::CredentialUnknown { client, credential };
            assert_eq!(command.decide(&tenant, &Context::sample(())), Err(unknown.into()));
        }
    }
}
