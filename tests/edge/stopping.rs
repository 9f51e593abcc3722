//! Stopping: what is in flight is answered, what comes later is turned away, and it ends in time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use tokio::sync::Notify;

use super::{Limits, Timeouts, client, limits, serve};

/// A service whose one answer waits until it is let go.
fn held(entered: &Arc<Notify>, released: &Arc<Notify>) -> Router {
    let (entered, released) = (Arc::clone(entered), Arc::clone(released));
    let answer = move || async move {
        entered.notify_one();
        released.notified().await;
        "done"
    };
    Router::new().route("/held", get(answer))
}

fn patient() -> Limits {
    let limits = limits();
    Limits { timeouts: Timeouts { answer: Duration::from_mins(1), ..limits.timeouts }, ..limits }
}

#[tokio::test]
async fn requests_in_flight_are_answered_and_new_ones_are_not_taken() {
    let (entered, released) = (Arc::default(), Arc::default());
    let server = serve(held(&entered, &released), patient());
    let url = format!("http://{}/held", server.address());
    let first = tokio::spawn(client().get(&url).send());
    entered.notified().await;

    let stopping = tokio::spawn(server.stop());
    let deadline = Instant::now() + Duration::from_secs(10);
    while client()
        .get(&url)
        .timeout(Duration::from_millis(100))
        .send()
        .await
        .is_err_and(|e| !e.is_connect())
    {
        assert!(Instant::now() < deadline, "connections are still taken");
    }
    assert!(!stopping.is_finished());

    released.notify_waiters();
    assert_eq!(first.await.unwrap().unwrap().text().await.unwrap(), "done");
    stopping.await.unwrap();
}

#[tokio::test]
async fn what_does_not_end_is_cut_off_in_time() {
    let (entered, released) = (Arc::default(), Arc::default());
    let limits = patient();
    let timeouts = Timeouts { stop: Duration::from_millis(200), ..limits.timeouts };
    let server = serve(held(&entered, &released), Limits { timeouts, ..limits });
    let first = tokio::spawn(client().get(format!("http://{}/held", server.address())).send());
    entered.notified().await;

    tokio::time::timeout(Duration::from_secs(10), server.stop()).await.unwrap();
    assert!(first.await.unwrap().is_err());
}
