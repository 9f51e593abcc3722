//! The record itself: a tenant's events as they stand in the log, with who, when, how, and the
//! hashes that vouch for them.

use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::{Event, Profile, Right};
use eventlog::{Filter, Order, Recorded, TenantKeys};
use serde_json::{Value, json};

use super::queries::number;
use super::{ok, refuse_confined, show};
use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;

const LIMIT_USUAL: u64 = 100;
const LIMIT_MOST: u64 = 1_000;

/// A page of events. `next` is the cursor of the page behind it, while there may be one.
pub(super) async fn list(call: Call) -> Result<Response, Problem> {
    refuse_confined(&call)?;
    let filter = filter(&call)?;
    let limit = number(&call, "limit", LIMIT_USUAL, LIMIT_MOST)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let place = call.app.log.placement(&call.tenant).await.map_err(Fault::from)?;
    let place = place.ok_or_else(|| Problem::not_found("tenant"))?;
    let mut events = call.app.log.search(&place, &filter, limit).await.map_err(Fault::from)?;
    let is_full = events.len() == limit;
    let keys = call.app.keyring.tenant(&call.tenant).await.map_err(Fault::from)?;
    let keys = call.caller.has(Right::UserRead).then_some(&*keys);
    if let Some(keys) = keys {
        // Other nodes may have drawn keys since these were read.
        call.app.keyring.load(keys).await.map_err(Fault::from)?;
    }
    let next = events.last().filter(|_| is_full).map(|last| last.ordinal.to_string());
    if let Some(newest) = call.newest_of_the_past() {
        events.retain(|event| event.ordinal <= newest);
    }
    let shown: Vec<_> = events.iter().map(|event| envelope(event, keys)).collect();
    Ok(ok(json!({"events": shown, "next": next})))
}

fn filter(call: &Call) -> Result<Filter, Problem> {
    let value = |name| call.request.query_value(name).filter(|value| !value.is_empty());
    let order = match value("order").as_deref() {
        None | Some("asc") => Order::Ascending,
        Some("desc") => Order::Descending,
        Some(_) => return Err(Problem::invalid("order_invalid", "order", "order is asc or desc")),
    };
    let after = value("after").map(|text| text.parse());
    let after = after.transpose().map_err(|_| {
        Problem::invalid("cursor_invalid", "after", "after is not an ordinal or a cursor")
    })?;
    let time = |name| -> Result<Option<DateTime<Utc>>, Problem> {
        let given = value(name).map(|text| text.parse());
        let wrong = |_| Problem::invalid("time_invalid", name, format!("{name} is not RFC 3339"));
        given.transpose().map_err(wrong)
    };
    // `group`, or `group:12`.
    let aggregate = value("aggregate");
    let (kind, id) = match aggregate.as_deref().map(|text| text.split_once(':')) {
        Some(Some((kind, id))) => (Some(kind.to_owned()), Some(id.to_owned())),
        Some(None) | None => (aggregate, None),
    };
    Ok(Filter {
        after,
        order,
        aggregate_kind: kind,
        aggregate_id: id,
        event_type: value("type"),
        actor_id: value("actor"),
        command: value("command"),
        correlation: value("correlation"),
        since: time("since")?,
        until: time("until")?,
        ..Filter::default()
    })
}

/// An event with its envelope. What is personal is opened only where keys are given.
pub(crate) fn envelope(event: &Recorded, keys: Option<&TenantKeys>) -> Value {
    let address = event.caller_address.as_deref();
    let address = keys.zip(address).and_then(|(keys, it)| keys.open_address(it, event.created_at));
    json!({
        "ordinal": event.ordinal,
        "aggregate": event.aggregate,
        "sequence": event.sequence.to_string(),
        "type": event.event_type,
        "version": event.event_version,
        "payload": payload(event, keys),
        "payloadHash": event.payload_hash.to_string(),
        "leafHash": event.leaf_hash.to_string(),
        "resourceOwner": event.resource_owner,
        "actor": event.actor,
        "command": event.command,
        "commandId": event.command_id,
        "correlation": event.correlation,
        "callerAddress": address,
        "createdAt": show::time(event.created_at),
    })
}

/// The payload as it was stored, or, where somebody is told of in it and keys are given, opened.
pub(crate) fn payload(event: &Recorded, keys: Option<&TenantKeys>) -> Value {
    opened(event, keys).or_else(|| serde_json::from_slice(&event.payload).ok()).unwrap_or_default()
}

fn opened(event: &Recorded, keys: Option<&TenantKeys>) -> Option<Value> {
    let keys = keys?;
    let mut decoded = Event::decode(&event.event_type, event.event_version, &event.payload).ok()?;
    if decoded.personal_mut().is_empty() {
        return None;
    }
    let mut shown = serde_json::from_slice(&keys.opened(decoded).encode().ok()?).ok()?;
    hide_lookups(&mut shown);
    Some(shown)
}

/// Takes out what compares addresses and tells nobody anything.
fn hide_lookups(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for lookup in Profile::LOOKUPS {
                members.shift_remove(lookup);
            }
            members.values_mut().for_each(hide_lookups);
        }
        Value::Array(elements) => elements.iter_mut().for_each(hide_lookups),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
