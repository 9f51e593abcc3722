//! The database goes away while the server serves, and comes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::data_dir::DataDir;
use api::edge::Timeouts;
use api::serve::{Options, Server};
use api::settings::Settings;
use api::store::{KeySource, Place as Store};
use commands::WriterSettings;
use eventlog::MasterKey;
use reqwest::Response;
use serde_json::{Value, json};

use super::program::{Home, MASTER_KEY};
use crate::stores::{Database, Line, Place, on_both_stores};

on_both_stores!(commands_are_refused_with_a_problem_and_taken_again_afterwards);

const PATIENCE: Duration = Duration::from_mins(1);

async fn server(home: &Home, place: Place) -> Server {
    let place = match place {
        Place::DataDir(_) => Store::Embedded,
        Place::Url(url) => Store::Postgres { url, partitions: 4 },
    };
    let options = Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        data_dir: DataDir::new(&home.data_dir),
        place,
        key: KeySource::Given(MasterKey::parse(MASTER_KEY).unwrap()),
        tls: None,
        trusted_proxies: Vec::new(),
        timeouts: Timeouts::default(),
        writer: WriterSettings { patience: Duration::from_secs(1), ..WriterSettings::default() },
        settings: Settings::default(),
    };
    Server::start(options).await.unwrap()
}

async fn set_features(server: &Server, admin: &str, value: bool) -> Response {
    let url = format!("{}/v1/tenants/default/commands/SetFeatures", server.url());
    let body = json!({"level": "instance", "flags": {"user_schema": value}});
    super::client().post(url).bearer_auth(admin).json(&body).send().await.unwrap()
}

async fn readiness(server: &Server) -> u16 {
    let url = format!("{}/readyz", server.url());
    super::client().get(url).send().await.unwrap().status().as_u16()
}

async fn commands_are_refused_with_a_problem_and_taken_again_afterwards(database: Arc<Database>) {
    let mut line = Line::to(&database).await;
    let home = Home::of(&database);
    let server = server(&home, line.place()).await;
    let credentials = home.credentials();
    let admin = credentials["bearer"]["admin"].as_str().unwrap();
    let answer = set_features(&server, admin, true).await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    assert_eq!(readiness(&server).await, 200);

    line.cut().await;
    let answer = set_features(&server, admin, false).await;
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], 503, "{body}");

    line.mend().await;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = set_features(&server, admin, false).await;
        if answer.status() == 200 {
            break;
        }
        assert!(Instant::now() < deadline, "{}", answer.text().await.unwrap());
    }
    while readiness(&server).await != 200 {
        assert!(Instant::now() < deadline, "it is not ready again");
    }
    server.stop().await;
}
