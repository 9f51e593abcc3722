//! Replaces a client's whole list of features.

use axum::response::Response;
use commands::clients::{SetClientFeatures, SetClientFeaturesRejection};
use serde_json::Map;

use super::error::CaptureError;
use super::parameters::Parameters;
use super::{features_invalid, ok, target};
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let features = parameters.list("features")?.ok_or(CaptureError::missing("features"))?;
    let client = target(&call, &parameters).await?;
    call.run(SetClientFeatures { client, features }).await?;
    Ok(ok(Map::new()))
}

impl From<SetClientFeaturesRejection> for CaptureError {
    fn from(rejection: SetClientFeaturesRejection) -> Self {
        match rejection {
            SetClientFeaturesRejection::ClientUnknown(_) => Self::not_a_valid_id("for_client_id"),
            SetClientFeaturesRejection::Features(fault) => features_invalid(&fault),
            SetClientFeaturesRejection::OwnOwner(_) => {
                Self::invalid("features", "an owner may not remove the owner feature from itself")
            }
            SetClientFeaturesRejection::LastOwner(_) => {
                Self::invalid("features", "the last owner may not lose the owner feature")
            }
        }
    }
}
