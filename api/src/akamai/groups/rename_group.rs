//! Renames a group.

use axum::response::Response;
use commands::groups::{RenameGroup, RenameGroupRejection};
use domain::{GroupId, Permission};

use super::{get_group, name_invalid};
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let group = GroupId(wire::path_id(&call.request, "groupId")?);
    let name = wire::body_text(&wire::body(&call.request)?, "groupName")?;
    let forest = Forest::of(&call).await?;
    forest.check(&call.caller, Permission::GroupAdmin, group)?;
    let (call, _) = call.run(RenameGroup { group, name }).await?;
    let forest = Forest::of(&call).await?;
    get_group::show(&call, &forest, group).await.map(wire::ok)
}

impl From<RenameGroupRejection> for Problem {
    fn from(rejection: RenameGroupRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            RenameGroupRejection::GroupUnknown(group) => Self::no_group(group),
            RenameGroupRejection::NameInvalid => name_invalid(text),
        }
    }
}
