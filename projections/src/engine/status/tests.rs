//! What is told to the metrics.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use domain::{Event, GroupCreated, GroupId};
use eventlog::{Batch, EventLog, SqliteLog};
use metrics::{
    Counter, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use tokio::sync::watch;
use uuid::Uuid;

use crate::sample::recorded;
use crate::{Projections, Views};

type Gauges = Arc<Mutex<BTreeMap<String, f64>>>;

/// Keeps gauges, by name and labels.
#[derive(Default)]
struct Kept(Gauges);

struct One(Gauges, String);

impl GaugeFn for One {
    fn increment(&self, by: f64) {
        *self.0.lock().unwrap().entry(self.1.clone()).or_default() += by;
    }
    fn decrement(&self, by: f64) {
        self.increment(-by);
    }
    fn set(&self, value: f64) {
        self.0.lock().unwrap().insert(self.1.clone(), value);
    }
}

impl Recorder for Kept {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let labels = key.labels().map(|label| format!(" {}={}", label.key(), label.value()));
        let name = format!("{}{}", key.name(), labels.collect::<String>());
        Gauge::from_arc(Arc::new(One(Arc::clone(&self.0), name)))
    }
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[tokio::test]
async fn gauges_tell_how_far_the_rows_are_and_who_stands_still() {
    let dir = std::env::temp_dir().join(format!("chancery_status_{}", Uuid::now_v7()));
    std::fs::create_dir_all(&dir).unwrap();
    let log: Arc<dyn EventLog> = Arc::new(SqliteLog::open(&dir).await.unwrap());
    let created = |group: i64| {
        let (group, name) = (GroupId(group), "group".to_owned());
        Event::from(GroupCreated { group, parent: None, name })
    };
    let mut events = recorded("acme", &[created(1), created(2)]);
    events[1].event_version = 99;
    events[1].leaf_hash = eventlog::leaf_hash(&events[1]);
    let batch = Batch { bases: log.heads().await.unwrap(), events, ..Batch::default() };
    log.append(&batch).await.unwrap();

    let views = Views::memory().await.unwrap();
    let (committed, heads) = watch::channel(vec![2]);
    let engine = Projections::start(log, views, heads, Vec::new()).await.unwrap();
    engine.reads().current_everywhere().await.unwrap();
    let kept = Kept::default();
    metrics::with_local_recorder(&kept, || engine.engine.measure());
    let told = |name: &str| kept.0.lock().unwrap().get(name).copied();
    assert_eq!(told("chancery_projection_position partition=0"), Some(2.0));
    assert_eq!(told("chancery_projection_lag_events partition=0"), Some(0.0));
    assert_eq!(told("chancery_projection_lag_seconds partition=0"), Some(0.0));
    assert_eq!(told("chancery_projection_parked projection=groups_v1"), Some(1.0));

    committed.send_replace(vec![5]);
    metrics::with_local_recorder(&kept, || engine.engine.measure());
    assert_eq!(told("chancery_projection_lag_events partition=0"), Some(3.0));
    engine.stop().await;
    std::fs::remove_dir_all(&dir).unwrap();
}
