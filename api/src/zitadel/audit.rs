//! The log as Zitadel's administrators search it (admin API v1): a tenant's own events, for whoever
//! holds `events.read` on all of it.

use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::{Event, Right};
use eventlog::{Filter, Order, Recorded, TenantKeys};
use projections::aggregates;
use prost_reflect::{DynamicMessage, ReflectMessage, Value as Field};
use serde_json::{Value, json};

use super::error::{ZitadelError, lacks};
use super::messages::{from_json, kind};
use super::rest::{json_body, json_reply};
use crate::call::Call;
use crate::fault::Fault;
use crate::names::Names;
use crate::native::payload;

const PACKAGE: &str = "zitadel.admin.v1";
const LIMIT_MOST: usize = 1_000;
/// Shown as the service of every editor.
const SERVICE: &str = "chancery";

/// A page of events.
pub(super) async fn events(call: Call) -> Result<Response, ZitadelError> {
    refuse_confined(&call)?;
    let request = json_body(&call.request, kind(&format!("{PACKAGE}.ListEventsRequest"))?)?;
    let limit = match request.get_field_by_name("limit").and_then(|limit| limit.as_u32()) {
        Some(limit @ 1..) => usize::try_from(limit).unwrap_or(LIMIT_MOST).min(LIMIT_MOST),
        Some(0) | None => LIMIT_MOST,
    };
    let place = call.app.log.placement(&call.tenant).await.map_err(Fault::from)?;
    let place = place.ok_or_else(|| Fault::NoTenant(call.tenant.clone()))?;
    let found = call.app.log.search(&place, &filter(&request), limit).await.map_err(Fault::from)?;
    let keys = call.app.keyring.tenant(&call.tenant).await.map_err(Fault::from)?;
    let keys = call.caller.has(Right::UserRead).then_some(&*keys);
    let names = match keys {
        Some(keys) => {
            // Other nodes may have drawn keys since these were read.
            call.app.keyring.load(keys).await.map_err(Fault::from)?;
            Some(Names::of(&call, found.iter().map(|event| event.actor.id.as_str())).await?)
        }
        None => None,
    };
    let shown: Vec<_> = found.iter().map(|it| event(it, keys, names.as_ref())).collect();
    reply("ListEventsResponse", json!({"events": shown}))
}

/// Every type of event that this program records.
pub(super) async fn event_types(call: Call) -> Result<Response, ZitadelError> {
    refuse_confined(&call)?;
    let types: Vec<_> = Event::TYPES.iter().map(|(name, _)| typed("EventTypes", name)).collect();
    reply("ListEventTypesResponse", json!({"eventTypes": types}))
}

/// Every type of aggregate that the tenant has.
pub(super) async fn aggregate_types(call: Call) -> Result<Response, ZitadelError> {
    refuse_confined(&call)?;
    let kinds = aggregates::kinds(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let kinds: Vec<_> = kinds.iter().map(|name| typed("AggregateTypes", name)).collect();
    reply("ListAggregateTypesResponse", json!({"aggregateTypes": kinds}))
}

/// An organization's own members do not see the record, which is of the whole tenant.
fn refuse_confined(call: &Call) -> Result<(), ZitadelError> {
    if call.caller.organization.is_some() { Err(lacks()) } else { Ok(()) }
}

fn reply(name: &str, body: Value) -> Result<Response, ZitadelError> {
    json_reply(&from_json(kind(&format!("{PACKAGE}.{name}"))?, body)?)
}

fn filter(request: &DynamicMessage) -> Filter {
    let field = |name| request.get_field_by_name(name);
    let text = |name| field(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let texts = |name| -> Vec<String> {
        let list = field(name).and_then(|list| list.as_list().map(<[Field]>::to_vec));
        list.iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
    };
    let ascends = field("asc").is_some_and(|asc| asc.as_bool() == Some(true));
    let sequence = field("sequence").and_then(|it| it.as_u64()).filter(|it| *it > 0);
    let from = instant(request, "from").or_else(|| instant(request, "creation_date"));
    let range = request.has_field_by_name("range").then(|| field("range")).flatten();
    let range = range.as_deref().and_then(Field::as_message);
    let of_range = |name| range.and_then(|range| instant(range, name));
    let (since, until) = if range.is_some() {
        (of_range("since"), of_range("until"))
    } else if ascends {
        (from, None)
    } else {
        (None, from)
    };
    Filter {
        order: if ascends { Order::Ascending } else { Order::Descending },
        sequence_after: sequence.map(|it| i64::try_from(it).unwrap_or(i64::MAX)),
        actor_id: text("editor_user_id"),
        event_types: texts("event_types"),
        aggregate_id: text("aggregate_id"),
        aggregate_kinds: texts("aggregate_types"),
        resource_owner: text("resource_owner"),
        since,
        until,
        ..Filter::default()
    }
}

/// A field that is a time, if it is there.
fn instant(message: &DynamicMessage, name: &str) -> Option<DateTime<Utc>> {
    let field = message.descriptor().get_field_by_name(name)?;
    let held = message.has_field(&field).then(|| message.get_field(&field))?;
    let time = held.as_message()?;
    let seconds = time.get_field_by_name("seconds")?.as_i64()?;
    let nanos = u32::try_from(time.get_field_by_name("nanos")?.as_i32()?).ok()?;
    DateTime::from_timestamp(seconds, nanos)
}

fn event(event: &Recorded, keys: Option<&TenantKeys>, names: Option<&Names>) -> Value {
    let editor = event.actor.id.as_str();
    json!({
        "editor": {
            "userId": editor,
            "displayName": names.map_or(editor, |names| names.get(editor)),
            "service": SERVICE,
        },
        "aggregate": {
            "id": event.aggregate.id,
            "type": typed("AggregateTypes", &event.aggregate.kind),
            "resourceOwner": event.resource_owner,
        },
        "sequence": event.sequence.to_string(),
        "creationDate": event.created_at,
        "payload": payload(event, keys),
        "type": typed("EventTypes", &event.event_type),
    })
}

/// A type with the key that translations of it have; there are none, so it speaks for itself.
fn typed(group: &str, name: &str) -> Value {
    json!({"type": name, "localized": {"key": format!("{group}.{name}"), "localizedMessage": name}})
}
