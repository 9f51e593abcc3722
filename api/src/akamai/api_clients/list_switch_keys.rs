//! Lists the keys by which an API client can act in other accounts: one that the path names, or the
//! caller itself. A client that may not switch accounts has none.

use axum::response::Response;
use domain::{Permission, SwitchKey};
use projections::clients::ClientRow;
use projections::{catalog, client_access};
use serde_json::{Value, json};

use super::{itself, named};
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;
use crate::fault::Fault;

/// How many characters a search takes.
const SEARCH_MIN: usize = 3;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let client = named(&call, Permission::Read).await?;
    keys(&call, &client).await
}

pub(super) async fn of_self(call: Call) -> Result<Response, Problem> {
    let client = itself(&call).await?;
    keys(&call, &client).await
}

async fn keys(call: &Call, client: &ClientRow) -> Result<Response, Problem> {
    let part = call.request.query_value("search").filter(|part| !part.is_empty());
    let part = part.map(|part| part.to_lowercase());
    if part.as_ref().is_some_and(|part| part.chars().count() < SEARCH_MIN) {
        let detail = format!("search takes {SEARCH_MIN} characters or more");
        return Err(Problem::invalid("search", detail));
    }
    let found = client_access::one(&call.views, &call.tenant, client.client).await;
    let may_switch = found.map_err(Fault::from)?.is_some_and(|it| it.usage.allows_account_switch);
    if !may_switch {
        return Ok(wire::ok(json!([])));
    }
    let keys = catalog::switch_keys(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let keys = keys.iter().filter(|key| part.as_ref().is_none_or(|part| matches(key, part)));
    Ok(wire::ok(keys.map(shown).collect()))
}

/// Whether the account's id or its name contains `part`, which is in lower case.
fn matches(key: &SwitchKey, part: &str) -> bool {
    [key.key.as_str(), key.tenant.as_str(), &key.account_name]
        .iter()
        .any(|text| text.to_lowercase().contains(part))
}

fn shown(key: &SwitchKey) -> Value {
    json!({"accountSwitchKey": key.key, "accountName": key.account_name})
}
