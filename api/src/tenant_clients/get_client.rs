//! Shows one client.

use axum::response::Response;

use super::error::ClientsError;
use super::show::show;
use super::{named, ok};
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, ClientsError> {
    Ok(ok(show(&named(&call).await?)))
}
