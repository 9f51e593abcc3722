//! Lists a tenant's clients, a page at a time, the oldest first.

use axum::response::Response;
use projections::clients::{self, ClientRow};
use serde_json::{Value, json};

use super::error::ClientsError;
use super::filter::{Asked, asked, lets_through};
use super::show::show;
use super::{in_organization, ok};
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, ClientsError> {
    let asked = asked(&call.request)?;
    let (rows, total) = rows(&call, &asked).await?;
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

/// A page, and how many there are in all.
async fn rows(call: &Call, asked: &Asked) -> Result<(Vec<ClientRow>, u64), Fault> {
    let (views, tenant) = (&call.views, &call.tenant);
    let Some(filter) = &asked.filter else { return Ok((Vec::new(), 0)) };
    if call.caller.organization.is_none() {
        return Ok(clients::page(views, tenant, filter, asked.page, asked.limit).await?);
    }
    let mut rows = clients::all(views, tenant).await?;
    rows.retain(|client| in_organization(&call.caller, client) && lets_through(filter, client));
    let total = rows.len();
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let skipped = number((asked.page - 1).saturating_mul(asked.limit));
    let page = rows.into_iter().skip(skipped).take(number(asked.limit)).collect();
    Ok((page, u64::try_from(total).unwrap_or(u64::MAX)))
}
