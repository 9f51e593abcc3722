//! Settings, a whole layer at a time: what is left out is deleted.

use axum::response::Response;
use commands::clients::ChangeSettings;
use domain::{ClientId, Settings};
use projections::client_settings;

use super::{ConfigError, body, named};
use crate::call::Call;
use crate::capture::answer::answer;
use crate::capture::error::CaptureError;
use crate::capture::settings::refused;
use crate::fault::Fault;

pub(super) async fn of_client(call: Call) -> Result<Response, ConfigError> {
    let client = named(&call).await?.client;
    shown(&call, Some(client)).await
}

pub(super) async fn defaults(call: Call) -> Result<Response, ConfigError> {
    shown(&call, None).await
}

pub(super) async fn replace_of_client(call: Call) -> Result<Response, ConfigError> {
    let client = named(&call).await?.client;
    replace(call, Some(client)).await
}

pub(super) async fn replace_defaults(call: Call) -> Result<Response, ConfigError> {
    replace(call, None).await
}

async fn replace(call: Call, client: Option<ClientId>) -> Result<Response, ConfigError> {
    let set: Settings = body(&call)?;
    let command = ChangeSettings { client, set, delete_others: true, ..ChangeSettings::default() };
    let ran = call.run(command).await;
    let (call, _) = ran.map_err(|denied| denied.map(|rejection| refused(&rejection, "body")))?;
    shown(&call, client).await
}

async fn shown(call: &Call, client: Option<ClientId>) -> Result<Response, ConfigError> {
    let settings = match client {
        Some(client) => client_settings::own(&call.views, &call.tenant, client).await,
        None => client_settings::defaults(&call.views, &call.tenant).await,
    };
    Ok(answer(&settings.map_err(|error| CaptureError::from(Fault::from(error)))?))
}
