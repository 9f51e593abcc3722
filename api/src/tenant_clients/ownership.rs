//! Who may touch which client: its owner, an administrator of the tenant, or whoever holds the
//! very permission; and nobody beyond their organization.

use domain::ClientId;
use projections::tenant_clients::{self, TenantClientRow};

use super::error::ClientsError;
use crate::call::Call;
use crate::caller::Caller;
use crate::dialect::Needs;
use crate::fault::Fault;

/// The client that the path names, deleted or not, if the caller may do this with it. Whoever
/// lacks the permission learns nothing of clients that are not their own.
pub(super) async fn named_or_deleted(
    call: &Call,
    verb: &'static str,
) -> Result<TenantClientRow, ClientsError> {
    let found = find(call, call.request.param("id")).await?;
    let may = call.caller.holds(Needs::Clients(verb));
    let is_own = |row: &TenantClientRow| is_owner(&call.caller, row);
    match found {
        Some(row) if may || is_own(&row) => Ok(row),
        None if may => Err(ClientsError::no_client()),
        Some(_) | None => Err(ClientsError::not_owner(verb)),
    }
}

/// The same, if it was not deleted.
pub(super) async fn named(
    call: &Call,
    verb: &'static str,
) -> Result<TenantClientRow, ClientsError> {
    let row = named_or_deleted(call, verb).await?;
    if row.deleted_at.is_some() { Err(ClientsError::no_client()) } else { Ok(row) }
}

/// The client of that id, or under that id of an authorization server, as far as the caller's
/// organization reaches.
pub(super) async fn find(call: &Call, id: &str) -> Result<Option<TenantClientRow>, Fault> {
    let (views, tenant) = (&call.views, &call.tenant);
    let found = match id.parse() {
        Ok(uuid) => tenant_clients::one(views, tenant, ClientId(uuid)).await?,
        Err(_) => None,
    };
    Ok(found.filter(|row| call.caller.sees(row.organization.as_ref())))
}

/// Who the caller answers for: the owner that a token names, or else its subject.
pub(super) fn owner_of(caller: &Caller) -> Option<String> {
    let Some(claims) = &caller.claims else { return Some(caller.actor.id.clone()) };
    let given = claims.owner_id.as_deref().filter(|owner| !owner.is_empty());
    given.or_else(|| claims.subject()).map(str::to_owned)
}

fn is_owner(caller: &Caller, row: &TenantClientRow) -> bool {
    row.owner.is_some() && row.owner == owner_of(caller)
}
