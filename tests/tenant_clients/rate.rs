//! How often one caller may ask.

use std::sync::Arc;

use api::rate::Rate;
use api::settings::Settings;
use serde_json::Value;

use super::CLIENTS;
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(who_asks_too_often_is_told_when_to_come_back);

async fn who_asks_too_often_is_told_when_to_come_back(database: Arc<Database>) {
    let settings = Settings { tenant_clients_rate: Rate::per_minute(3), ..Settings::default() };
    let proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let world = World::start_behind(&database, settings, proxies).await;
    let token = world.admin_web_token();
    let from = |address: &'static str| {
        let request = world.request("GET", CLIENTS).bearer_auth(&token);
        Reply::of(request.header("x-forwarded-for", address))
    };
    for _ in 0..3 {
        assert_eq!(from("192.0.2.1").await.status, 200);
    }
    let turned = from("192.0.2.1").await;
    assert_eq!((turned.status, &turned.body["code"]), (429, &"RATE_LIMITED".into()), "{turned}");
    let wait: u64 = turned.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    // Others do not wait for it, nor does it in the other dialects.
    assert_eq!(from("192.0.2.2").await.status, 200);
    let native = world.request("GET", "/v1/tenants/default/clients");
    let native = native.bearer_auth(&world.credentials.bearer.admin);
    assert_eq!(Reply::of(native.header("x-forwarded-for", "192.0.2.1")).await.status, 200);
    // Whoever comes over loopback is not counted.
    for _ in 0..5 {
        let reply = world.bearer(&token, "GET", CLIENTS, Value::Null).await;
        assert_eq!(reply.status, 200, "{reply}");
    }
    world.stop().await;
}
