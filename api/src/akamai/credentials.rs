//! EdgeGrid credentials of API clients: of the caller itself, or of a client that the path names.
//!
//! Reading them takes what reading the client takes, changing them `client.admin`, but a client may
//! change its own in any case. One that expired or that a reset of its client's secret ended shows
//! as `INACTIVE`. Deleted ones stay listed. What was deleted, or is active and to be deleted, is
//! answered 409, since no number of the vendor's is known for it.

mod create_credential;
mod deactivate_credential;
mod deactivate_credentials;
mod delete_credential;
mod edit_credential;
mod get_credential;
mod list_credentials;
pub(super) mod show;

use axum::http::{Method, StatusCode};
use commands::clients::CredentialFault;
use domain::{ClientUsage, CredentialId, Permission};
use projections::client_access;
use projections::clients::{self, ClientRow, CredentialRow};

use super::Akamai;
use super::api_clients::{itself, named, reaches};
use super::forest::Forest;
use super::problem::Problem;
use super::wire;
use crate::call::Call;
use crate::dialect::{Dialect, Needs};
use crate::fault::Fault;

#[rustfmt::skip]
pub(super) fn operations(akamai: Dialect<Akamai>) -> Dialect<Akamai> {
    let known = Needs::SignedIn;
    akamai
        .op("get-self-credentials",              Method::GET,    "/api-clients/self/credentials",                                 known, list_credentials::handle)
        .op("post-self-credentials",             Method::POST,   "/api-clients/self/credentials",                                 known, create_credential::handle)
        .op("post-self-credentials-deactivate",  Method::POST,   "/api-clients/self/credentials/deactivate",                      known, deactivate_credentials::handle)
        .op("get-self-credential",               Method::GET,    "/api-clients/self/credentials/{credentialId}",                  known, get_credential::handle)
        .op("put-self-credential",               Method::PUT,    "/api-clients/self/credentials/{credentialId}",                  known, edit_credential::handle)
        .op("delete-self-credential",            Method::DELETE, "/api-clients/self/credentials/{credentialId}",                  known, delete_credential::handle)
        .op("post-self-credential-deactivate",   Method::POST,   "/api-clients/self/credentials/{credentialId}/deactivate",       known, deactivate_credential::handle)
        .op("get-client-credentials",            Method::GET,    "/api-clients/{clientId}/credentials",                           known, list_credentials::handle)
        .op("post-client-credentials",           Method::POST,   "/api-clients/{clientId}/credentials",                           known, create_credential::handle)
        .op("post-client-credentials-deactivate", Method::POST,  "/api-clients/{clientId}/credentials/deactivate",                known, deactivate_credentials::handle)
        .op("get-client-credential",             Method::GET,    "/api-clients/{clientId}/credentials/{credentialId}",            known, get_credential::handle)
        .op("put-client-credential",             Method::PUT,    "/api-clients/{clientId}/credentials/{credentialId}",            known, edit_credential::handle)
        .op("delete-client-credential",          Method::DELETE, "/api-clients/{clientId}/credentials/{credentialId}",            known, delete_credential::handle)
        .op("post-client-credential-deactivate", Method::POST,   "/api-clients/{clientId}/credentials/{credentialId}/deactivate", known, deactivate_credential::handle)
}

/// What the caller may do to a client's credentials.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leave {
    changes: bool,
    puts_off: bool,
}

impl Leave {
    /// A client may change its own, and whoever administers a client may its. How long those last
    /// that follow a user is nobody's to say.
    pub(super) fn of(
        call: &Call,
        forest: &Forest,
        client: &ClientRow,
        usage: &ClientUsage,
    ) -> Self {
        let calling = call.caller.client.as_ref();
        let is_itself = calling.is_some_and(|calling| calling.id == client.client);
        let changes = is_itself || reaches(call, forest, Permission::ClientAdmin, client);
        Self { changes, puts_off: changes && !usage.follows_user(client.kind) }
    }

    /// The same, where how the client is used has to be asked first.
    async fn to(call: &Call, client: &ClientRow) -> Result<Self, Fault> {
        let forest = Forest::of(call).await?;
        let access = client_access::one(&call.views, &client.tenant, client.client).await?;
        let usage = access.map(|row| row.usage).unwrap_or_default();
        Ok(Self::of(call, &forest, client, &usage))
    }
}

/// The client whose credentials the request is about: the caller where the path names none. What
/// is to be done with them takes `permission`, or to be that client.
async fn holder(call: &Call, permission: Permission) -> Result<ClientRow, Problem> {
    let id = call.request.param("clientId");
    if id.is_empty() {
        return itself(call).await;
    }
    match itself(call).await {
        Ok(own) if own.akamai_id.as_str() == id => Ok(own),
        Ok(_) | Err(_) => named(call, permission).await,
    }
}

/// The credential that the path names, of that client.
async fn credential(call: &Call, client: &ClientRow) -> Result<CredentialRow, Problem> {
    let id = credential_id(call)?;
    let all = clients::credentials_of(&call.views, &client.tenant, client.client).await;
    let found = all.map_err(Fault::from)?.into_iter().find(|held| held.credential == id);
    found.ok_or_else(|| no_credential(id))
}

fn credential_id(call: &Call) -> Result<CredentialId, Problem> {
    Ok(CredentialId(wire::path_id(&call.request, "credentialId")?))
}

/// No such credential, or not one of this client.
fn no_credential(id: CredentialId) -> Problem {
    let detail = format!("The API client has no credential {id}.");
    Problem::identity(StatusCode::NOT_FOUND, "25", "ERROR_NO_CREDENTIAL", detail)
}

/// It does not go with the state that the credential is in.
fn conflict(code: &str, text: String) -> Problem {
    Problem::identity(StatusCode::CONFLICT, code, "Conflict", text)
}

impl From<CredentialFault> for Problem {
    fn from(fault: CredentialFault) -> Self {
        let text = fault.to_string();
        match fault {
            CredentialFault::ClientUnknown(_) => Self::no_client(),
            CredentialFault::CredentialUnknown { credential, .. } => no_credential(credential),
            CredentialFault::CredentialDeleted { .. } => conflict("credential_deleted", text),
        }
    }
}
