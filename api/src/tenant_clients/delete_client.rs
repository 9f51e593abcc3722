//! Deletes a client: softly, so that it is still shown as deleted to whoever asks for that, or
//! completely. Either way it can sign in nowhere any more, in no dialect.

use axum::http::StatusCode;
use axum::response::Response;
use commands::clients::{DeleteClient, PurgeClient};
use serde_json::json;

use super::body::Body;
use super::error::ClientsError;
use super::ok;
use super::ownership::{find, named};
use crate::call::Call;

pub(super) async fn soft(call: Call) -> Result<Response, ClientsError> {
    let client = named(&call, "delete").await?.client;
    call.run(DeleteClient { client }).await?;
    let message = "Client soft deleted successfully";
    Ok(ok(json!({"message": message, "id": client, "deleted": true})))
}

pub(super) async fn complete(call: Call) -> Result<Response, ClientsError> {
    let content = call.request.header("content-type").unwrap_or_default();
    if !content.trim_start().to_ascii_lowercase().starts_with("application/json") {
        let message = "Content-Type must be application/json";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(ClientsError::new(status, "UNSUPPORTED_MEDIA_TYPE", message, message));
    }
    let body = Body::of(&call)?;
    let (tenant, id) = (body.required("tenant_id")?, body.required("client_id")?);
    body.check_tenant(&call)?;
    let missing = || ClientsError::client_not_found(&tenant, &id);
    let client = find(&call, &id).await?.ok_or_else(missing)?.client;
    call.run(PurgeClient { client }).await?;
    Ok(ok(json!({
        "message": "Client deleted completely",
        "tenant_id": tenant,
        "client_id": id,
    })))
}
