//! Lists the users that API clients can be authorized for.

use axum::response::Response;
use projections::users::UserRow;
use serde_json::{Value, json};

use super::known;
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let forest = Forest::of(&call).await?;
    let users = known(&call, &forest).await?;
    Ok(wire::ok(users.iter().filter_map(shown).collect()))
}

/// One user; nobody can be authorized who was erased.
fn shown(user: &UserRow) -> Option<Value> {
    let known = user.profile.known()?;
    Some(json!({
        "uiIdentityId": user.user,
        "username": known.user_name,
        "firstName": known.first_name,
        "lastName": known.last_name,
        "email": known.email,
    }))
}
