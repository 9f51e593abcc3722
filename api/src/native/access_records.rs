//! Access records: who was turned away, and who read the record. Reading these is reading the
//! record, and is recorded.

use std::net::IpAddr;

use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::Right;
use eventlog::{AccessFilter, AccessOutcome, AccessRecord, Order, TenantKeys};
use serde_json::{Value, json};
use uuid::Uuid;

use super::queries::number;
use super::{ok, refuse_confined, show};
use crate::call::Call;
use crate::dialect::{Needs, Turned};
use crate::fault::Fault;
use crate::problem::Problem;

const LIMIT_USUAL: u64 = 100;
const LIMIT_MOST: u64 = 1_000;

/// A page of access records. `next` is the cursor of the page behind it, while there may be one.
pub(super) async fn list(call: Call) -> Result<Response, Problem> {
    refuse_confined(&call)?;
    let limit = number(&call, "limit", LIMIT_USUAL, LIMIT_MOST)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let keys = call.app.keyring.tenant(&call.tenant).await.map_err(Fault::from)?;
    // Other nodes may have drawn keys since these were read.
    call.app.keyring.load(&keys).await.map_err(Fault::from)?;
    let sees_addresses = call.caller.has(Right::UserRead);
    let mut filter = filter(&call)?;
    if let Some(address) = address(&call)? {
        if !sees_addresses {
            return Err(Turned::Lacks(Needs::Right(Right::UserRead)).into());
        }
        filter.addresses = Some(keys.sealed_addresses(address).map_err(Fault::from)?);
    }
    let found = call.app.log.accesses(&call.tenant, &filter, limit).await.map_err(Fault::from)?;
    let next = found.last().filter(|_| found.len() == limit).map(cursor);
    let keys = sees_addresses.then_some(&*keys);
    let shown: Vec<_> = found.iter().map(|it| record(it, keys)).collect();
    Ok(ok(json!({"accessRecords": shown, "next": next})))
}

fn cursor(record: &AccessRecord) -> String {
    format!("{}.{}", record.at.timestamp_micros(), record.id.simple())
}

fn place(text: &str) -> Option<(DateTime<Utc>, Uuid)> {
    let (at, id) = text.split_once('.')?;
    let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
    Some((at, id.parse().ok()?))
}

fn given(call: &Call, name: &str) -> Option<String> {
    call.request.query_value(name).filter(|value| !value.is_empty())
}

fn address(call: &Call) -> Result<Option<IpAddr>, Problem> {
    let wrong = |_| Problem::invalid("address_invalid", "address", "address is not an IP address");
    given(call, "address").map(|text| text.parse()).transpose().map_err(wrong)
}

fn filter(call: &Call) -> Result<AccessFilter, Problem> {
    let order = match given(call, "order").as_deref() {
        None | Some("asc") => Order::Ascending,
        Some("desc") => Order::Descending,
        Some(_) => return Err(Problem::invalid("order_invalid", "order", "order is asc or desc")),
    };
    let after = given(call, "after").map(|text| {
        let unknown = || Problem::invalid("cursor_invalid", "after", "after is not a cursor");
        place(&text).ok_or_else(unknown)
    });
    let outcome = given(call, "outcome").map(|text| {
        let known = AccessOutcome::ALL.map(AccessOutcome::as_str).join(", ");
        let unknown =
            || Problem::invalid("outcome_invalid", "outcome", format!("outcome is one of {known}"));
        AccessOutcome::from_name(&text).ok_or_else(unknown)
    });
    let time = |name| -> Result<Option<DateTime<Utc>>, Problem> {
        let wrong = |_| Problem::invalid("time_invalid", name, format!("{name} is not RFC 3339"));
        given(call, name).map(|text| text.parse()).transpose().map_err(wrong)
    };
    let mut until = time("until")?;
    if call.newest_of_the_past().is_some() {
        let then = call.request.received_at;
        until = Some(until.map_or(then, |until: DateTime<Utc>| until.min(then)));
    }
    Ok(AccessFilter {
        after: after.transpose()?,
        order,
        outcome: outcome.transpose()?,
        operation: given(call, "operation"),
        actor_id: given(call, "actor"),
        addresses: None,
        since: time("since")?,
        until,
    })
}

/// One record. Where callers came from is shown to whoever may read of persons.
fn record(record: &AccessRecord, keys: Option<&TenantKeys>) -> Value {
    let address = keys.zip(record.address.as_deref());
    let address = address.and_then(|(keys, sealed)| keys.open_address(sealed, record.at));
    let actor = record.actor.as_ref();
    json!({
        "at": show::time(record.at),
        "id": record.id,
        "outcome": record.outcome.as_str(),
        "dialect": record.dialect,
        "operation": record.operation,
        "status": record.status,
        "actor": actor.map(|it| json!({"home": it.home, "kind": it.kind.as_str(), "id": it.id})),
        "claimed": (!record.claimed.is_empty()).then_some(&record.claimed),
        "callerAddress": address,
        "parameters": record.shape.split(',').filter(|it| !it.is_empty()).collect::<Vec<_>>(),
        "leftOut": record.left_out,
        "correlation": record.correlation,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let id = Uuid::from_u128(7);
        assert_eq!(place(&format!("17.{}", id.simple())).unwrap().1, id);
        for bad in ["", "17", "17.", ".00", "x.00000000000000000000000000000007"] {
            assert_eq!(place(bad), None, "{bad}");
        }
    }
}
