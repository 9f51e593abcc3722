//! More commands than may wait: what is too much is told so at once, a lock still finds room, and
//! nothing that was taken is lost.

use std::sync::Arc;
use std::time::Duration;

use api::serve::Server;
use api::settings::Settings;
use commands::{SystemClock, WriterSettings};
use reqwest::Response;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::program::{Home, client, options};
use crate::stores::{Database, on_both_stores};

on_both_stores!(what_is_too_much_is_refused_and_a_lock_finds_room);

/// How many commands may wait.
const ROOM: usize = 4;
/// One is being brought into the log, and this many are too much beside those that wait.
const TOO_MANY: usize = 6;

async fn get(server: &Server, admin: &str, what: &str) -> Value {
    let url = format!("{}/v1/tenants/default/{what}", server.url());
    client().get(url).bearer_auth(admin).send().await.unwrap().json().await.unwrap()
}

fn send(
    server: &Server,
    admin: &str,
    command: &str,
    body: Value,
) -> impl Future<Output = Response> + Send + use<> {
    let url = format!("{}/v1/tenants/default/commands/{command}", server.url());
    let request = client().post(url).bearer_auth(admin).json(&body);
    async move { request.send().await.unwrap() }
}

async fn what_is_too_much_is_refused_and_a_lock_finds_room(database: Arc<Database>) {
    let home = Home::of(&database);
    let clock = Arc::new(SystemClock);
    let mut options = options(&home, database.place.clone(), clock, Settings::default());
    options.writer = WriterSettings {
        queue_commands: ROOM,
        reserve_commands: 1,
        batch_commands: 1,
        patience: Duration::from_mins(1),
        ..WriterSettings::default()
    };
    let server = Server::start(options).await.unwrap();
    let credentials = home.credentials();
    let admin = credentials["bearer"]["admin"].as_str().unwrap();
    let group = get(&server, admin, "groups").await["groups"][0]["group"].clone();
    let plain = get(&server, admin, "clients").await["clients"][1]["client"].clone();

    let hold = database.hold_all().await;
    let mut asked = JoinSet::new();
    for number in 0..=ROOM + TOO_MANY {
        let body = json!({"group": group, "name": format!("name {number}")});
        asked.spawn(send(&server, admin, "RenameGroup", body));
    }
    // Those that are answered now are the ones that are refused: the others wait.
    for _ in 0..TOO_MANY {
        let refused = asked.join_next().await.unwrap().unwrap();
        assert_eq!(refused.status(), 503);
        assert!(refused.headers().contains_key("retry-after"));
        let body: Value = refused.json().await.unwrap();
        assert_eq!(body["type"], "urn:chancery:problem:overloaded", "{body}");
    }
    let lock = tokio::spawn(send(&server, admin, "LockClient", json!({"client": plain})));
    let another = json!({"group": group, "name": "still too much"});
    assert_eq!(send(&server, admin, "RenameGroup", another).await.status(), 503);
    hold.release().await;

    let taken = asked.join_all().await;
    assert_eq!(taken.len(), ROOM + 1);
    assert!(taken.iter().all(|answer| answer.status() == 200));
    assert_eq!(lock.await.unwrap().status(), 200);
    let renamed = get(&server, admin, "events?type=group.renamed").await;
    assert_eq!(renamed["events"].as_array().unwrap().len(), ROOM + 1);
    server.stop().await;
}
