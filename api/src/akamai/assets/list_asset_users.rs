//! Lists who can reach an asset: whoever holds a role on its group, be it given there or above, and
//! whoever is kept from it all the same.
//!
//! The published values of `userType` are those of another operation; real clients send `all`,
//! `assigned` and `blocked`. Both are taken, and nothing is the same as `all`.

use axum::response::Response;
use domain::Permission;
use projections::users::{self, UserRow};

use super::{blocked_from, found, show_users};
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let is_asked_for = asked(&call)?;
    let asset = found(&call).await?;
    let forest = Forest::of(&call).await?;
    forest.check(&call.caller, Permission::Read, asset.group)?;
    let blocked = blocked_from(&call, asset.asset).await?;
    let lineage = forest.lineage(asset.group);
    let is_shown = |user: &UserRow| {
        if blocked.contains(&user.user) {
            is_asked_for.blocked
        } else {
            is_asked_for.assigned && lineage.reaches(&user.grants)
        }
    };
    let users = users::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let users = users.into_iter().filter(is_shown).collect();
    show_users(&call, users, &blocked).await.map(wire::ok)
}

/// Whom the request asks for.
struct Asked {
    assigned: bool,
    blocked: bool,
}

fn asked(call: &Call) -> Result<Asked, Problem> {
    match call.request.query_value("userType").as_deref() {
        None | Some("" | "all") => Ok(Asked { assigned: true, blocked: true }),
        Some("assigned" | "gainAccess") => Ok(Asked { assigned: true, blocked: false }),
        Some("blocked" | "lostAccess") => Ok(Asked { assigned: false, blocked: true }),
        Some(_) => {
            Err(Problem::invalid("userType", "userType is none of all, assigned and blocked"))
        }
    }
}
