//! Lists the API clients that the caller's roles reach.

use axum::response::Response;
use domain::Permission;
use projections::clients;
use serde_json::Value;

use super::{reaches, show};
use crate::akamai::forest::Forest;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let forest = Forest::of(&call).await?;
    let mut rows = clients::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    rows.retain(|client| reaches(&call, &forest, Permission::Read, client));
    rows.sort_by(|one, other| one.akamai_id.cmp(&other.akamai_id));
    let mut shown = Vec::with_capacity(rows.len());
    for client in &rows {
        let Some(known) = show::Known::of(&call, client).await? else { continue };
        let mut item = show::item(&call, client, &known).await?;
        if call.request.query_flag("actions") {
            let actions = show::actions(&call, &forest, client, &known);
            item.insert("actions".to_owned(), Value::Object(actions));
        }
        shown.push(Value::Object(item));
    }
    Ok(wire::ok(Value::Array(shown)))
}
