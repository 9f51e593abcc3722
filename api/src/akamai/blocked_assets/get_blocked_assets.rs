//! Lists what a user is kept from in a group.

use axum::response::Response;
use domain::Permission;

use super::{found, shown};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let (user, group) = found(&call, Permission::Read).await?;
    Ok(wire::ok(shown(&call, &user, group).await?))
}
