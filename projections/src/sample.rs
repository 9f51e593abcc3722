//! For cases: given events, then row changes, each as a line of text.

use std::sync::Arc;

use chrono::DateTime;
use domain::{Actor, Event, TenantId};
use eventlog::{Recorded, genesis, leaf_hash, payload_hash};
use uuid::Uuid;

use crate::engine::fold_into;
use crate::{Changes, Projection, RowChange, Value};

/// The events of `tenant` as they would be recorded, the first one at the first microsecond of
/// 1970; each is of sequence 1.
pub(crate) fn recorded(tenant: &str, events: &[Event]) -> Vec<Recorded> {
    let tenant = TenantId::new(tenant).unwrap();
    let record = |(ordinal, event): (i64, &Event)| {
        let payload = event.encode().unwrap();
        let mut recorded = Recorded {
            position: ordinal,
            tenant: tenant.clone(),
            ordinal,
            aggregate: event.aggregate(&tenant),
            sequence: 1,
            event_type: event.name().to_owned(),
            event_version: event.version(),
            payload_hash: payload_hash(&payload),
            payload,
            resource_owner: event.resource_owner(&tenant),
            actor: Actor { id: "ada".to_owned(), ..Actor::system() },
            created_at: DateTime::from_timestamp_micros(ordinal).unwrap(),
            ..genesis(Uuid::nil(), 0)
        };
        recorded.leaf_hash = leaf_hash(&recorded);
        recorded
    };
    (1..).zip(events).map(record).collect()
}

/// What `events` of the tenant `acme` change, folded: deletions first, then rows by key, then
/// tallies.
pub(crate) fn told(projection: impl Projection, events: &[Event]) -> Vec<String> {
    let mut changes = [Changes::default()];
    let projections: [Arc<dyn Projection>; 1] = [Arc::new(projection)];
    let parks = fold_into(&projections, &recorded("acme", events), |_, _| true, &mut changes);
    assert_eq!(parks, []);
    let mut lines = Vec::new();
    for (table, changes) in changes[0].tables() {
        let name = table.name;
        lines.extend(changes.deleted.iter().map(|key| format!("{name} - {}", text(key))));
        lines.extend(changes.rows.iter().map(|(key, change)| match change {
            RowChange::Upsert(row) => format!("{name} + {}", text(row)),
            RowChange::Update(set) => {
                let set = set.iter().map(|(number, value)| {
                    format!(" {}={}", table.columns[*number].name, text([value]))
                });
                format!("{name} ~ {}{}", text(key), set.collect::<String>())
            }
        }));
        lines.extend(changes.added.iter().map(|(key, row)| {
            let row = row.iter().filter(|(_, by)| **by != 0);
            let row = row.map(|(number, by)| format!(" {}{by:+}", table.columns[*number].name));
            format!("{name} # {}{}", text(key), row.collect::<String>())
        }));
    }
    lines
}

fn text<'a>(values: impl IntoIterator<Item = &'a Value>) -> String {
    let word = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.clone(),
    };
    values.into_iter().map(word).collect::<Vec<_>>().join(" ")
}
