//! Persons as lists show them beside other things: by their names.

use std::borrow::Cow;

use domain::{LANGUAGE_USUAL, Profile, SESSION_SECONDS_USUAL, TIME_ZONE_USUAL};
use projections::users::{self, UserRow};
use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::fault::Fault;

/// Stands for a text that nobody knows any more, where the published document asks for one.
const ERASED: &str = "erased";
/// Mail to it reaches nobody (RFC 2606).
const ERASED_EMAIL: &str = "erased@erased.invalid";

/// What is known of a user whose row was opened. One who was erased has neutral texts, and the id
/// for a name.
pub(super) fn known(row: &UserRow) -> Cow<'_, Profile> {
    row.profile.known().map_or_else(|| Cow::Owned(erased(row)), Cow::Borrowed)
}

fn erased(row: &UserRow) -> Profile {
    Profile {
        user_name: row.user.to_string(),
        first_name: ERASED.to_owned(),
        last_name: ERASED.to_owned(),
        email: ERASED_EMAIL.to_owned(),
        country: ERASED.to_owned(),
        preferred_language: LANGUAGE_USUAL.to_owned(),
        session_seconds: SESSION_SECONDS_USUAL,
        time_zone: TIME_ZONE_USUAL.to_owned(),
        ..Profile::default()
    }
}

/// Id and names of a user whose row was opened.
pub(super) fn named(row: &UserRow) -> Map<String, Value> {
    let known = known(row);
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("uiIdentityId", json!(row.user));
    put("uiUserName", json!(known.user_name));
    put("firstName", json!(known.first_name));
    put("lastName", json!(known.last_name));
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
