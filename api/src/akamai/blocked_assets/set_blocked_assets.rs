//! Replaces what a user is kept from in a group; an empty list, or none, lifts all of it. It takes
//! `user.admin` on the group.

use axum::response::Response;
use commands::assets::{SetBlockedAssets, SetBlockedAssetsRejection};
use domain::{AssetId, Permission};

use super::{found, shown};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

const MEMBER: &str = "propertyId";

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let elements = wire::body_list(&call.request)?;
    let ids: Option<_> = elements.iter().map(|id| id.as_i64().map(AssetId)).collect();
    let malformed = || Problem::invalid(MEMBER, "The body is not a list of integers.");
    let assets = ids.ok_or_else(malformed)?;
    let (user, group) = found(&call, Permission::UserAdmin).await?;
    let (call, _) = call.run(SetBlockedAssets { user: user.clone(), group, assets }).await?;
    Ok(wire::ok(shown(&call, &user, group).await?))
}

impl From<SetBlockedAssetsRejection> for Problem {
    fn from(rejection: SetBlockedAssetsRejection) -> Self {
        use SetBlockedAssetsRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::UserUnknown(user) => Self::no_user(user),
            No::GroupUnknown(group) => Self::no_group(group),
            No::NotInGroup { .. } => Self::invalid(MEMBER, text),
        }
    }
}
