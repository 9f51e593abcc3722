//! The record itself: a tenant's events as they stand in the log, with who, when, how, and the
//! hashes that vouch for them.

mod cursor;
mod live;
mod search;

use axum::response::Response;
use domain::{Event, Profile};
use eventlog::{Order, Recorded, TenantKeys};
use projections::events::{self, Term};
use serde_json::{Value, json};

use self::cursor::Sort;
pub(super) use self::live::stream;
use self::search::Search;
pub(super) use self::search::{instant, order};
use super::queries::number;
use super::sight::sight;
use super::{ok, show};
use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;

const LIMIT_USUAL: u64 = 100;
const LIMIT_MOST: u64 = 1_000;

/// A page of events. `next` is the cursor of the page behind it, while there may be one; a page
/// may end early, even empty, where few of many events are what was asked for. `resume` is the
/// cursor to go on from when more was recorded: in the order of the log, always.
pub(super) async fn list(call: Call) -> Result<Response, Problem> {
    let sight = sight(&call)?;
    let limit = number(&call, "limit", LIMIT_USUAL, LIMIT_MOST)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let keys = call.opening_keys().await?;
    let mut search = Search::read(&call, keys.as_deref())?;
    search.query.all.extend(sight.owner().map(|owner| vec![Term::resource_owner(owner)]));
    let (log, views) = (call.app.log.as_ref(), call.app.reads.eventual());
    let found = events::search(log, &views, &call.tenant, &search.query, limit).await;
    let found = found.map_err(Fault::from)?;
    let shown: Vec<_> = found.events.iter().map(|it| envelope(it, keys.as_deref())).collect();
    let at = found.events.last().map(|last| last.created_at);
    let cursor = || search.cursor(found.reached, at);
    let next = found.has_more.then(cursor);
    let is_log_order = search.sort == Sort::Ordinal && search.query.order == Order::Ascending;
    let resume = is_log_order.then(cursor);
    Ok(ok(json!({"events": shown, "next": next, "resume": resume})))
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
pub(super) fn hide_lookups(value: &mut Value) {
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
