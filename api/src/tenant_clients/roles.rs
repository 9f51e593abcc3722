//! Gives a client roles of its tenant, and takes them away.

use axum::response::Response;
use commands::clients::{GrantClientRole, RevokeClientRole};
use domain::{ClientId, RoleId};

use super::error::ClientsError;
use super::ok;
use super::ownership::named;
use super::show::Shown;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn grant(call: Call) -> Result<Response, ClientsError> {
    let client = named(&call, "update").await?.client;
    let role = role(&call)?;
    let (call, _) = call.run(GrantClientRole { client, role }).await?;
    shown(&call, client).await
}

pub(super) async fn revoke(call: Call) -> Result<Response, ClientsError> {
    let client = named(&call, "update").await?.client;
    let role = role(&call)?;
    let (call, _) = call.run(RevokeClientRole { client, role }).await?;
    shown(&call, client).await
}

fn role(call: &Call) -> Result<RoleId, ClientsError> {
    let id = call.request.param("roleId").parse().map(RoleId);
    id.map_err(|_| ClientsError::no_role())
}

/// The client as it stands after a command.
pub(super) async fn shown(call: &Call, client: ClientId) -> Result<Response, ClientsError> {
    let row = projections::tenant_clients::one(&call.views, &call.tenant, client).await;
    let row = row.map_err(Fault::from)?.ok_or_else(ClientsError::no_client)?;
    Ok(ok(Shown::over(call).await?.one(&row).await?))
}
