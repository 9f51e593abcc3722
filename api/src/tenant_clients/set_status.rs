//! Activates a client, or deactivates it. Every dialect refuses an inactive client's calls.

use axum::response::Response;
use commands::clients::{ActivateClient, DeactivateClient};
use domain::ClientId;
use serde_json::{Value, json};

use super::body::Body;
use super::error::ClientsError;
use super::ok;
use super::ownership::{find, named};
use super::show::{Shown, date};
use crate::call::Call;
use crate::dialect::{Needs, Turned};
use crate::fault::Fault;

pub(super) async fn activate(call: Call) -> Result<Response, ClientsError> {
    let client = named(&call, "activate").await?.client;
    let (_, client) = switch(call, client, true).await?;
    Ok(ok(json!({"message": "Client activated successfully", "client": client})))
}

pub(super) async fn deactivate(call: Call) -> Result<Response, ClientsError> {
    let client = named(&call, "deactivate").await?.client;
    let (_, client) = switch(call, client, false).await?;
    Ok(ok(json!({"message": "Client deactivated successfully", "client": client})))
}

/// Either, as a body says.
pub(super) async fn handle(call: Call) -> Result<Response, ClientsError> {
    let body = Body::of(&call)?;
    let id = body.required("client_id")?;
    let missing = || ClientsError::invalid("active is required");
    let active = body.flag(&["active"])?.ok_or_else(missing)?;
    body.check_tenant(&call)?;
    let needed = Needs::Clients(if active { "activate" } else { "deactivate" });
    if !call.caller.holds(needed) {
        return Err(Turned::Lacks(needed).into());
    }
    let found = find(&call, &id).await?.filter(|row| row.deleted_at.is_none());
    let client = found.ok_or_else(ClientsError::no_client)?.client;
    let (call, shown) = switch(call, client, active).await?;
    let verb = if active { "activated" } else { "deactivated" };
    Ok(ok(json!({
        "message": format!("Client {verb} successfully"),
        "success": true,
        "data": {
            "tenant_id": call.tenant, "client_id": client, "active": active, "client": shown,
        },
        "timestamp": date(call.request.received_at),
    })))
}

/// Switches a client, and shows it.
async fn switch(call: Call, client: ClientId, active: bool) -> Result<(Call, Value), ClientsError> {
    let call = if active {
        call.run(ActivateClient { client }).await?.0
    } else {
        call.run(DeactivateClient { client }).await?.0
    };
    let row = projections::tenant_clients::one(&call.views, &call.tenant, client).await;
    let row = row.map_err(Fault::from)?.ok_or_else(ClientsError::no_client)?;
    let shown = Shown::over(&call).await?.one(&row).await?;
    Ok((call, shown))
}
