//! What a caller holds as a member: of its tenant, and of organizations in it.

use domain::MemberRole;
use projections::{Views, memberships};

use super::Caller;
use crate::fault::Fault;

/// The caller with the rights of its roles. Those of roles on organizations are kept apart, since
/// they hold there alone.
pub(super) async fn with_roles(views: &Views, mut caller: Caller) -> Result<Caller, Fault> {
    let (holder, id) = (caller.actor.kind, &caller.actor.id);
    for row in memberships::of_holder(views, &caller.tenant, holder, id).await? {
        let rights = row.roles.into_iter().flat_map(MemberRole::rights);
        match row.organization {
            None => caller.rights.extend(rights),
            Some(organization) => caller.memberships.push((organization, rights.collect())),
        }
    }
    Ok(caller)
}
