//! Shows an API client in detail: one that the path names, or the caller itself.

use axum::response::Response;
use domain::Permission;
use serde_json::Value;

use super::{itself, named, show};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = named(&call, Permission::Read).await?;
    Ok(wire::ok(Value::Object(show::detail(&call, &client, show::Sections::asked(&call)).await?)))
}

pub(super) async fn of_self(call: Call) -> Result<Response, Problem> {
    let client = itself(&call).await?;
    Ok(wire::ok(Value::Object(show::detail(&call, &client, show::Sections::asked(&call)).await?)))
}
