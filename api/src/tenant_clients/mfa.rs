//! Second factors of whoever uses a client: enrolled, verified, removed.

use axum::response::Response;
use commands::clients::{ChangeClientMfa, MfaStep};
use domain::ClientId;

use super::body::Body;
use super::error::ClientsError;
use super::ownership::named;
use super::roles::shown;
use crate::call::Call;

pub(super) async fn enroll(call: Call) -> Result<Response, ClientsError> {
    let client = named(&call, "update").await?.client;
    let body = Body::of(&call)?;
    let missing = || ClientsError::invalid("methods is required");
    let methods = body.texts("methods")?.ok_or_else(missing)?;
    let default_method = body.word("default_method")?;
    change(call, client, MfaStep::Enroll { methods, default_method }).await
}

pub(super) async fn verify(call: Call) -> Result<Response, ClientsError> {
    let client = named(&call, "update").await?.client;
    change(call, client, MfaStep::Verify).await
}

pub(super) async fn remove(call: Call) -> Result<Response, ClientsError> {
    let client = named(&call, "update").await?.client;
    change(call, client, MfaStep::Remove).await
}

async fn change(call: Call, client: ClientId, step: MfaStep) -> Result<Response, ClientsError> {
    let (call, _) = call.run(ChangeClientMfa { client, step }).await?;
    shown(&call, client).await
}
