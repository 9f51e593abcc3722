//! The statements about access records.

use std::fmt::Write as _;

use domain::{ActorKind, TenantId};

use super::decode::Reader;
use super::{Cells, Value};
use crate::{AccessActor, AccessFilter, AccessOutcome, AccessRecord, LogError, Order};

/// How many are written by one statement.
pub(super) const AT_ONCE: usize = 100;

const COLUMNS: &str = "tenant, recorded_at, id, outcome, dialect, operation, status, actor_home, \
     actor_kind, actor_id, claimed, address, shape, left_out, correlation";
const N_COLUMNS: usize = 15;

/// A piece at a time, so that a long absence does not end in one long transaction.
pub(super) const PURGE: &str = "DELETE FROM access_records WHERE (tenant, recorded_at, id) IN \
     (SELECT tenant, recorded_at, id FROM access_records WHERE recorded_at < $1 \
      ORDER BY recorded_at LIMIT 1000) RETURNING recorded_at";

pub(super) const DROP_ADDRESS_KEYS: &str =
    "DELETE FROM vault WHERE kind = 'address_key' AND owner < $1 RETURNING owner";

/// The statement that writes so many rows.
pub(super) fn insert(rows: usize) -> String {
    let mut sql = format!("INSERT INTO access_records ({COLUMNS}) VALUES ");
    for row in 0..rows {
        let places: Vec<_> =
            (1..=N_COLUMNS).map(|column| format!("${}", row * N_COLUMNS + column)).collect();
        // Writing into a string cannot fail.
        let _ = write!(sql, "{}({})", if row == 0 { "" } else { ", " }, places.join(", "));
    }
    sql
}

/// What is bound for one row.
pub(super) fn values(record: &AccessRecord) -> [Value<'_>; N_COLUMNS] {
    let actor = record.actor.as_ref();
    [
        Value::Text(record.tenant.as_str()),
        Value::Int(record.at.timestamp_micros()),
        Value::Bytes(record.id.as_bytes()),
        Value::Text(record.outcome.as_str()),
        Value::Text(&record.dialect),
        Value::Text(&record.operation),
        Value::Int(record.status),
        Value::Text(actor.map_or("", |actor| actor.home.as_str())),
        Value::Text(actor.map_or("", |actor| actor.kind.as_str())),
        Value::Text(actor.map_or("", |actor| actor.id.as_str())),
        Value::Text(&record.claimed),
        // None is kept as no bytes at all: what is sealed is never empty.
        Value::Bytes(record.address.as_deref().unwrap_or_default()),
        Value::Text(&record.shape),
        Value::Int(record.left_out),
        Value::Text(&record.correlation),
    ]
}

/// The statement for a filter, and what is bound to it.
pub(super) fn search<'a>(
    tenant: &'a TenantId,
    filter: &'a AccessFilter,
    limit: i64,
) -> (String, Vec<Value<'a>>) {
    let mut values = vec![Value::Text(tenant.as_str())];
    let mut sql = format!("SELECT {COLUMNS} FROM access_records WHERE tenant = $1");
    let mut bound = |value: Value<'a>| {
        values.push(value);
        format!("${}", values.len())
    };
    let (beyond, direction) = match filter.order {
        Order::Ascending => (">", ""),
        Order::Descending => ("<", " DESC"),
    };
    if let Some((at, id)) = &filter.after {
        let (at, id) =
            (bound(Value::Int(at.timestamp_micros())), bound(Value::Bytes(id.as_bytes())));
        let _ = write!(sql, " AND (recorded_at, id) {beyond} ({at}, {id})");
    }
    let texts = [
        ("outcome", filter.outcome.map(AccessOutcome::as_str)),
        ("operation", filter.operation.as_deref()),
        ("actor_id", filter.actor_id.as_deref()),
    ];
    for (column, text) in texts {
        if let Some(text) = text {
            let _ = write!(sql, " AND {column} = {}", bound(Value::Text(text)));
        }
    }
    for (operator, at) in [(">=", filter.since), ("<=", filter.until)] {
        if let Some(at) = at {
            let at = bound(Value::Int(at.timestamp_micros()));
            let _ = write!(sql, " AND recorded_at {operator} {at}");
        }
    }
    if let Some(addresses) = &filter.addresses {
        // None at all finds nothing, as it should.
        let places: Vec<_> = addresses.iter().map(|it| bound(Value::Bytes(it))).collect();
        let any = if places.is_empty() { "NULL".to_owned() } else { places.join(", ") };
        let _ = write!(sql, " AND address IN ({any})");
    }
    let limit = bound(Value::Int(limit));
    let _ = write!(sql, " ORDER BY recorded_at{direction}, id{direction} LIMIT {limit}");
    (sql, values)
}

pub(super) fn record(row: &impl Cells) -> Result<AccessRecord, LogError> {
    let cell = Reader(row);
    let foreign = || LogError::Unusable("an access record is not of this program".to_owned());
    let (outcome, kind) = (cell.text(3)?, cell.text(8)?);
    let actor = match ActorKind::from_name(&kind) {
        Some(kind) => Some(AccessActor { home: cell.tenant(7)?, kind, id: cell.text(9)? }),
        None if kind.is_empty() => None,
        None => return Err(foreign()),
    };
    Ok(AccessRecord {
        tenant: cell.tenant(0)?,
        at: cell.instant(1)?,
        id: cell.uuid(2)?,
        outcome: AccessOutcome::from_name(&outcome).ok_or_else(foreign)?,
        dialect: cell.text(4)?,
        operation: cell.text(5)?,
        status: cell.int(6)?,
        actor,
        claimed: cell.text(10)?,
        address: Some(cell.bytes(11)?).filter(|bytes| !bytes.is_empty()),
        shape: cell.text(12)?,
        left_out: cell.int(13)?,
        correlation: cell.text(14)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_run_along_the_key() {
        let tenant = TenantId::system();
        let statement = |filter: &AccessFilter| search(&tenant, filter, 9).0;
        let after = Some((chrono::DateTime::UNIX_EPOCH, uuid::Uuid::nil()));
        let later = statement(&AccessFilter { after, ..AccessFilter::default() });
        assert!(later.ends_with(
            "tenant = $1 AND (recorded_at, id) > ($2, $3) ORDER BY recorded_at, id LIMIT $4"
        ));
        let (order, addresses) = (Order::Descending, Some(vec![]));
        let nowhere = statement(&AccessFilter { order, addresses, ..AccessFilter::default() });
        assert!(nowhere.ends_with("address IN (NULL) ORDER BY recorded_at DESC, id DESC LIMIT $2"));
        assert!(insert(2).contains("$14, $15), ($16, $17, "));
    }
}
