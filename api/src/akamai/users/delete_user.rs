//! Deletes a user who owns no API client.

use axum::response::Response;
use commands::users::{DeleteUser, DeleteUserRejection};

use super::{basic_info, named};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let user = named(&call).await?.user;
    call.run(DeleteUser { user }).await?;
    Ok(wire::no_content())
}

impl From<DeleteUserRejection> for Problem {
    fn from(rejection: DeleteUserRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            DeleteUserRejection::UserUnknown(user) => Self::no_user(user),
            DeleteUserRejection::OwnsClients { clients, .. } => {
                basic_info::conflict("user_owns_clients", text).blocked_by(&clients)
            }
            DeleteUserRejection::Lacking(_) => Self::not_authorized(&text),
        }
    }
}
