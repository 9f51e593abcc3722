//! Lists the account's roles: those that can be granted on a group, where one is named, unless
//! `ignoreContext` lifts that.

use axum::response::Response;
use domain::{GroupId, Permission};
use projections::roles::RoleRow;
use projections::{catalog, roles};
use serde_json::{Value, json};

use super::show::{Holders, Sections, show};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let mut rows = roles::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let holders = Holders::of(&call, &rows).await?;
    if let Some(text) = call.request.query_value("groupId").filter(|text| !text.is_empty()) {
        let malformed =
            |_| Problem::invalid("groupId", format!("groupId is not an integer: {text}"));
        let group = GroupId(text.parse().map_err(malformed)?);
        holders.forest.check(&call.caller, Permission::Read, group)?;
        if !call.request.query_flag("ignoreContext") {
            let types = catalog::contract_types(&call.views, &call.tenant).await;
            let types = types.map_err(Fault::from)?;
            let of_group = types.of_root(holders.forest.root_of(group));
            rows.retain(|row: &RoleRow| types.of_role(row.role) == of_group);
        }
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
