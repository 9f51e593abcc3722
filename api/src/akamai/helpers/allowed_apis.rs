//! Lists the APIs of the account, and whether a client of a user could call them: all, once the
//! user holds a role. Each can be called in another account as well, so `allowAccountSwitch` leaves
//! none out and brings none in; nor does the kind of client.

use axum::response::Response;
use domain::Api;
use projections::catalog;
use serde_json::{Value, json};

use super::{check_client_kind, named};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    if let Some(kind) = call.request.query_value("clientType").filter(|text| !text.is_empty()) {
        check_client_kind(&kind)?;
    }
    let looked = named(&call).await?;
    let holds_a_role =
        looked.access.roles().next().is_some() || !looked.user.grants.account_roles.is_empty();
    let apis = catalog::apis(&call.views, &call.tenant).await.map_err(Fault::from)?;
    Ok(wire::ok(apis.iter().map(|api| shown(api, holds_a_role)).collect()))
}

fn shown(api: &Api, has_access: bool) -> Value {
    json!({
        "apiId": api.id,
        "apiName": api.name,
        "description": api.description,
        "endPoint": api.end_point,
        "documentationUrl": api.documentation_url,
        "accessLevels": api.access_levels,
        "serviceProviderId": api.service_provider,
        "hasAccess": has_access,
    })
}
