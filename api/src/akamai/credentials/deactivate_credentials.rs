//! Makes all credentials of an API client inactive. The client and its credentials stay.

use axum::response::Response;
use commands::clients::{DeactivateAllClientCredentials, DeactivateAllClientCredentialsRejection};
use domain::Permission;

use super::holder;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = holder(&call, Permission::ClientAdmin).await?.client;
    call.run(DeactivateAllClientCredentials { client }).await?;
    Ok(wire::no_content())
}

impl From<DeactivateAllClientCredentialsRejection> for Problem {
    fn from(rejection: DeactivateAllClientCredentialsRejection) -> Self {
        match rejection {
            DeactivateAllClientCredentialsRejection::ClientUnknown(_) => Self::no_client(),
        }
    }
}
