//! A client that acts in another account, under one of the keys in its own account's catalogue.
//!
//! Roles of one account mean nothing in another, so a table says what is held there: whatever the
//! client may do on a group without a parent at home, it may do on every group of the other
//! account; what it may do on parts of its own account counts for nothing there.

use std::collections::BTreeSet;

use domain::{GroupId, TenantId};
use projections::{ViewError, Views, catalog, groups};

use super::{Caller, Grant};
use crate::app::App;
use crate::fault::Fault;

/// The caller as it acts under that account switch key; `None` where it may not, or the key leads
/// nowhere. Who acts stays the client of its own account.
pub async fn switched(app: &App, caller: Caller, key: &str) -> Result<Option<Caller>, Fault> {
    let Some(client) = caller.client.as_ref().filter(|client| client.allows_account_switch) else {
        return Ok(None);
    };
    let views = app.reads.eventual();
    let Some(found) = catalog::switch_key(&views, &caller.tenant, key).await? else {
        return Ok(None);
    };
    let views = match app.reads.current(&found.tenant).await {
        Ok(current) => current.views,
        Err(ViewError::NoTenant(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let home = roots(&views, &caller.tenant).await?;
    let at_home = client.access.iter().filter(|grant| home.contains(&grant.group));
    let permissions: BTreeSet<_> = at_home.flat_map(|grant| &grant.permissions).copied().collect();
    let there = roots(&views, &found.tenant).await?;
    let grant = |group| Grant { group, permissions: permissions.clone() };
    let mut client = client.clone();
    client.access = there.into_iter().map(grant).collect();
    let (client, acts_in) = (Some(client), Some(found.tenant));
    Ok(Some(Caller { client, acts_in, ..caller }))
}

/// The groups without a parent.
async fn roots(views: &Views, tenant: &TenantId) -> Result<BTreeSet<GroupId>, Fault> {
    let parents = groups::parents(views, tenant).await?;
    Ok(parents.into_iter().filter(|(_, parent)| parent.is_none()).map(|it| it.0).collect())
}
