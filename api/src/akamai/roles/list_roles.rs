//! Lists the account's roles.

use axum::response::Response;
use domain::{GroupId, Permission};
use projections::roles;
use serde_json::{Value, json};

use super::show::{Holders, Sections, show};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let rows = roles::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let holders = Holders::of(&call, &rows).await?;
    if let Some(text) = call.request.query_value("groupId").filter(|text| !text.is_empty()) {
        let malformed =
            |_| Problem::invalid("groupId", format!("groupId is not an integer: {text}"));
        let group = GroupId(text.parse().map_err(malformed)?);
        holders.forest.check(&call.caller, Permission::Read, group)?;
    }
    let sections = Sections { granted_roles: false, ..Sections::asked(&call) };
    let items = rows.iter().map(|row| {
        let mut shown = show(&call, &holders, row, &sections);
        let holding = holders.users_with(row.role).count();
        shown.insert("numUsers".to_owned(), json!(holding));
        Value::Object(shown)
    });
    Ok(wire::ok(items.collect()))
}
