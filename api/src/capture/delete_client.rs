//! Deletes a client.

use axum::response::Response;
use commands::clients::{DeleteClient, DeleteClientRejection};
use serde_json::Map;

use super::error::CaptureError;
use super::parameters::Parameters;
use super::{named, ok};
use crate::call::Call;

const ARGUMENT: &str = "client_id_for_deletion";

pub(super) async fn handle(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let id = parameters.required(ARGUMENT)?;
    let client = named(&call, ARGUMENT, id).await?.client;
    call.run(DeleteClient { client }).await?;
    Ok(ok(Map::new()))
}

impl From<DeleteClientRejection> for CaptureError {
    fn from(rejection: DeleteClientRejection) -> Self {
        match rejection {
            DeleteClientRejection::ClientUnknown(_) => Self::not_a_valid_id(ARGUMENT),
            DeleteClientRejection::ClientIsDefault(_) => {
                Self::invalid(ARGUMENT, "the default client may not be deleted")
            }
            DeleteClientRejection::LastOwner(_) => {
                Self::invalid(ARGUMENT, "the last owner may not be deleted")
            }
        }
    }
}
