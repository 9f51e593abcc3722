//! Deletes a custom role that nobody holds.

use axum::http::StatusCode;
use axum::response::Response;
use commands::roles::{DeleteRole, DeleteRoleRejection};
use domain::RoleId;

use super::no_role;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let role = RoleId(wire::path_id(&call.request, "roleId")?);
    call.run(DeleteRole { role }).await?;
    Ok(wire::no_content())
}

impl From<DeleteRoleRejection> for Problem {
    fn from(rejection: DeleteRoleRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            DeleteRoleRejection::RoleUnknown(role) => no_role("Role not found", role),
            DeleteRoleRejection::NotCustom(_) => Self::not_authorized(&text),
            DeleteRoleRejection::RoleHeld { by, .. } => {
                Self::user_admin(StatusCode::CONFLICT, "role_in_use", "Conflict", text)
                    .blocked_by(&by)
            }
        }
    }
}
