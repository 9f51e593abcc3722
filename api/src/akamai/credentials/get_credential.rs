//! Shows one credential of an API client.

use axum::response::Response;
use domain::Permission;

use super::{Leave, credential, holder, show};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = holder(&call, Permission::Read).await?;
    let held = credential(&call, &client).await?;
    let leave = Leave::to(&call, &client).await?;
    Ok(wire::ok(show::one(&call, &held, leave, call.request.query_flag("actions"))))
}
