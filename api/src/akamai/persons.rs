//! Persons as lists show them beside other things: by their names.

use projections::users::{self, UserRow};
use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::fault::Fault;

/// Id and names of a user whose row was opened; nothing is known of one who was erased.
pub(super) fn named(row: &UserRow) -> Map<String, Value> {
    let known = row.profile.known();
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("uiIdentityId", json!(row.user));
    put("uiUserName", json!(known.map_or("", |known| &known.user_name)));
    put("firstName", json!(known.map_or("", |known| &known.first_name)));
    put("lastName", json!(known.map_or("", |known| &known.last_name)));
    shown
}

/// The user of that name, whatever its case, opened. Names stand sealed in the rows, so all are
/// opened.
pub(super) async fn user_named(call: &Call, name: &str) -> Result<Option<UserRow>, Fault> {
    let rows = users::all(&call.views, &call.tenant).await?;
    let rows = call.app.opened(&call.tenant, rows).await?;
    let name = name.to_lowercase();
    let is_it = |row: &UserRow| {
        row.profile.known().is_some_and(|known| known.user_name.to_lowercase() == name)
    };
    Ok(rows.into_iter().find(is_it))
}
