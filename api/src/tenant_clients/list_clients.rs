//! Lists a tenant's clients, a page at a time, the oldest first.

use axum::response::Response;
use serde_json::{Value, json};

use super::error::ClientsError;
use super::filter::asked;
use super::ok;
use super::show::show;
use crate::call::Call;
use crate::client_page::client_page;

pub(super) async fn handle(call: Call) -> Result<Response, ClientsError> {
    let asked = asked(&call.request)?;
    let (rows, total) = match &asked.filter {
        Some(filter) => client_page(&call, filter, asked.page, asked.limit).await?,
        None => (Vec::new(), 0),
    };
    let clients: Vec<Value> = rows.iter().map(show).collect();
    Ok(ok(json!({
        "clients": clients,
        "pagination": {
            "page": asked.page,
            "limit": asked.limit,
            "total": total,
            "total_pages": total.div_ceil(asked.limit),
        },
        "hydra_public_url": "",
    })))
}
