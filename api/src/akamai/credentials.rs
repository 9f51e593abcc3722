//! EdgeGrid credentials of API clients.

pub(super) mod show;

use domain::Permission;
use projections::clients::ClientRow;

use super::api_clients::reaches;
use super::forest::Forest;
use crate::call::Call;

/// Whether the caller may change a client's credentials: a client may its own, and whoever
/// administers a client may its.
pub(super) fn may_change(call: &Call, forest: &Forest, client: &ClientRow) -> bool {
    let calling = call.caller.client.as_ref();
    calling.is_some_and(|calling| calling.id == client.client)
        || reaches(call, forest, Permission::ClientAdmin, client)
}
