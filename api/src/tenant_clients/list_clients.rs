//! Lists a tenant's clients, a page at a time, the oldest first.

use axum::response::Response;
use domain::TenantId;
use projections::tenant_clients::{self, Filter, TenantClientRow};
use serde_json::{Value, json};

use super::error::ClientsError;
use super::filter::{Asked, asked};
use super::ok;
use super::show::Shown;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, ClientsError> {
    let asked = asked(&call.request)?;
    let shown = Shown::over(&call).await?;
    let (rows, total) = match &asked.filter {
        Some(filter) => {
            let filter = within(&call, filter);
            let email = asked.email_part.as_deref();
            let skip = asked.page.saturating_sub(1).saturating_mul(asked.limit);
            slice(&call, &call.tenant, &shown, &filter, email, skip, asked.limit).await?
        }
        None => (Vec::new(), 0),
    };
    Ok(ok(page(&asked, shown.each(&rows).await?, total)))
}

/// The filter, narrowed to the caller's organization.
pub(super) fn within(call: &Call, filter: &Filter) -> Filter {
    Filter { organization: call.caller.organization.clone(), ..filter.clone() }
}

/// The reply with one page.
pub(super) fn page(asked: &Asked, clients: Vec<Value>, total: u64) -> Value {
    json!({
        "clients": clients,
        "pagination": {
            "page": asked.page,
            "limit": asked.limit,
            "total": total,
            "total_pages": total.div_ceil(asked.limit),
        },
        "hydra_public_url": "",
    })
}

/// So many of a tenant's clients, the first ones skipped, and how many there are in all. Addresses
/// are sealed: a search in them opens those of all clients that the other filters let through.
pub(super) async fn slice(
    call: &Call,
    tenant: &TenantId,
    shown: &Shown<'_>,
    filter: &Filter,
    email_part: Option<&str>,
    skip: u64,
    limit: u64,
) -> Result<(Vec<TenantClientRow>, u64), Fault> {
    let Some(part) = email_part else {
        let total = tenant_clients::count(&call.views, tenant, filter).await?;
        if skip >= total {
            return Ok((Vec::new(), total));
        }
        let rows = tenant_clients::slice(&call.views, tenant, filter, skip, limit).await?;
        return Ok((rows, total));
    };
    let part = part.to_lowercase();
    let mut rows = tenant_clients::all(&call.views, tenant, filter).await?;
    rows.retain(|row| shown.email(row).is_some_and(|email| email.to_lowercase().contains(&part)));
    let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    Ok((rows.into_iter().skip(number(skip)).take(number(limit)).collect(), total))
}
