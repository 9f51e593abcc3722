//! Lists the application's clients, each with its secret: libraries rely on that. A setting masks
//! them.

use std::collections::{BTreeSet, HashMap};

use axum::response::Response;
use domain::ClientFeature;
use eventlog::VaultKind;
use projections::clients::{self, ClientRow};
use serde_json::{Map, Value, json};

use super::error::CaptureError;
use super::ok;
use super::parameters::Parameters;
use crate::call::Call;
use crate::fault::Fault;

/// The allow list of a client that has none of its own.
pub(super) const EVERYWHERE: [&str; 1] = ["0.0.0.0/0"];

const MASK: &str = "********************************";

pub(super) async fn handle(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let wanted = match parameters.list("has_features")? {
        Some(wanted) => Some(wanted),
        None => parameters.list("features")?,
    };
    let rows = clients::all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let has_any = |client: &ClientRow| {
        wanted.as_ref().is_none_or(|wanted| {
            client.features.iter().any(|held| wanted.iter().any(|name| name == held.as_str()))
        })
    };
    let secrets = secrets(&call).await?;
    let shown = rows.iter().filter(|client| has_any(client)).map(|client| show(client, &secrets));
    let results: Vec<_> = shown.collect();
    Ok(ok(Map::from_iter([("results".to_owned(), Value::Array(results))])))
}

fn show(client: &ClientRow, secrets: &HashMap<String, String>) -> Value {
    let public_id = format!("{}.{}", client.capture_id, client.secret_generation);
    json!({
        "client_id": client.capture_id,
        "client_secret": secrets.get(&public_id).map_or(MASK, String::as_str),
        "description": client.name,
        "features": client.features,
        "whitelist": EVERYWHERE,
    })
}

/// The secrets of all clients by their public ids, unless a setting hides them.
async fn secrets(call: &Call) -> Result<HashMap<String, String>, Fault> {
    if call.app.settings.capture_masks_secrets {
        return Ok(HashMap::new());
    }
    let tenant = &call.tenant;
    let keys = call.app.keyring.tenant(tenant).await?;
    let mut secrets = HashMap::new();
    for row in call.app.log.vault_of(VaultKind::ClientSecret, tenant).await? {
        let clear = String::from_utf8(keys.open(&row)?).map_err(|_| Fault::Internal)?;
        secrets.insert(row.public_id, clear);
    }
    Ok(secrets)
}

/// Names of features as replies list them: each once, in order.
pub(super) fn sorted(names: Vec<String>) -> BTreeSet<ClientFeature> {
    names.iter().filter_map(|name| ClientFeature::from_name(name)).collect()
}
