//! Reads settings.

use axum::response::Response;
use domain::Settings;
use projections::client_settings::{all, defaults, effective};
use serde_json::{Map, Value, json};

use super::about;
use crate::call::Call;
use crate::capture::answer::{ok, ok_with};
use crate::capture::error::CaptureError;
use crate::capture::parameters::Parameters;
use crate::fault::Fault;

/// What holds for the client that the call is about.
async fn holding(call: &Call, parameters: &Parameters) -> Result<Settings, CaptureError> {
    let client = about(call, parameters).await?;
    Ok(effective(&call.views, &call.tenant, client).await.map_err(Fault::from)?)
}

fn value(settings: &Settings, key: &str) -> Value {
    settings.get(key).cloned().unwrap_or(Value::Null)
}

pub(super) async fn get(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let key = parameters.required("key")?;
    Ok(ok_with(value(&holding(&call, &parameters).await?, key)))
}

pub(super) async fn get_multi(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let keys = parameters.list("keys")?.ok_or(CaptureError::missing("keys"))?;
    let settings = holding(&call, &parameters).await?;
    let found: Map<_, _> = keys.iter().map(|key| (key.clone(), value(&settings, key))).collect();
    Ok(ok_with(found.into()))
}

pub(super) async fn items(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    Ok(ok_with(json!(holding(&call, &parameters).await?)))
}

pub(super) async fn keys(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    Ok(ok_with(holding(&call, &parameters).await?.into_keys().collect()))
}

pub(super) async fn get_default(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let key = parameters.required("key")?;
    let settings = defaults(&call.views, &call.tenant).await.map_err(Fault::from)?;
    Ok(ok_with(value(&settings, key)))
}

/// Every value there is. No document has it, but a published library asks for it.
pub(super) async fn get_all(call: Call) -> Result<Response, CaptureError> {
    let own = all(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let defaults = defaults(&call.views, &call.tenant).await.map_err(Fault::from)?;
    Ok(ok(Map::from_iter([
        ("client_settings".to_owned(), json!(own)),
        ("default_settings".to_owned(), json!(defaults)),
    ])))
}
