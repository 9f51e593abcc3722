//! A credential as reads show it: never with its secret.

use chrono::{DateTime, SecondsFormat, Utc};
use commands::clients::CREDENTIAL_LIFETIME;
use domain::CredentialStatus;
use projections::clients::CredentialRow;
use serde_json::{Map, Value, json};

use crate::akamai::wire::date;
use crate::call::Call;

/// A credential, with what the caller could do with it if the request asks for that.
pub(in crate::akamai) fn one(call: &Call, held: &CredentialRow, may_change: bool) -> Value {
    let at = call.request.received_at;
    let mut shown = members(held, at);
    if call.request.query_flag("actions") {
        shown.insert("actions".to_owned(), actions(held, at, may_change));
    }
    Value::Object(shown)
}

/// What the state of a credential comes to at an instant. One that expired or that a reset of its
/// client's secret ended is inactive, whatever it was set to.
fn status(held: &CredentialRow, at: DateTime<Utc>) -> CredentialStatus {
    match held.status {
        CredentialStatus::Active if held.is_live(at) => CredentialStatus::Active,
        CredentialStatus::Active | CredentialStatus::Inactive => CredentialStatus::Inactive,
    }
}

/// All members that reads have.
fn members(held: &CredentialRow, at: DateTime<Utc>) -> Map<String, Value> {
    let expires_at = held.ends_at.map_or(held.expires_at, |end| end.min(held.expires_at));
    let latest = latest_expiry(held, at).to_rfc3339_opts(SecondsFormat::Millis, true);
    let shown = json!({
        "credentialId": held.credential,
        "clientToken": held.client_token,
        "status": status(held, at),
        "createdOn": date(held.created_at),
        "description": "",
        "expiresOn": date(expires_at),
        "maxAllowedExpiry": latest,
    });
    shown.as_object().cloned().unwrap_or_default()
}

/// How far its expiry could be put off: nothing outlives a reset of its client's secret.
fn latest_expiry(held: &CredentialRow, at: DateTime<Utc>) -> DateTime<Utc> {
    let latest = at.checked_add_months(CREDENTIAL_LIFETIME).unwrap_or(at);
    held.ends_at.map_or(latest, |end| end.min(latest))
}

/// What somebody could do with it who may change its client's credentials, or may not.
fn actions(held: &CredentialRow, at: DateTime<Utc>, may: bool) -> Value {
    let is_active = status(held, at) == CredentialStatus::Active;
    let has_ended = held.ends_at.is_some_and(|end| end <= at);
    json!({
        "activate": may && !is_active && !has_ended,
        "deactivate": may && is_active,
        "delete": may && !is_active,
        "editDescription": may,
        "editExpiration": may && !has_ended,
    })
}
