//! Lists what an asset uses, in the group that it is asked for in.

use axum::response::Response;
use projections::assets::{self, ResourceRow};
use serde_json::{Value, json};

use super::found_in_group;
use crate::akamai::problem::Problem;
use crate::akamai::wire::{self, date};
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let (row, _) = found_in_group(&call).await?;
    let resources = assets::resources_of(&call.views, &call.tenant, row.asset).await;
    Ok(wire::ok(resources.map_err(Fault::from)?.iter().map(show).collect()))
}

fn show(row: &ResourceRow) -> Value {
    json!({
        "resourceId": row.resource,
        "resourceName": row.name,
        "resourceType": row.kind,
        "modifiedDate": date(row.modified_at),
    })
}
