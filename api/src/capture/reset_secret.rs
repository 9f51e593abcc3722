//! Gives a client a new secret; the one before lives some hours longer, or not at all.

use axum::response::Response;
use commands::clients::{ResetClientSecret, ResetClientSecretRejection};
use serde_json::{Map, json};

use super::error::CaptureError;
use super::parameters::Parameters;
use super::{named, ok};
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let id = parameters.required("for_client_id")?;
    // A library leaves it out where it means 0.
    let hours_to_live = match parameters.get("hours_to_live") {
        Some(text) => text.parse().map_err(|_| hours_invalid())?,
        None => 0,
    };
    let client = named(&call, "for_client_id", id).await?.client;
    let (_, granted) = call.run(ResetClientSecret { client, hours_to_live }).await?;
    let secret = json!(granted.fresh.expose());
    Ok(ok(Map::from_iter([("new_secret".to_owned(), secret)])))
}

fn hours_invalid() -> CaptureError {
    CaptureError::invalid("hours_to_live", "it must be an integer from 0 to 168")
}

impl From<ResetClientSecretRejection> for CaptureError {
    fn from(rejection: ResetClientSecretRejection) -> Self {
        match rejection {
            ResetClientSecretRejection::ClientUnknown(_) => Self::not_a_valid_id("for_client_id"),
            ResetClientSecretRejection::HoursOutOfRange(_) => hours_invalid(),
        }
    }
}
