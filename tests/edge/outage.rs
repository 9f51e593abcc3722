//! The database goes away while the server serves, and comes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::serve::Server;
use api::settings::Settings;
use commands::SystemClock;
use reqwest::Response;
use serde_json::{Value, json};

use crate::program::{Home, serve_here};
use crate::stores::{Database, Line, on_both_stores};

on_both_stores!(commands_are_refused_with_a_problem_and_taken_again_afterwards);

const PATIENCE: Duration = Duration::from_mins(1);

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
    let server = serve_here(&home, line.place(), Arc::new(SystemClock), Settings::default()).await;
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
