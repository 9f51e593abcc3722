//! A server with start data whose webhooks wait but shortly, and whoever administers a tenant of it.

use std::net::SocketAddr;
use std::time::Duration;

use api::serve::Server;
use api::settings::Settings;
use api::webhooks::{WebhookPace, WebhookSettings};
use commands::SystemClock;
use reqwest::Client;
use serde_json::{Value, json};
use std::sync::Arc;

use super::receiver::Receiver;
use crate::program::{Home, client, options};
use crate::stores::Database;

pub(super) struct Hub {
    pub(super) server: Server,
    pub(super) home: Home,
    token: String,
    client: Client,
}

/// Waits that are short, so that failing is quick.
pub(super) fn settings() -> Settings {
    let pace = WebhookPace {
        hold: Duration::from_secs(2),
        patience: Duration::from_secs(2),
        wait_first: Duration::from_millis(20),
        wait_most: Duration::from_millis(200),
        wait_asked_most: Duration::from_millis(200),
        breath: Duration::from_millis(5),
    };
    Settings { webhooks: WebhookSettings { pace, to_private: false }, ..Settings::default() }
}

impl Hub {
    pub(super) async fn start(database: &Database) -> Self {
        Self::listening(database, "127.0.0.1:0".parse().unwrap()).await
    }

    pub(super) async fn listening(database: &Database, listen: SocketAddr) -> Self {
        let home = Home::of(database);
        let (place, clock) = (database.place.clone(), Arc::new(SystemClock));
        let options = options(&home, place, clock, settings());
        let options = api::serve::Options { listen, ..options };
        let server = Server::start(options).await.unwrap();
        let token = home.credentials()["bearer"]["admin"].as_str().unwrap().to_owned();
        Self { server, home, token, client: client() }
    }

    pub(super) async fn command(&self, name: &str, body: Value) -> Value {
        let url = format!("{}/v1/tenants/default/commands/{name}", self.server.url());
        let request = self.client.post(url).bearer_auth(&self.token).json(&body);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body = answer.text().await.unwrap();
        assert!(status.is_success(), "{name}: {status}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        self.get_as(&self.token, path).await
    }

    pub(super) async fn get_as(&self, token: &str, path: &str) -> Value {
        let url = format!("{}/v1/tenants/default/{path}", self.server.url());
        let answer = self.client.get(url).bearer_auth(token).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    /// Has everything sent to a receiver from now on; the webhook's id and its secret.
    pub(super) async fn add(&self, receiver: &Receiver) -> (String, String) {
        self.add_with(receiver, json!({})).await
    }

    pub(super) async fn add_with(&self, receiver: &Receiver, mut body: Value) -> (String, String) {
        if body["url"].is_null() {
            body["url"] = receiver.url().into();
        }
        let added = self.command("AddWebhook", body).await;
        let text = |member: &str| added[member].as_str().unwrap().to_owned();
        (text("webhook"), text("secret"))
    }

    /// Has something recorded so many times; the ordinal of the last event.
    pub(super) async fn record(&self, times: usize) -> i64 {
        for number in 0..times {
            self.command("CreateGroup", json!({"name": format!("group {number}")})).await;
        }
        self.newest().await
    }

    pub(super) async fn newest(&self) -> i64 {
        let newest = self.get("events?order=desc&limit=1").await;
        newest["events"][0]["ordinal"].as_i64().unwrap()
    }

    /// How a webhook's deliveries stand, once that is so.
    pub(super) async fn until(&self, webhook: &str, so: impl Fn(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
        loop {
            let shown = self.get(&format!("webhooks/{webhook}")).await;
            if so(&shown["delivery"]) {
                return shown;
            }
            assert!(tokio::time::Instant::now() < deadline, "it did not come to that: {shown}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
