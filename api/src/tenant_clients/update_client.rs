//! Changes a client. PATCH merges; PUT besides takes away the address, the tags and the id of the
//! authorization server where its body does not have them.

use axum::response::Response;
use commands::clients::{ClearEmail, UpdateClient};
use serde_json::Value;

use super::body::{Body, HYDRA, OIDC};
use super::error::ClientsError;
use super::ok;
use super::ownership::named;
use super::show::Shown;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn merge(call: Call) -> Result<Response, ClientsError> {
    let row = named(&call, "update").await?;
    let body = Body::of(&call)?;
    body.check_tenant(&call)?;
    let email = body.maybe_text(&["email"])?;
    let command = UpdateClient {
        client: row.client,
        name: body.text("name")?,
        email: email.map(|email| email.filter(|text| !text.is_empty()).map(ClearEmail::new)),
        tags: body.texts("tags")?,
        hydra_client_id: body.maybe_text(HYDRA)?,
        oidc_enabled: body.flag(OIDC)?,
        active: body.flag(&["active"])?,
        status: body.word("status")?,
    };
    answer(call, command).await
}

pub(super) async fn replace(call: Call) -> Result<Response, ClientsError> {
    let row = named(&call, "update").await?;
    let body = Body::of(&call)?;
    body.check_tenant(&call)?;
    let email = body.maybe_text(&["email"])?.flatten().filter(|text| !text.is_empty());
    let command = UpdateClient {
        client: row.client,
        name: body.text("name")?,
        email: Some(email.map(ClearEmail::new)),
        tags: Some(body.texts("tags")?.unwrap_or_default()),
        hydra_client_id: Some(body.maybe_text(HYDRA)?.flatten()),
        oidc_enabled: body.flag(OIDC)?,
        active: body.flag(&["active"])?,
        status: body.word("status")?,
    };
    answer(call, command).await
}

async fn answer(call: Call, command: UpdateClient) -> Result<Response, ClientsError> {
    let client = command.client;
    let (call, _) = call.run(command).await?;
    let row = projections::tenant_clients::one(&call.views, &call.tenant, client).await;
    let row = row.map_err(Fault::from)?.ok_or_else(ClientsError::no_client)?;
    let shown: Value = Shown::over(&call).await?.one(&row).await?;
    Ok(ok(shown))
}
