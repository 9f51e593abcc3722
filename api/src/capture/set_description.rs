//! Gives a client another description, which is its name in the other dialects.

use axum::response::Response;
use commands::clients::{RenameClient, RenameClientRejection};
use serde_json::Map;

use super::error::CaptureError;
use super::parameters::Parameters;
use super::{ok, target};
use crate::call::Call;

const ARGUMENT: &str = "description";

pub(super) async fn handle(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let name = parameters.required(ARGUMENT)?.to_owned();
    let client = target(&call, &parameters).await?;
    call.run(RenameClient { client, name }).await?;
    Ok(ok(Map::new()))
}

impl From<RenameClientRejection> for CaptureError {
    fn from(rejection: RenameClientRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            RenameClientRejection::ClientUnknown(_) => Self::not_a_valid_id("for_client_id"),
            RenameClientRejection::NameInvalid => Self::invalid(ARGUMENT, text),
            RenameClientRejection::NameTaken(_) => Self::name_taken(ARGUMENT),
        }
    }
}
