//! Creates a group below another one. `groupId` in the path is the parent's.

use axum::response::Response;
use commands::groups::{CreateGroup, CreateGroupRejection};
use domain::{GroupId, Permission};

use super::{get_group, name_invalid};
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let parent = GroupId(wire::path_id(&call.request, "groupId")?);
    let name = wire::body_text(&wire::body(&call.request)?, "groupName")?;
    let forest = Forest::of(&call).await?;
    forest.check(&call.caller, Permission::GroupAdmin, parent)?;
    let command = CreateGroup { parent: Some(parent), name };
    let (call, granted) = call.run(command).await?;
    let group = granted.fresh;
    let forest = Forest::of(&call).await?;
    let shown = get_group::show(&call, &forest, group).await?;
    Ok(wire::created(&format!("/user-admin/groups/{group}"), shown))
}

impl From<CreateGroupRejection> for Problem {
    fn from(rejection: CreateGroupRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            CreateGroupRejection::ParentUnknown(group) => Self::no_group(group),
            CreateGroupRejection::NameInvalid => name_invalid(text),
            CreateGroupRejection::TooDeep(_) => Self::invalid("groupId", text),
        }
    }
}
