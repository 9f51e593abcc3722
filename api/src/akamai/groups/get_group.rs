//! Shows one group with all that lies below it.

use axum::response::Response;
use domain::{GroupId, Permission};
use serde_json::Value;

use super::trees;
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let group = GroupId(wire::path_id(&call.request, "groupId")?);
    let forest = Forest::of(&call).await?;
    forest.check(&call.caller, Permission::Read, group)?;
    show(&call, &forest, group).await.map(wire::ok)
}

/// The group as every operation that answers with one shows it.
pub(super) async fn show(call: &Call, forest: &Forest, group: GroupId) -> Result<Value, Problem> {
    Ok(trees(call, forest, &[group]).await?.pop().unwrap_or_default())
}
