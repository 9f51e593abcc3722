//! What a client is worth at this moment: whether it works, and what its roles let it do.

use chrono::{DateTime, Utc};
use domain::{Actor, ActorKind};
use projections::clients::ClientRow;
use projections::{Views, clients, roles};

use super::{Caller, CallingClient, Grant};
use crate::fault::Fault;

/// Whether a client may call at all: a deleted one has no row.
pub(super) fn is_working(client: &ClientRow) -> bool {
    client.is_active && !client.is_locked
}

/// Whether what was handed to a client at `issued` still stands: each later reset of its secret
/// ends all that was handed out before, at once or after a time of grace.
pub(super) async fn outlived_resets(
    views: &Views,
    client: &ClientRow,
    issued: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, Fault> {
    let ends = clients::ended_at(views, &client.tenant, client.client, issued).await?;
    Ok(ends.is_none_or(|end| now < end))
}

/// The client as a caller, with what its roles let it do.
pub(super) async fn caller(
    views: &Views,
    client: &ClientRow,
    authenticated: &str,
) -> Result<Caller, Fault> {
    let known = if client.access.is_empty() {
        Vec::new()
    } else {
        roles::all(views, &client.tenant).await?
    };
    let access = client.access.iter().filter_map(|held| {
        let role = known.iter().find(|role| role.role == held.role)?;
        Some(Grant { group: held.group, permissions: role.permissions.clone() })
    });
    let actor = Actor {
        home: client.tenant.clone(),
        kind: ActorKind::Client,
        id: client.client.to_string(),
        authenticated: authenticated.to_owned(),
    };
    let calling = CallingClient {
        id: client.client,
        features: client.features.clone(),
        access: access.collect(),
        credential: None,
    };
    let client = Some(calling);
    Ok(Caller { client, ..Caller::new(actor.home.clone(), actor) })
}
