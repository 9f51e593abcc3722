//! Shows one role.

use axum::response::Response;
use domain::RoleId;
use serde_json::Value;

use super::found;
use super::show::{Holders, Sections, show};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let role = RoleId(wire::path_id(&call.request, "roleId")?);
    let sections = Sections::asked(&call);
    shown(&call, role, &sections).await.map(wire::ok)
}

/// The role as every operation that answers with one shows it.
pub(super) async fn shown(
    call: &Call,
    role: RoleId,
    sections: &Sections,
) -> Result<Value, Problem> {
    let row = found(call, role).await?;
    let holders = Holders::of(call, std::slice::from_ref(&row)).await?;
    Ok(Value::Object(show(call, &holders, &row, sections)))
}
