//! Activates a client, or deactivates it. Every dialect refuses an inactive client's calls.

use axum::response::Response;
use commands::clients::{
    ActivateClient, ActivateClientRejection, DeactivateClient, DeactivateClientRejection,
};
use serde_json::json;

use super::error::ClientsError;
use super::show::show;
use super::{named, ok};
use crate::call::Call;

pub(super) async fn activate(call: Call) -> Result<Response, ClientsError> {
    let client = named(&call).await?.client;
    let (call, _) = call.run(ActivateClient { client }).await?;
    changed(&call, "Client activated successfully").await
}

pub(super) async fn deactivate(call: Call) -> Result<Response, ClientsError> {
    let client = named(&call).await?.client;
    let (call, _) = call.run(DeactivateClient { client }).await?;
    changed(&call, "Client deactivated successfully").await
}

async fn changed(call: &Call, message: &str) -> Result<Response, ClientsError> {
    let client = named(call).await?;
    Ok(ok(json!({"message": message, "client": show(&client)})))
}

impl From<ActivateClientRejection> for ClientsError {
    fn from(rejection: ActivateClientRejection) -> Self {
        match rejection {
            ActivateClientRejection::ClientUnknown(_) => Self::no_client(),
        }
    }
}

impl From<DeactivateClientRejection> for ClientsError {
    fn from(rejection: DeactivateClientRejection) -> Self {
        match rejection {
            DeactivateClientRejection::ClientUnknown(_) => Self::no_client(),
            DeactivateClientRejection::ClientIsDefault(_) => {
                Self::forbidden("The default client cannot be deactivated")
            }
        }
    }
}
