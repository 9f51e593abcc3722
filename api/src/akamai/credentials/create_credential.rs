//! Gives an API client another credential. Its secret is in this reply and in no other.

use axum::response::Response;
use commands::clients::{CreateClientCredential, CreateClientCredentialRejection};
use domain::Permission;
use projections::clients;
use serde_json::{Value, json};

use super::{holder, no_credential, show};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = holder(&call, Permission::ClientAdmin).await?;
    let (call, granted) = call.run(CreateClientCredential { client: client.client }).await?;
    let fresh = granted.fresh;
    let all = clients::credentials_of(&call.views, &client.tenant, client.client).await;
    let made = all.map_err(Fault::from)?.into_iter().find(|it| it.credential == fresh.credential);
    let made = made.ok_or_else(|| no_credential(fresh.credential))?;
    let mut shown = show::members(&made, call.request.received_at);
    shown.insert("clientSecret".to_owned(), json!(fresh.secret.expose()));
    let owner = match call.request.param("clientId") {
        "" => "self",
        id => id,
    };
    let path = format!("/api-clients/{owner}/credentials/{}", fresh.credential);
    Ok(wire::created(&path, Value::Object(shown)))
}

impl From<CreateClientCredentialRejection> for Problem {
    fn from(rejection: CreateClientCredentialRejection) -> Self {
        match rejection {
            CreateClientCredentialRejection::ClientUnknown(_) => Self::no_client(),
        }
    }
}
