//! Deletes an API client, with active credentials or without.

use axum::http::StatusCode;
use axum::response::Response;
use commands::clients::{DeleteClient, DeleteClientRejection};
use domain::Permission;

use super::{last_owner, named};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = named(&call, Permission::ClientAdmin).await?;
    call.run(DeleteClient { client: client.client }).await?;
    Ok(wire::no_content())
}

impl From<DeleteClientRejection> for Problem {
    fn from(rejection: DeleteClientRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            DeleteClientRejection::ClientUnknown(_) => Self::no_client(),
            DeleteClientRejection::ClientIsDefault(_) => {
                Self::identity(StatusCode::FORBIDDEN, "3", "no access", text)
            }
            DeleteClientRejection::LastOwner(_) => last_owner(text),
        }
    }
}
