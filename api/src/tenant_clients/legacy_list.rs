//! The older way to list clients: all of them at once, asked for by a body.

use axum::response::Response;
use projections::tenant_clients::{self, Filter};
use serde_json::json;

use super::body::Body;
use super::error::ClientsError;
use super::list_clients::within;
use super::ok;
use super::show::{Shown, date};
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, ClientsError> {
    let body = Body::of(&call)?;
    body.check_tenant(&call)?;
    let active_only = body.flag(&["active_only"])?.unwrap_or_default();
    let filter = Filter { is_active: active_only.then_some(true), ..Filter::default() };
    let rows = tenant_clients::all(&call.views, &call.tenant, &within(&call, &filter)).await;
    let rows = rows.map_err(Fault::from)?;
    let clients = Shown::over(&call).await?.each(&rows).await?;
    Ok(ok(json!({
        "message": "Clients retrieved successfully",
        "success": true,
        "data": {
            "tenant_id": call.tenant,
            "count": clients.len(),
            "clients": clients,
            "active_only": active_only,
        },
        "timestamp": date(call.request.received_at),
    })))
}
