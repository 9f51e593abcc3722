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
    let rows = async { Ok(clients::all(&call.views, &call.tenant).await?) };
    let (forest, mut rows, known) =
        tokio::try_join!(Forest::of(&call), rows, show::Known::of_all(&call))?;
    rows.retain(|client| reaches(&call, &forest, Permission::Read, client));
    rows.sort_by(|one, other| one.akamai_id.cmp(&other.akamai_id));
    // One that was deleted since the rows were read has nothing more to show.
    let there = || rows.iter().filter_map(|client| Some((client, known.get(&client.client)?)));
    let behind = show::Behind::of(&call, there()).await?;
    let with_actions = call.request.query_flag("actions");
    let shown = there().map(|(client, known)| {
        let mut item = behind.item(client, known)?;
        if with_actions {
            let actions = show::actions(&call, &forest, client, known);
            item.insert("actions".to_owned(), Value::Object(actions));
        }
        Ok(Value::Object(item))
    });
    let shown: Result<Vec<_>, Fault> = shown.collect();
    Ok(wire::ok(Value::Array(shown?)))
}
