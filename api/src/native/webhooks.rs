//! Webhooks: what a tenant has sent where, and how far each has come.

use std::sync::atomic::Ordering;

use axum::response::Response;
use domain::WebhookId;
use projections::webhooks::{self, WebhookRow};
use serde_json::{Value, json};

use super::{ok, refuse_confined, show};
use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::webhooks::standings;

/// All webhooks of the tenant, by id.
pub(super) async fn list(call: Call) -> Result<Response, Problem> {
    refuse_confined(&call)?;
    let rows = webhooks::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    Ok(ok(json!({"webhooks": shown(&call, &rows).await?})))
}

/// One webhook.
pub(super) async fn one(call: Call) -> Result<Response, Problem> {
    refuse_confined(&call)?;
    let unknown = || Problem::not_found("webhook");
    let id = call.request.param("id").parse().map(WebhookId).map_err(|_| unknown())?;
    let row = webhooks::one(&call.views, &call.tenant, id).await.map_err(Fault::from)?;
    let rows = [row.ok_or_else(unknown)?];
    Ok(ok(shown(&call, &rows).await?.pop().unwrap_or_default()))
}

/// Webhooks with how they stand now; nobody knows how they stood then.
async fn shown(call: &Call, rows: &[WebhookRow]) -> Result<Vec<Value>, Fault> {
    if call.newest_of_the_past().is_some() {
        return Ok(rows.iter().map(|row| show::webhook(row, None)).collect());
    }
    let newest = call.position.load(Ordering::Relaxed);
    let standings = standings(&call.app, &call.tenant, rows).await?;
    let pairs = rows.iter().zip(&standings);
    Ok(pairs.map(|(row, standing)| show::webhook(row, Some((standing, newest)))).collect())
}
