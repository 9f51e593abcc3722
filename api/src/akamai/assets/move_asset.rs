//! Moves an asset to another group of its hierarchy. It takes `asset.move` on both groups.

use axum::http::StatusCode;
use axum::response::Response;
use commands::assets::{MoveAsset, MoveAssetRejection};
use domain::{GroupId, Permission};

use super::{found, no_asset};
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let body = wire::body(&call.request)?;
    let from = GroupId(wire::body_id(&body, "sourceGroupId")?);
    let to = GroupId(wire::body_id(&body, "destinationGroupId")?);
    let asset = found(&call).await?;
    if asset.group != from {
        // Whatever group that is: it is not for the caller to learn which ones there are.
        return Err(not_allowed(from));
    }
    let forest = Forest::of(&call).await?;
    forest.check(&call.caller, Permission::AssetMove, from)?;
    forest.check(&call.caller, Permission::AssetMove, to)?;
    call.run(MoveAsset { asset: asset.asset, from, to }).await?;
    Ok(wire::no_content())
}

/// The asset does not lie in that group, or cannot go from there to the other one.
fn not_allowed(from: GroupId) -> Problem {
    let text = format!("Property move is not allowed from the group {from}");
    Problem::user_admin(StatusCode::BAD_REQUEST, "1806", "Validation Exception", text)
}

impl From<MoveAssetRejection> for Problem {
    fn from(rejection: MoveAssetRejection) -> Self {
        use MoveAssetRejection as No;

        match rejection {
            No::AssetUnknown(_) => no_asset(),
            No::NotInSource { from, .. } => not_allowed(from),
            No::OtherHierarchy { from, .. } => not_allowed(from).because(&rejection.to_string()),
            No::DestinationUnknown(group) => Self::no_group(group),
        }
    }
}
