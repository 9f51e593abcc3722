//! Lists what a role can be put together from: what is built in, and what the account's catalogue
//! has beside it.

use axum::response::Response;
use projections::catalog;

use super::show;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let entries = catalog::grantable_roles(&call.views, &call.tenant).await;
    Ok(wire::ok(entries.map_err(Fault::from)?.iter().map(show::grantable).collect()))
}
