//! Deletes an API client: one that the path names, with active credentials or without, or the
//! caller itself, once no other credential than the one that signed is active.

use axum::http::StatusCode;
use axum::response::Response;
use commands::clients::{
    DeleteClient, DeleteClientRejection, DeleteOwnClient, DeleteOwnClientRejection,
};
use domain::Permission;

use super::{itself, last_owner, named};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = named(&call, Permission::ClientAdmin).await?;
    call.run(DeleteClient { client: client.client }).await?;
    Ok(wire::no_content())
}

pub(super) async fn of_self(call: Call) -> Result<Response, Problem> {
    let client = itself(&call).await?;
    let credential = call.caller.client.as_ref().and_then(|calling| calling.credential);
    call.run(DeleteOwnClient { client: client.client, credential }).await?;
    Ok(wire::no_content())
}

impl From<DeleteClientRejection> for Problem {
    fn from(rejection: DeleteClientRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            DeleteClientRejection::ClientUnknown(_) => Self::no_client(),
            DeleteClientRejection::ClientIsDefault(_) => Self::no_access(text),
            DeleteClientRejection::LastOwner(_) => last_owner(text),
        }
    }
}

impl From<DeleteOwnClientRejection> for Problem {
    fn from(rejection: DeleteOwnClientRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            DeleteOwnClientRejection::Delete(rejection) => rejection.into(),
            DeleteOwnClientRejection::CredentialsActive(_) => {
                Self::identity(StatusCode::CONFLICT, "credentials_active", "Conflict", text)
            }
        }
    }
}
