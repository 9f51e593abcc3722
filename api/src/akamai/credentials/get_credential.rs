//! Shows one credential of an API client.

use axum::response::Response;
use domain::Permission;

use super::{credential, holder, may_change, show};
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = holder(&call, Permission::Read).await?;
    let held = credential(&call, &client).await?;
    let may = may_change(&call, &Forest::of(&call).await?, &client);
    Ok(wire::ok(show::one(&call, &held, may, call.request.query_flag("actions"))))
}
