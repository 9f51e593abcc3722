//! Lists who would lose or gain access to a group, were it moved: the difference between the
//! effective access before and after. Both kinds are listed where the request names neither.

use std::collections::HashMap;

use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::{AccessChange, GroupId, MoveFault, Permission, PlannedMove, UserId};
use projections::user_sign_ins;
use projections::users::{self, UserRow};
use serde_json::{Value, json};

use crate::akamai::forest::Forest;
use crate::akamai::persons::{known, named};
use crate::akamai::problem::Problem;
use crate::akamai::wire::{self, date};
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let group = GroupId(wire::path_id(&call.request, "sourceGroupId")?);
    let to = GroupId(wire::path_id(&call.request, "destinationGroupId")?);
    let asked = asked(&call)?;
    let forest = Forest::of(&call).await?;
    forest.check(&call.caller, Permission::Read, group)?;
    forest.check(&call.caller, Permission::Read, to)?;
    let planned = PlannedMove::of(forest.lineage(group), &forest.lineage(to));
    let planned = planned.map_err(|fault| refused(fault, to))?;
    let is_affected = |user: &UserRow| {
        let change = planned.effect(&user.grants);
        change.is_some_and(|change| asked.is_none_or(|asked| asked == change))
    };
    let users = users::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let affected = users.into_iter().filter(is_affected).collect();
    let opened = call.app.opened(&call.tenant, affected).await?;
    let sign_ins = user_sign_ins::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let signed_in: HashMap<_, _> =
        sign_ins.into_iter().filter_map(|row| Some((row.user, row.signed_in_at?))).collect();
    let show = |row| show(&call, row, &signed_in);
    Ok(wire::ok(opened.iter().map(show).collect()))
}

/// Which of the two the request asks for; `None` for both.
fn asked(call: &Call) -> Result<Option<AccessChange>, Problem> {
    match call.request.query_value("userType").as_deref() {
        None | Some("") => Ok(None),
        Some("lostAccess") => Ok(Some(AccessChange::Lost)),
        Some("gainAccess") => Ok(Some(AccessChange::Gained)),
        Some(_) => {
            Err(Problem::invalid("userType", "userType is neither lostAccess nor gainAccess"))
        }
    }
}

/// Nobody can be affected by a move that cannot be made.
fn refused(fault: MoveFault, to: GroupId) -> Problem {
    match fault {
        MoveFault::SourceIsRoot => {
            Problem::invalid("sourceGroupId", "The root of a hierarchy cannot be moved.")
        }
        MoveFault::DestinationBelowSource => {
            let text = format!("Group {to} lies below the group to move, or is that group.");
            Problem::invalid("destinationGroupId", text)
        }
        MoveFault::OtherHierarchy(root) => {
            let text = format!("Group {to} belongs to the hierarchy of group {root}.");
            Problem::invalid("destinationGroupId", text)
        }
    }
}

/// One user, with the last time of signing in where there was one.
fn show(call: &Call, row: &UserRow, signed_in: &HashMap<UserId, DateTime<Utc>>) -> Value {
    let mut shown = named(row);
    shown.insert("accountId".to_owned(), json!(call.tenant));
    shown.insert("email".to_owned(), json!(known(row).email));
    if let Some(at) = signed_in.get(&row.user) {
        shown.insert("lastLoginDate".to_owned(), json!(date(*at)));
    }
    Value::Object(shown)
}
