//! Webhooks: what a tenant has sent where, and how far each has come.

use axum::response::Response;
use domain::WebhookId;
use projections::webhooks;
use serde_json::json;

use super::{ok, refuse_confined, show};
use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;

/// All webhooks of the tenant, by id.
pub(super) async fn list(call: Call) -> Result<Response, Problem> {
    refuse_confined(&call)?;
    let rows = webhooks::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let shown: Vec<_> = rows.iter().map(show::webhook).collect();
    Ok(ok(json!({"webhooks": shown})))
}

/// One webhook.
pub(super) async fn one(call: Call) -> Result<Response, Problem> {
    refuse_confined(&call)?;
    let unknown = || Problem::not_found("webhook");
    let id = call.request.param("id").parse().map(WebhookId).map_err(|_| unknown())?;
    let row = webhooks::one(&call.views, &call.tenant, id).await.map_err(Fault::from)?;
    Ok(ok(show::webhook(&row.ok_or_else(unknown)?)))
}
