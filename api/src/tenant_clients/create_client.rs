//! Creates a client. Two bodies come to this: the plain one of a client, and the one by which
//! somebody registers with an e-mail address. The answer has what readers of either look for.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use commands::clients::{ClearEmail, RegisterClient};
use domain::OrganizationId;
use serde_json::json;

use super::body::{Body, HYDRA, OIDC};
use super::error::ClientsError;
use super::ownership::owner_of;
use super::show::Shown;
use crate::call::Call;
use crate::fault::Fault;

/// Members that only the plain body has.
const PLAIN: [&str; 6] = ["owner_id", "org_id", "tags", "status", "oidc_enabled", "active"];
const NIL: &str = "00000000-0000-0000-0000-000000000000";

pub(super) async fn handle(call: Call) -> Result<Response, ClientsError> {
    let body = Body::of(&call)?;
    body.check_tenant(&call)?;
    let command = asked(&call, &body)?;
    let (call, granted) = call.run(command).await?;
    let fresh = &granted.fresh.client;
    let row = projections::tenant_clients::one(&call.views, &call.tenant, fresh.client).await;
    let row = row.map_err(Fault::from)?.ok_or_else(ClientsError::no_client)?;
    let mut shown = Shown::over(&call).await?.one(&row).await?;
    if let Some(members) = shown.as_object_mut() {
        members.insert("secret_id".to_owned(), json!(fresh.secret.expose()));
        members.insert("message".to_owned(), json!("Client registered successfully"));
    }
    Ok((StatusCode::CREATED, axum::Json(shown)).into_response())
}

/// The command that a body comes to.
fn asked(call: &Call, body: &Body) -> Result<RegisterClient, ClientsError> {
    let claims = call.caller.claims.as_ref();
    let is_plain = !body.has("email") || PLAIN.iter().any(|name| body.has(name));
    let name = body.required("name")?;
    let email = if is_plain { body.word("email")? } else { Some(body.required("email")?) };
    let owner = body.word("owner_id")?.or_else(|| owner_of(&call.caller));
    let owner = owner.ok_or_else(|| ClientsError::invalid("owner_id is required"))?;
    let own = call.caller.organization.clone();
    let claimed = claims.and_then(|claims| claims.org_id.clone()).filter(|id| !id.is_empty());
    let organization = body.word("org_id")?.or(claimed).map(OrganizationId).or(own);
    if !call.caller.sees(organization.as_ref()) {
        return Err(ClientsError::forbidden("org_id is not the organization of the token"));
    }
    let project = body.word("project_id")?.filter(|id| id != NIL);
    let hydra_client_id = body.maybe_text(HYDRA)?.flatten();
    Ok(RegisterClient {
        name,
        description: body.text("description")?.unwrap_or_default(),
        email: email.map(ClearEmail::new),
        owner: Some(owner),
        organization,
        project,
        tags: body.texts("tags")?.unwrap_or_default(),
        hydra_client_id: hydra_client_id.filter(|id| !id.trim().is_empty()),
        is_main: !is_plain,
        oidc_enabled: body.flag(OIDC)?.unwrap_or_default(),
        active: body.flag(&["active"])?,
        status: body.word("status")?,
        client_type: body.word("client_type")?,
        agent_type: body.word("agent_type")?,
    })
}
