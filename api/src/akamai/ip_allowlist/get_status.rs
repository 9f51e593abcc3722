//! Says whether the list is on.

use axum::response::Response;
use projections::allow_lists;
use serde_json::json;

use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let enabled = allow_lists::is_enabled(&call.views, &call.tenant).await.map_err(Fault::from)?;
    Ok(wire::ok(json!({"enabled": enabled})))
}
