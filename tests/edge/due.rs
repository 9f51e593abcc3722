//! Time passes: what falls due is recorded by the clock, and nobody has to ask for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use api::settings::Settings;
use chrono::{DateTime, TimeDelta, Utc};
use commands::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::program::{Home, serve_here};
use crate::stores::{Database, on_both_stores};

on_both_stores!(a_secret_whose_grace_is_over_is_ended_by_the_clock);

/// The machine's clock, which can be put forward.
#[derive(Default)]
struct Ahead {
    hours: AtomicI64,
}

impl Clock for Ahead {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::hours(self.hours.load(Ordering::SeqCst))
    }
}

async fn a_secret_whose_grace_is_over_is_ended_by_the_clock(database: Arc<Database>) {
    let (home, clock) = (Home::of(&database), Arc::<Ahead>::default());
    let place = database.place.clone();
    let server = serve_here(&home, place, Arc::clone(&clock) as _, Settings::default()).await;
    let credentials = home.credentials();
    let admin = credentials["bearer"]["admin"].as_str().unwrap();
    let ask = |method: reqwest::Method, path: &str| {
        let url = format!("{}/v1/tenants/default/{path}", server.url());
        super::client().request(method, url).bearer_auth(admin)
    };
    let clients = ask(reqwest::Method::GET, "clients").send().await.unwrap();
    let clients: Value = clients.json().await.unwrap();
    let client = &clients["clients"][0]["client"];
    let reset = ask(reqwest::Method::POST, "commands/ResetClientSecret");
    let body = json!({"client": client, "hoursToLive": 1});
    let reset = reset.json(&body).send().await.unwrap();
    assert_eq!(reset.status(), 200, "{}", reset.text().await.unwrap());

    let ended = async || -> Vec<Value> {
        let events = ask(reqwest::Method::GET, "events?type=client.secret_grace_ended");
        let mut events: Value = events.send().await.unwrap().json().await.unwrap();
        serde_json::from_value(events["events"].take()).unwrap()
    };
    assert!(ended().await.is_empty());
    clock.hours.store(2, Ordering::SeqCst);
    let deadline = Instant::now() + Duration::from_mins(1);
    let events = loop {
        let events = ended().await;
        if !events.is_empty() {
            break events;
        }
        assert!(Instant::now() < deadline, "nothing was recorded");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(events[0]["actor"]["kind"], "timer");
    assert_eq!(&events[0]["aggregate"]["id"], client);
    server.stop().await;
}
