//! The profile of the user that the calling client acts for.

use axum::response::Response;
use domain::UserId;
use projections::clients;
use serde_json::Value;

use super::show::Sections;
use super::{get_user, replace_basic_info};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn get(call: Call) -> Result<Response, Problem> {
    let user = own(&call).await?;
    let shown = get_user::shown(&call, &user, Sections::asked(&call)).await?;
    Ok(wire::ok(Value::Object(shown)))
}

pub(super) async fn replace_basic_info(call: Call) -> Result<Response, Problem> {
    let user = own(&call).await?;
    replace_basic_info::replace(call, user, Sections::NONE).await
}

/// The user that the calling client acts for, in the account that the call is about.
pub(in crate::akamai) async fn own(call: &Call) -> Result<UserId, Problem> {
    let calling = call.caller.client.as_ref().ok_or_else(Problem::no_client)?;
    let client = clients::one(&call.views, &call.tenant, calling.id).await.map_err(Fault::from)?;
    let user = client.and_then(|client| client.authorized_user);
    user.ok_or_else(|| Problem::no_user("that this API client acts for"))
}
