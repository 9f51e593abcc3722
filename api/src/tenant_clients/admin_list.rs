//! Lists clients across tenants, for those who administer the installation: callers of the tenant
//! `system`. Others with the permission see their own tenant's. What upstream lets any tenant's
//! administrator claim stays within that tenant here, since each tenant signs its own tokens.

use axum::response::Response;
use domain::TenantId;
use projections::tenants;
use serde_json::Value;

use super::error::ClientsError;
use super::filter::asked;
use super::list_clients::{page, slice, within};
use super::ok;
use super::show::Shown;
use crate::call::Call;
use crate::fault::Fault;
use crate::past::NoPast;

pub(super) async fn handle(call: Call) -> Result<Response, ClientsError> {
    let asked = asked(&call.request)?;
    let tenants = tenants_of(&call).await?;
    let Some(filter) = &asked.filter else { return Ok(ok(page(&asked, Vec::new(), 0))) };
    let filter = within(&call, filter);
    let email = asked.email_part.as_deref();
    let mut skip = asked.page.saturating_sub(1).saturating_mul(asked.limit);
    let (mut clients, mut total) = (Vec::<Value>::new(), 0_u64);
    for tenant in tenants {
        let shown = Shown::of(&call, &tenant).await?;
        let got = u64::try_from(clients.len()).unwrap_or(u64::MAX);
        let more = asked.limit.saturating_sub(got);
        let (rows, held) = slice(&call, &tenant, &shown, &filter, email, skip, more).await?;
        if more > 0 {
            clients.extend(shown.each(&rows).await?);
        }
        skip = skip.saturating_sub(held);
        total = total.saturating_add(held);
    }
    Ok(ok(page(&asked, clients, total)))
}

/// The tenants that are asked for and that the caller may see, by id.
async fn tenants_of(call: &Call) -> Result<Vec<TenantId>, ClientsError> {
    let asked = call.request.query_value("tenant_id").filter(|id| !id.is_empty());
    let may_see = |tenant: &TenantId| call.caller.tenant.is_system() || *tenant == call.tenant;
    if let Some(id) = asked {
        let tenant = TenantId::new(&id).ok().filter(may_see);
        return Ok(vec![tenant.ok_or_else(ClientsError::other_tenant)?]);
    }
    if !call.caller.tenant.is_system() {
        return Ok(vec![call.tenant.clone()]);
    }
    if call.folded.is_some() {
        return Err(Fault::NoPast(NoPast::Elsewhere).into());
    }
    // Each tenant lies in a partition of its own; what was recorded before is to be seen of all.
    let views = call.app.reads.current_everywhere().await.map_err(Fault::from)?.views;
    let rows = tenants::all(&views).await.map_err(Fault::from)?;
    Ok(rows.into_iter().map(|row| row.tenant).collect())
}
