//! Lists an API client's credentials, deleted ones too.

use axum::response::Response;
use domain::Permission;
use projections::clients;

use super::{Leave, holder, show};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = holder(&call, Permission::Read).await?;
    let leave = Leave::to(&call, &client).await?;
    let all = clients::credentials_of(&call.views, &client.tenant, client.client).await;
    let all = all.map_err(Fault::from)?;
    let actions = call.request.query_flag("actions");
    Ok(wire::ok(all.iter().map(|held| show::one(&call, held, leave, actions)).collect()))
}
