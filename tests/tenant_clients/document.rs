//! The served `OpenAPI` document holds: whatever is sent, only statuses it lists come back, in the
//! shape it tells, and never a fault of the server's.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(only_documented_statuses_come_back);

const ROUNDS: usize = 12;
const SEED: [u8; 32] = *b"tenant clients, whatever is sent";

/// Anything that could stand for a value.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("default")),
        Just(json!("x".repeat(2000))),
        Just(json!("Active")),
        Just(json!("a@b.example")),
        Just(json!("\u{0}\n")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|it| Value::Object(it.into_iter().collect())),
        ]
    })
}

/// A body by its schema, some of whose members are anything at all.
fn body(schema: &Value, pick: &mut impl FnMut() -> Value) -> Value {
    let Some(properties) = schema["properties"].as_object() else { return pick() };
    let mut members = Map::new();
    for (name, schema) in properties {
        let usual = match schema["type"].as_str().or(schema["type"][0].as_str()) {
            Some("boolean") => json!(true),
            Some("array") => json!(["a"]),
            _ if name == "tenant_id" => json!("default"),
            _ => json!("robot"),
        };
        match pick() {
            Value::Null => {}
            Value::Bool(true) => drop(members.insert(name.clone(), usual)),
            other => drop(members.insert(name.clone(), other)),
        }
    }
    Value::Object(members)
}

/// Every byte spelled out, so that any text stays one part of a path or a query; cut to what a
/// target may have of it.
fn encode(text: &str) -> String {
    text.bytes().take(100).map(|byte| format!("%{byte:02X}")).collect()
}

async fn only_documented_statuses_come_back(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = world.command("CreateClient", json!({"name": "Robot"})).await;
    let known = made["client"].as_str().unwrap().to_owned();
    let token = world.admin_web_token();
    let document = Reply::of(world.request("GET", "/openapi.json")).await;
    let alone = Reply::of(world.request("GET", "/clientms/swagger/doc.json")).await;
    assert_eq!((document.status, alone.status), (200, 200));
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &SEED);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = anything();
    let mut pick = || strategy.new_tree(&mut runner).unwrap().current();
    let mut asked = 0;
    let paths = document.body["paths"].as_object().unwrap();
    for (path, item) in paths.iter().filter(|(path, _)| path.starts_with("/clients/v1")) {
        assert_eq!(alone.body["paths"][path], *item, "one description: {path}");
        for (method, operation) in item.as_object().unwrap() {
            for _ in 0..ROUNDS {
                let id = if pick().is_null() { known.clone() } else { pick().to_string() };
                let target = path.replace("{tenantId}", "default").replace("{id}", &encode(&id));
                let target = target.replace("{roleId}", &encode(&pick().to_string()));
                let names = operation["parameters"].as_array().unwrap().iter();
                let names = names.filter(|it| it["in"] == "query").map(|it| it["name"].as_str());
                let query: Vec<_> = names
                    .map(|name| format!("{}={}", name.unwrap(), encode(&pick().to_string())))
                    .collect();
                let target = format!("{target}?{}", query.join("&"));
                let request = world.request(&method.to_uppercase(), &target).bearer_auth(&token);
                let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
                let body = body(schema, &mut pick).to_string();
                let request = request.header("content-type", "application/json").body(body.clone());
                let reply = Reply::of(request).await;
                asked += 1;
                let listed = operation["responses"].get(reply.status.to_string());
                let what = format!("{method} {target} {body}: {reply}");
                assert!(listed.is_some() && reply.status < 500, "{what}");
                if reply.status >= 400 {
                    for member in ["error", "message", "code", "timestamp", "request_id"] {
                        assert!(reply.body[member].is_string(), "{what}");
                    }
                }
            }
        }
    }
    assert!(asked > 200, "{asked} requests are few");
    world.stop().await;
}
