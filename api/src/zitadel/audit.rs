//! The log as Zitadel's administrators search it (admin API v1): a tenant's own events, for whoever
//! holds `events.read` on all of it.

use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::{Aggregate, Event};
use eventlog::{Order, Recorded, TenantKeys};
use projections::events::{Query, Term};
use projections::{aggregates, events};
use prost_reflect::{DynamicMessage, ReflectMessage, Value as Field};
use serde_json::{Value, json};
use tonic::Code;

use super::error::{ZitadelError, lacks};
use super::messages::{from_json, kind};
use super::rest::{json_body, json_reply};
use crate::call::Call;
use crate::fault::Fault;
use crate::names::Names;
use crate::native::payload;

const PACKAGE: &str = "zitadel.admin.v1";
const LIMIT_MOST: usize = 1_000;
/// This dialect has no cursors: so many pages of the record are looked through for one answer.
const PAGES_MOST: usize = 100;
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
    let found = find(&call, &request, limit).await?;
    let keys = call.opening_keys().await?;
    let keys = keys.as_deref();
    let names = match keys {
        Some(_) => Some(Names::of(&call, found.iter().map(|it| it.actor.id.as_str())).await?),
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

/// The events asked for.
async fn find(
    call: &Call,
    request: &DynamicMessage,
    limit: usize,
) -> Result<Vec<Recorded>, ZitadelError> {
    let kinds = aggregates::kinds(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let (mut query, mut found) = (query(request, &kinds), Vec::new());
    for _ in 0..PAGES_MOST {
        let (log, left) = (call.app.log.as_ref(), limit - found.len());
        let page = events::search(log, &call.views, &call.tenant, &query, left).await;
        let page = page.map_err(Fault::from)?;
        found.extend(page.events);
        if !page.has_more || found.len() == limit {
            return Ok(found);
        }
        match query.order {
            Order::Ascending => query.above = page.reached,
            Order::Descending => query.below = page.reached,
        }
    }
    let text = "Too few of too many events are what was asked for; name an aggregate or a time";
    Err(ZitadelError::new(Code::ResourceExhausted, "QUERY-Ev5n1", text))
}

/// What is asked for. An aggregate is named by its id alone, so it may be of any kind.
fn query(request: &DynamicMessage, kinds: &[String]) -> Query {
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
    let of_kinds = texts("aggregate_types");
    let id = text("aggregate_id").map(|id| {
        let kinds = if of_kinds.is_empty() { kinds } else { &of_kinds };
        let of_kind = |kind: &String| Aggregate { kind: kind.clone(), id: id.clone() };
        kinds.iter().map(|kind| Term::aggregate(&of_kind(kind))).collect()
    });
    let of_kinds: Vec<_> = of_kinds.iter().map(|kind| Term::kind(kind)).collect();
    let types: Vec<_> = texts("event_types").iter().map(|name| Term::event_type(name)).collect();
    let all = [
        id.or_else(|| Some(of_kinds).filter(|kinds| !kinds.is_empty())),
        text("editor_user_id").map(|id| vec![Term::actor(&id)]),
        Some(types).filter(|types| !types.is_empty()),
        text("resource_owner").map(|owner| vec![Term::resource_owner(&owner)]),
    ];
    Query {
        all: all.into_iter().flatten().collect(),
        order: if ascends { Order::Ascending } else { Order::Descending },
        sequence_above: sequence.map_or(0, |it| i64::try_from(it).unwrap_or(i64::MAX)),
        since,
        until,
        ..Query::default()
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
