//! Unsets all of an organization's flags.

use axum::response::Response;
use commands::features::{ResetFeatures, ResetFeaturesRejection};
use domain::Level;
use serde_json::json;

use super::error::ZitadelError;
use super::{details, level_fault, ok, organization};
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, ZitadelError> {
    let organization = organization(&call, "ResetOrganizationFeaturesRequest")?;
    let (_, granted) = call.run(ResetFeatures { on: Level::Organization(organization) }).await?;
    Ok(ok(json!({"details": details(granted.details.as_ref())})))
}

impl From<ResetFeaturesRejection> for ZitadelError {
    fn from(rejection: ResetFeaturesRejection) -> Self {
        match rejection {
            ResetFeaturesRejection::Level(fault) => level_fault(&fault),
        }
    }
}
