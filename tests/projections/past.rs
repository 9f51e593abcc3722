//! Any instant of a tenant's history.

use std::sync::Arc;

use domain::{FeatureKey, FeatureSet, FeatureValue, Level};
use projections::{Until, features, groups};

use super::ledger::{Ledger, instant};
use super::scenario::group;
use crate::stores::{Database, on_both_stores};

on_both_stores!(the_forest_is_shown_as_it_was, inherited_flags_are_those_of_the_same_instant,);

async fn the_forest_is_shown_as_it_was(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let tenant = ledger.found("acme").await;
    let mut positions = Vec::new();
    for id in 1..=5 {
        positions.push(ledger.record(&tenant, vec![group(id, None, "group")]).await.1);
    }
    let log = ledger.log.as_ref();
    for (number, position) in positions.into_iter().enumerate() {
        let ordinal = i64::try_from(number).unwrap() + 2;
        for until in
            [Until::Ordinal(ordinal), Until::Position(position), Until::Instant(instant(position))]
        {
            let past = projections::as_of(log, &tenant, until).await.unwrap();
            let rows = groups::all(&past.views, &tenant).await.unwrap();
            assert_eq!(rows.len(), number + 1, "{until:?}");
            assert_eq!((past.ordinal, past.at), (ordinal, Some(instant(position))));
        }
    }
    let before = projections::as_of(log, &tenant, Until::Ordinal(0)).await.unwrap();
    assert_eq!(groups::all(&before.views, &tenant).await.unwrap(), []);
    assert_eq!((before.ordinal, before.at), (0, None));
}

fn set(on: Level, after: bool) -> domain::Event {
    let (key, after) = (FeatureKey::UserSchema, FeatureValue::Switch(after));
    FeatureSet { on, key, before: None, after }.into()
}

async fn inherited_flags_are_those_of_the_same_instant(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let system = ledger.found("system").await;
    let tenant = ledger.found("acme").await;
    ledger.record(&system, vec![set(Level::System, true)]).await;
    let (_, early) = ledger.record(&tenant, vec![group(1, None, "one")]).await;
    for id in 2..6 {
        ledger.record(&tenant, vec![group(id, None, "more")]).await;
    }
    for after in [true, true, true, true, false] {
        ledger.record(&system, vec![set(Level::System, after)]).await;
    }
    let shown = async |until| {
        let past = projections::as_of(ledger.log.as_ref(), &tenant, until).await.unwrap();
        let flags = features::resolved(&past.views, &tenant, &Level::Instance).await.unwrap();
        let flag = flags[&FeatureKey::UserSchema].clone();
        assert_eq!(flag.source, Level::System);
        flag.value
    };
    // On several partitions these instants count each from its own start; the first is past.
    assert_eq!(shown(Until::Instant(instant(early + 1))).await, FeatureValue::Switch(true));
    assert_eq!(shown(Until::Now).await, FeatureValue::Switch(false));
}
