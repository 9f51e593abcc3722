//! Lists the blocks, by id.

use axum::response::Response;
use projections::cidr_blocks;
use serde_json::Value;

use super::show;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let rows = cidr_blocks::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    Ok(wire::ok(Value::Array(show(&call, &rows).await?)))
}
