//! A credential as replies show it.

use chrono::{DateTime, SecondsFormat, Utc};
use commands::clients::latest_expiry;
use domain::CredentialStatus;
use projections::clients::CredentialRow;
use serde_json::{Map, Value, json};

use super::Leave;
use crate::akamai::wire::date;
use crate::call::Call;

/// A credential as reads show it: never with its secret, and with what the caller could do with it
/// if that is asked for.
pub(in crate::akamai) fn one(
    call: &Call,
    held: &CredentialRow,
    leave: Leave,
    shows_actions: bool,
) -> Value {
    let at = call.request.received_at;
    let mut shown = members(held, at);
    let latest = latest_expiry(&held.state, at).to_rfc3339_opts(SecondsFormat::Millis, true);
    shown.insert("maxAllowedExpiry".to_owned(), json!(latest));
    if shows_actions {
        shown.insert("actions".to_owned(), actions(held, at, leave));
    }
    Value::Object(shown)
}

/// The members that every reply has but the one to an update.
pub(super) fn members(held: &CredentialRow, at: DateTime<Utc>) -> Map<String, Value> {
    let shown = json!({
        "credentialId": held.credential,
        "clientToken": held.state.client_token,
        "status": held.state.status(at),
        "createdOn": date(held.created_at),
        "description": held.state.terms.description,
        "expiresOn": date(held.state.end()),
    });
    shown.as_object().cloned().unwrap_or_default()
}

/// What could be done with it by whoever has that leave.
fn actions(held: &CredentialRow, at: DateTime<Utc>, leave: Leave) -> Value {
    let (status, was_reset) = (held.state.status(at), held.state.was_reset(at));
    let is = |wanted| leave.changes && status == wanted;
    let is_there = status != CredentialStatus::Deleted;
    json!({
        "activate": is(CredentialStatus::Inactive) && !was_reset,
        "deactivate": is(CredentialStatus::Active),
        "delete": is(CredentialStatus::Inactive),
        "editDescription": leave.changes && is_there,
        "editExpiration": leave.puts_off && is_there && !was_reset,
    })
}
