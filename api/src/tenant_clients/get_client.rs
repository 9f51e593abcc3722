//! Shows one client.

use axum::response::Response;

use super::error::ClientsError;
use super::ok;
use super::ownership::named;
use super::show::Shown;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, ClientsError> {
    let row = named(&call, "read").await?;
    Ok(ok(Shown::over(&call).await?.one(&row).await?))
}
