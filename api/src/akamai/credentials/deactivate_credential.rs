//! Makes a credential inactive, be it the one that signed this very call.

use axum::response::Response;
use commands::clients::DeactivateClientCredential;
use domain::Permission;

use super::{credential_id, holder};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = holder(&call, Permission::ClientAdmin).await?.client;
    let credential = credential_id(&call)?;
    call.run(DeactivateClientCredential { client, credential }).await?;
    Ok(wire::no_content())
}
