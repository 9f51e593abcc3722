//! Persons as lists show them beside other things: by their names.

use projections::users::UserRow;
use serde_json::{Map, Value, json};

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
