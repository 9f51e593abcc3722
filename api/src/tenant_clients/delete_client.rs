//! Deletes a client. To this dialect that is a soft deletion: the log remembers it.

use axum::http::StatusCode;
use axum::response::Response;
use commands::clients::{DeleteClient, DeleteClientRejection};
use serde_json::json;

use super::error::ClientsError;
use super::{named, ok};
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, ClientsError> {
    let client = named(&call).await?.client;
    call.run(DeleteClient { client }).await?;
    let message = "Client soft deleted successfully";
    Ok(ok(json!({"message": message, "id": client, "deleted": true})))
}

impl From<DeleteClientRejection> for ClientsError {
    fn from(rejection: DeleteClientRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            DeleteClientRejection::ClientUnknown(_) => Self::no_client(),
            DeleteClientRejection::ClientIsDefault(_) => {
                Self::forbidden("Cannot delete default client")
            }
            DeleteClientRejection::LastOwner(_) => Self::last_owner(text),
        }
    }
}

impl ClientsError {
    /// The last client that can administer all others may not be put out of use.
    pub(super) fn last_owner(text: String) -> Self {
        Self::new(StatusCode::CONFLICT, "LAST_OWNER", "Conflict", text)
    }
}
