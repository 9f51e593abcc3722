//! Lists the account's groups as trees, as far as the caller may read them.

use axum::response::Response;
use serde_json::Value;

use super::trees;
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let forest = Forest::of(&call).await?;
    let tops = forest.readable_tops(&call.caller);
    Ok(wire::ok(Value::Array(trees(&call, &forest, &tops).await?)))
}
