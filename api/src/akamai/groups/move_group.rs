//! Moves a group with all that lies below it. It takes `group.admin` on both groups.

use axum::response::Response;
use commands::groups::{MoveGroup, MoveGroupRejection};
use domain::{GroupId, Permission};

use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let body = wire::body(&call.request)?;
    let group = GroupId(wire::body_id(&body, "sourceGroupId")?);
    let to = GroupId(wire::body_id(&body, "destinationGroupId")?);
    let forest = Forest::of(&call).await?;
    forest.check(&call.caller, Permission::GroupAdmin, group)?;
    forest.check(&call.caller, Permission::GroupAdmin, to)?;
    call.run(MoveGroup { group, to }).await?;
    Ok(wire::no_content())
}

impl From<MoveGroupRejection> for Problem {
    fn from(rejection: MoveGroupRejection) -> Self {
        use MoveGroupRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::SourceUnknown(group) | No::DestinationUnknown(group) => Self::no_group(group),
            No::SourceIsRoot(_) => Self::invalid("sourceGroupId", text),
            No::DestinationBelowSource { .. } | No::OtherHierarchy { .. } | No::TooDeep(_) => {
                Self::invalid("destinationGroupId", text)
            }
        }
    }
}
