//! A filter as a statement. Both orders run along an index: a whole tenant by its ordinals, one
//! aggregate by its sequences, which run the same way.

use std::fmt::Write as _;

use super::{EVENT_COLUMNS, Value};
use crate::{Filter, Order, Placement};

/// The statement for a filter, and what is bound to it.
pub(super) fn search<'a>(
    place: &'a Placement,
    filter: &'a Filter,
    limit: i64,
) -> (String, Vec<Value<'a>>) {
    let mut values = vec![Value::Int(place.partition.into()), Value::Text(place.tenant.as_str())];
    let mut sql =
        format!("SELECT {EVENT_COLUMNS} FROM events WHERE partition = $1 AND tenant = $2");
    let mut restrict = |column: &str, operator: &str, value: Option<Value<'a>>| {
        if let Some(value) = value {
            values.push(value);
            // Writing into a string cannot fail.
            let _ = write!(sql, " AND {column} {operator} ${}", values.len());
        }
    };
    let (beyond, direction) = match filter.order {
        Order::Ascending => (">", ""),
        Order::Descending => ("<", " DESC"),
    };
    let text = |text: &'a Option<String>| text.as_deref().map(Value::Text);
    let instant =
        |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| Value::Int(at.timestamp_micros()));
    restrict("aggregate_kind", "=", text(&filter.aggregate_kind));
    restrict("aggregate_id", "=", text(&filter.aggregate_id));
    restrict("ordinal", beyond, filter.after.map(Value::Int));
    restrict("event_type", "=", text(&filter.event_type));
    restrict("actor_id", "=", text(&filter.actor_id));
    restrict("command", "=", text(&filter.command));
    restrict("correlation", "=", text(&filter.correlation));
    restrict("created_at", ">=", instant(filter.since));
    restrict("created_at", "<=", instant(filter.until));
    restrict("resource_owner", "=", text(&filter.resource_owner));
    restrict("sequence", ">", filter.sequence_after.map(Value::Int));
    for (column, any) in
        [("aggregate_kind", &filter.aggregate_kinds), ("event_type", &filter.event_types)]
    {
        let first = values.len() + 1;
        values.extend(any.iter().map(|text| Value::Text(text)));
        let places: Vec<_> = (first..=values.len()).map(|place| format!("${place}")).collect();
        if !places.is_empty() {
            let _ = write!(sql, " AND {column} IN ({})", places.join(", "));
        }
    }
    let one_aggregate = filter.aggregate_kind.is_some() && filter.aggregate_id.is_some();
    let along = if one_aggregate { "sequence" } else { "ordinal" };
    values.push(Value::Int(limit));
    let _ = write!(sql, " ORDER BY {along}{direction} LIMIT ${}", values.len());
    (sql, values)
}

#[cfg(test)]
mod tests {
    use domain::TenantId;

    use super::*;

    #[test]
    fn names_only_what_matters_and_runs_along_an_index() {
        let place = Placement { tenant: TenantId::system(), partition: 3 };
        let statement = |filter: &Filter| search(&place, filter, 9).0.split_off("SELECT ".len());
        let whole = statement(&Filter { after: Some(4), ..Filter::default() });
        assert!(whole.ends_with("tenant = $2 AND ordinal > $3 ORDER BY ordinal LIMIT $4"));
        let one = Filter {
            aggregate_kind: Some("group".to_owned()),
            aggregate_id: Some("7".to_owned()),
            order: Order::Descending,
            ..Filter::default()
        };
        let any = vec!["a".to_owned(), "b".to_owned()];
        let any = Filter { event_types: any, ..Filter::default() };
        assert!(statement(&any).ends_with("AND event_type IN ($3, $4) ORDER BY ordinal LIMIT $5"));
        assert!(statement(&one).ends_with(
            "aggregate_kind = $3 AND aggregate_id = $4 ORDER BY sequence DESC LIMIT $5"
        ));
    }
}
