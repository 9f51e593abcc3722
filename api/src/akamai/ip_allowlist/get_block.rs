//! Shows one block.

use axum::response::Response;
use domain::CidrBlockId;
use projections::cidr_blocks;
use serde_json::Value;

use super::{no_block, show};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let block = CidrBlockId(wire::path_id(&call.request, "cidrBlockId")?);
    show_one(&call, block).await.map(wire::ok)
}

/// The block as this operation and an update answer with it.
pub(super) async fn show_one(call: &Call, block: CidrBlockId) -> Result<Value, Problem> {
    let row = cidr_blocks::one(&call.views, &call.tenant, block).await.map_err(Fault::from)?;
    let row = row.ok_or_else(no_block)?;
    Ok(show(call, &[row]).await?.pop().unwrap_or_default())
}
