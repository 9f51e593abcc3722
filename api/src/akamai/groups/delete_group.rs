//! Deletes a group that nothing hangs in and nobody holds a role on.

use axum::response::Response;
use commands::groups::{DeleteGroup, DeleteGroupRejection};
use domain::{GroupId, Permission};

use super::conflict;
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let group = GroupId(wire::path_id(&call.request, "groupId")?);
    let forest = Forest::of(&call).await?;
    forest.check(&call.caller, Permission::GroupAdmin, group)?;
    call.run(DeleteGroup { group }).await?;
    Ok(wire::no_content())
}

impl From<DeleteGroupRejection> for Problem {
    fn from(rejection: DeleteGroupRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            DeleteGroupRejection::GroupUnknown(group) => Self::no_group(group),
            DeleteGroupRejection::GroupIsRoot(_) => Self::not_authorized(&text),
            DeleteGroupRejection::GroupInUse { by, .. } => {
                conflict("group_in_use", text).blocked_by(&by)
            }
        }
    }
}
