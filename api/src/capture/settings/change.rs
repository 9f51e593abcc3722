//! Changes settings, and says of each key whether it was there.

use axum::response::Response;
use commands::clients::{ChangeSettings, ChangeSettingsRejection};
use domain::{ClientId, Event, SettingChange, Settings};
use serde_json::Value;

use super::about;
use crate::call::Call;
use crate::capture::answer::ok_with;
use crate::capture::error::CaptureError;
use crate::capture::parameters::Parameters;

pub(super) async fn set(call: Call) -> Result<Response, CaptureError> {
    let client = about(&call, &Parameters::of(&call.request)).await?;
    set_one(call, Some(client)).await
}

pub(super) async fn set_default(call: Call) -> Result<Response, CaptureError> {
    set_one(call, None).await
}

pub(super) async fn set_multi(call: Call) -> Result<Response, CaptureError> {
    let client = about(&call, &Parameters::of(&call.request)).await?;
    set_many(call, Some(client)).await
}

pub(super) async fn set_default_multi(call: Call) -> Result<Response, CaptureError> {
    set_many(call, None).await
}

pub(super) async fn delete(call: Call) -> Result<Response, CaptureError> {
    let client = about(&call, &Parameters::of(&call.request)).await?;
    delete_one(call, Some(client)).await
}

pub(super) async fn delete_default(call: Call) -> Result<Response, CaptureError> {
    delete_one(call, None).await
}

async fn set_one(call: Call, client: Option<ClientId>) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let (key, value) = (parameters.required("key")?, parameters.required("value")?);
    let set = Settings::from([(key.to_owned(), value.into())]);
    let command = ChangeSettings { client, set, ..ChangeSettings::default() };
    let changes = run(call, command, "key").await?;
    Ok(ok_with(was_there(&changes, key).into()))
}

async fn set_many(call: Call, client: Option<ClientId>) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let set: Settings = parameters.object("items")?.ok_or(CaptureError::missing("items"))?;
    let keys: Vec<_> = set.keys().cloned().collect();
    let command = ChangeSettings { client, set, ..ChangeSettings::default() };
    let changes = run(call, command, "items").await?;
    let result = keys.into_iter().map(|key| {
        let was_there = was_there(&changes, &key);
        (key, Value::Bool(was_there))
    });
    Ok(ok_with(Value::Object(result.collect())))
}

async fn delete_one(call: Call, client: Option<ClientId>) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let delete = vec![parameters.required("key")?.to_owned()];
    let command = ChangeSettings { client, delete, ..ChangeSettings::default() };
    Ok(ok_with((!run(call, command, "key").await?.is_empty()).into()))
}

/// What changed. `argument` is the parameter that is at fault where keys or values are.
async fn run(
    call: Call,
    command: ChangeSettings,
    argument: &'static str,
) -> Result<Vec<SettingChange>, CaptureError> {
    let ran = call.run(command).await.map_err(|denied| denied.map(|it| refused(&it, argument)));
    let (_, granted) = ran?;
    #[expect(clippy::wildcard_enum_match_arm, reason = "the command makes no other events")]
    let changes = granted.events.into_iter().flat_map(|event| match event {
        Event::ClientSettingsChanged(fact) => fact.changes,
        Event::DefaultSettingsChanged(fact) => fact.changes,
        _ => Vec::new(),
    });
    Ok(changes.collect())
}

/// Whether a key that was set had a value before; one that had the same has not changed.
fn was_there(changes: &[SettingChange], key: &str) -> bool {
    changes.iter().find(|change| change.key == key).is_none_or(|change| change.before.is_some())
}

/// Why settings were not changed.
pub(in crate::capture) fn refused(
    rejection: &ChangeSettingsRejection,
    argument: &'static str,
) -> CaptureError {
    match rejection {
        ChangeSettingsRejection::ClientUnknown(_) => CaptureError::not_a_valid_id("for_client_id"),
        ChangeSettingsRejection::KeyInvalid
        | ChangeSettingsRejection::ValueMissing(_)
        | ChangeSettingsRejection::TooMany(_) => CaptureError::invalid(argument, rejection),
    }
}
