//! Keeps users from an asset, whatever their roles say, and answers with these users. It takes
//! `user.admin` on the asset's group.

use std::collections::HashSet;

use axum::response::Response;
use commands::assets::{BlockUsersOnAsset, BlockUsersOnAssetRejection};
use domain::{Permission, UserId};
use projections::users;
use serde_json::Value;

use super::{blocked_from, found, no_asset, show_users};
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let users = user_ids(&wire::body_list(&call.request)?)?;
    let named: HashSet<_> = users.iter().cloned().collect();
    let asset = found(&call).await?;
    let forest = Forest::of(&call).await?;
    forest.check(&call.caller, Permission::UserAdmin, asset.group)?;
    let asset = asset.asset;
    let (call, _) = call.run(BlockUsersOnAsset { asset, users }).await?;
    let blocked = blocked_from(&call, asset).await?;
    let mut rows = users::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    rows.retain(|row| named.contains(&row.user));
    show_users(&call, rows, &blocked).await.map(wire::ok)
}

fn user_ids(elements: &[Value]) -> Result<Vec<UserId>, Problem> {
    let ids = elements.iter().map(|element| element.get("uiIdentityId").and_then(Value::as_str));
    let ids: Option<_> = ids.map(|id| id.map(|id| UserId(id.to_owned()))).collect();
    let text = "The body is not a list of {\"uiIdentityId\": text}.";
    ids.ok_or_else(|| Problem::invalid("uiIdentityId", text))
}

impl From<BlockUsersOnAssetRejection> for Problem {
    fn from(rejection: BlockUsersOnAssetRejection) -> Self {
        match rejection {
            BlockUsersOnAssetRejection::AssetUnknown(_) => no_asset(),
            BlockUsersOnAssetRejection::UserUnknown(user) => Self::no_user(user),
        }
    }
}
