//! Commands on API clients: one aggregate, whichever dialect asks.

mod activate_client;
mod activity;
mod change_client_mfa;
mod change_settings;
mod clear_client_allow_list;
mod contact;
mod create_api_client;
mod create_client;
mod create_client_credential;
mod create_restricted_client;
mod credential;
mod deactivate_all_client_credentials;
mod deactivate_client;
mod deactivate_client_credential;
mod delete_client;
mod delete_client_credential;
mod delete_own_client;
mod describe_client;
mod edit_client;
mod edit_client_credential;
mod end_secret_grace;
mod features;
mod grant_client_role;
mod lock_client;
mod notified;
mod purge_client;
mod reach;
mod register_client;
mod rename_client;
mod replace_client;
mod reset_client_secret;
mod revoke_client_role;
mod set_client_allow_list;
mod set_client_features;
mod unlock_client;
mod update_client;
mod usage;

pub use activate_client::{ActivateClient, ActivateClientRejection};
pub use activity::{ACTIVE, StatusFault};
pub use change_client_mfa::{ChangeClientMfa, ChangeClientMfaRejection, MFA_METHODS, MfaStep};
pub use change_settings::{ChangeSettings, ChangeSettingsRejection};
pub use clear_client_allow_list::{ClearClientAllowList, ClearClientAllowListRejection};
pub use contact::{ClearEmail, EmailFault, SealedEmail};
pub use create_api_client::{CreateApiClient, CreateApiClientRejection, FreshApiClient};
pub use create_client::{CreateClient, CreateClientRejection, FreshClient};
pub use create_client_credential::{
    CREDENTIAL_LIFETIME, CreateClientCredential, CreateClientCredentialRejection, FreshCredential,
    access_token,
};
pub use create_restricted_client::{CreateRestrictedClient, CreateRestrictedClientRejection};
pub use credential::{CredentialFault, latest_expiry};
pub use deactivate_all_client_credentials::{
    DeactivateAllClientCredentials, DeactivateAllClientCredentialsRejection,
};
pub use deactivate_client::{DeactivateClient, DeactivateClientRejection};
pub use deactivate_client_credential::DeactivateClientCredential;
pub use delete_client::{DeleteClient, DeleteClientRejection};
pub use delete_client_credential::{DeleteClientCredential, DeleteClientCredentialRejection};
pub use delete_own_client::{DeleteOwnClient, DeleteOwnClientRejection};
pub use describe_client::{DescribeClient, DescribeClientRejection};
pub use edit_client::{EditClient, EditClientRejection, FreshEmails};
pub use edit_client_credential::{EditClientCredential, EditClientCredentialRejection};
pub use end_secret_grace::{EndSecretGrace, EndSecretGraceRejection};
pub use features::FeatureFault;
pub use grant_client_role::{GrantClientRole, GrantClientRoleRejection};
pub use lock_client::{LockClient, LockClientRejection};
pub use notified::{ClearEmails, DrawnEmails, EmailsFault, SealedEmails};
pub use purge_client::{PurgeClient, PurgeClientRejection};
pub use reach::{ReachFault, WantedAccess, WantedApi, WantedGroup};
pub use register_client::{
    CLIENT_TYPES, FreshRegistration, RegisterClient, RegisterClientRejection,
};
pub use rename_client::{RenameClient, RenameClientRejection};
pub use replace_client::{ReplaceClient, ReplaceClientRejection};
pub use reset_client_secret::{ResetClientSecret, ResetClientSecretRejection};
pub use revoke_client_role::{RevokeClientRole, RevokeClientRoleRejection};
pub use set_client_allow_list::{BlocksFault, SetClientAllowList, SetClientAllowListRejection};
pub use set_client_features::{SetClientFeatures, SetClientFeaturesRejection};
pub use unlock_client::{UnlockClient, UnlockClientRejection};
pub use update_client::{FreshEmail, UpdateClient, UpdateClientRejection};
pub use usage::{UsageFault, WantedIpAcl, WantedPurge, WantedUsage};

use domain::{Actor, ActorKind, CaptureClientId, Client, ClientFeature, ClientId, Tenant};
use eventlog::{VaultKind, VaultWrite};

/// How many characters a client's name and its description may have.
const NAME_MAX: usize = 256;
const DESCRIPTION_MAX: usize = 1000;
/// How many characters a tag may have.
const TAG_MAX: usize = 100;

/// Whether this client holds `owner` and no other one could use it: then it stays. A lock may leave
/// a tenant without a usable owner for a while, since it can be taken back; this could not.
fn is_last_owner(tenant: &Tenant, client: ClientId) -> bool {
    let owns = |found: &Client| found.features.contains(&ClientFeature::Owner);
    tenant.clients.get(client).is_some_and(owns)
        && tenant.clients.usable_owners().all(|other| other == client)
}

/// Whether a client asks for this itself.
fn is_itself(actor: &Actor, tenant: &Tenant, client: ClientId) -> bool {
    actor.kind == ActorKind::Client && actor.home == tenant.id && actor.id == client.to_string()
}

/// Under what the vault keeps a client's secret of that number.
fn secret_id(client: &CaptureClientId, generation: i64) -> String {
    format!("{client}.{generation}")
}

/// Takes a client's secret of that number out of the vault.
fn drop_secret(tenant: &Tenant, client: &Client, generation: i64) -> VaultWrite {
    let (kind, tenant) = (VaultKind::ClientSecret, tenant.id.clone());
    VaultWrite::Delete { kind, public_id: secret_id(&client.capture_id, generation), tenant }
}

#[cfg(test)]
mod histories;
#[cfg(test)]
pub(crate) mod sample;
