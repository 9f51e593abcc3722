//! Deletes a credential that works no longer. It stays listed, and never comes back.

use axum::response::Response;
use commands::clients::{DeleteClientCredential, DeleteClientCredentialRejection};
use domain::Permission;

use super::{conflict, credential_id, holder};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = holder(&call, Permission::ClientAdmin).await?.client;
    let credential = credential_id(&call)?;
    call.run(DeleteClientCredential { client, credential }).await?;
    Ok(wire::no_content())
}

impl From<DeleteClientCredentialRejection> for Problem {
    fn from(rejection: DeleteClientCredentialRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            DeleteClientCredentialRejection::Credential(fault) => fault.into(),
            DeleteClientCredentialRejection::StillActive { .. } => {
                conflict("credential_active", text)
            }
        }
    }
}
