//! Shows one asset, in the group that it is asked for in.

use axum::response::Response;
use serde_json::json;

use super::found_in_group;
use crate::akamai::names::Names;
use crate::akamai::problem::Problem;
use crate::akamai::wire::{self, date};
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let (row, forest) = found_in_group(&call).await?;
    let marks = &row.marks;
    let names = Names::of(&call, [marks.created_by.as_str(), &marks.modified_by]).await?;
    Ok(wire::ok(json!({
        "propertyId": row.asset,
        "propertyName": row.name,
        "arlConfigFile": format!("{}.xml", row.name),
        "groupId": row.group,
        "groupName": forest.name(row.group),
        "createdBy": names.get(&marks.created_by),
        "createdDate": date(marks.created_at),
        "modifiedBy": names.get(&marks.modified_by),
        "modifiedDate": date(marks.modified_at),
    })))
}
