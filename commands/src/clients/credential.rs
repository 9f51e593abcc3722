//! What all commands on a credential that is there have in common.

use chrono::{DateTime, Utc};
use domain::{Aggregate, ClientId, Credential, CredentialId, Tenant};
use eventlog::{VaultKind, VaultWrite};

use super::create_client_credential::CREDENTIAL_LIFETIME;
use crate::{Refusal, Rejection};

/// Why nothing can be done to a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialFault {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("client {client} has no credential {credential}")]
    CredentialUnknown { client: ClientId, credential: CredentialId },
    #[error("credential {credential} of client {client} was deleted")]
    CredentialDeleted { client: ClientId, credential: CredentialId },
}

impl Rejection for CredentialFault {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::CredentialUnknown { .. } => {
                Refusal::not_found("credential_unknown", "credential")
            }
            Self::CredentialDeleted { client, .. } => {
                Refusal::conflict("credential_deleted", vec![Aggregate::client(*client)])
            }
        }
    }
}

/// The credential, if its client has it and it was not deleted.
pub(super) fn held(
    tenant: &Tenant,
    client: ClientId,
    credential: CredentialId,
) -> Result<&Credential, CredentialFault> {
    use CredentialFault as No;

    let found = tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
    let held = found.credentials.get(&credential);
    let held = held.ok_or(No::CredentialUnknown { client, credential })?;
    if held.is_deleted() { Err(No::CredentialDeleted { client, credential }) } else { Ok(held) }
}

/// The latest instant that a credential's expiry can be put off to: two years from now, or the
/// instant at which a reset of its client's secret ends it.
pub fn latest_expiry(held: &Credential, now: DateTime<Utc>) -> DateTime<Utc> {
    let latest = now.checked_add_months(CREDENTIAL_LIFETIME).unwrap_or(now);
    held.ends_at.map_or(latest, |end| end.min(latest))
}

/// Takes a credential's secret out of the vault.
pub(super) fn drop_secret_of(tenant: &Tenant, held: &Credential) -> VaultWrite {
    VaultWrite::Delete {
        kind: VaultKind::EdgeGrid,
        public_id: held.client_token.clone(),
        tenant: tenant.id.clone(),
    }
}
