//! Sets an organization's flags; those that are not named stay as they are.

use axum::response::Response;
use commands::features::{SetFeatures, SetFeaturesRejection};
use domain::Level;
use serde_json::json;

use super::error::{Code, ZitadelError};
use super::{details, flags, level_fault, ok, organization};
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, ZitadelError> {
    let organization = organization(&call, "SetOrganizationFeaturesRequest")?;
    let body = call.request.json().map_err(|error| {
        ZitadelError::bare(Code::InvalidArgument, format!("the body is not JSON: {error}"))
    })?;
    let command = SetFeatures { on: Level::Organization(organization), flags: flags::read(body)? };
    let (_, granted) = call.run(command).await?;
    Ok(ok(json!({"details": details(granted.details.as_ref())})))
}

impl From<SetFeaturesRejection> for ZitadelError {
    fn from(rejection: SetFeaturesRejection) -> Self {
        use SetFeaturesRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::Level(fault) => level_fault(&fault),
            No::FlagUnknown(_) | No::FlagTwice(_) | No::ValueInvalid(_) => {
                Self::bare(Code::InvalidArgument, text)
            }
            No::NothingToSet(_) => {
                Self::new(Code::InvalidArgument, "COMMAND-Vigh1", "Errors.NoChangesFound")
            }
        }
    }
}
