//! Lists the assets in groups that the caller may read, or in one of them.

use axum::response::Response;
use domain::{AssetKind, Permission};
use projections::assets::{self, AssetRow};
use serde_json::{Value, json};

use super::group_asked;
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let (views, tenant) = (&call.views, &call.tenant);
    let forest = Forest::of(&call).await?;
    let rows = match group_asked(&call)? {
        Some(group) => {
            forest.check(&call.caller, Permission::Read, group)?;
            assets::in_group(views, tenant, group).await
        }
        None => assets::all(views, tenant).await,
    };
    let mut rows = rows.map_err(Fault::from)?;
    rows.retain(|row| forest.reaches(&call.caller, Permission::Read, row.group));
    let with_actions = call.request.query_flag("actions");
    Ok(wire::ok(rows.iter().map(|row| show(&call, &forest, row, with_actions)).collect()))
}

fn show(call: &Call, forest: &Forest, row: &AssetRow, with_actions: bool) -> Value {
    let mut shown = json!({
        "propertyId": row.asset,
        "propertyName": row.name,
        "propertyTypeDescription": kind(row.kind),
        "groupId": row.group,
        "groupName": forest.name(row.group),
    });
    if with_actions && let Some(members) = shown.as_object_mut() {
        let may_move = forest.reaches(&call.caller, Permission::AssetMove, row.group);
        members.insert("actions".to_owned(), json!({"move": may_move}));
    }
    shown
}

/// Upstream these are the names of products; `Site` is the one for an ordinary property.
fn kind(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::Property => "Site",
        AssetKind::Include => "Include",
    }
}
