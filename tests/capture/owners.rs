//! Who may call `/clients/*`, several owners, and one name of a client in all dialects.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    only_an_owner_may_call,
    there_may_be_several_owners_but_never_none,
    a_client_has_one_name_everywhere,
    descriptions_that_cannot_be_are_refused
);

const ENDPOINTS: [&str; 8] = [
    "/clients/list",
    "/clients/add",
    "/clients/set_features",
    "/clients/set_description",
    "/clients/set_whitelist",
    "/clients/clear_whitelist",
    "/clients/reset_secret",
    "/clients/delete",
];

async fn added(world: &World, name: &str, features: &str) -> (String, String) {
    let parameters = [("description", name), ("features", features)];
    let made = world.capture("/clients/add", &parameters).await;
    let text = |member: &str| made.body[member].as_str().unwrap().to_owned();
    (text("client_id"), text("client_secret"))
}

async fn only_an_owner_may_call(database: Arc<Database>) {
    let world = World::start(&database).await;
    let mut clients = Vec::new();
    for features in [
        "[]",
        r#"["access_issuer"]"#,
        r#"["direct_access"]"#,
        r#"["direct_read_access"]"#,
        r#"["login_client"]"#,
        r#"["access_issuer","direct_access","direct_read_access"]"#,
    ] {
        clients.push((features, added(&world, features, features).await));
    }
    let events = world.events().await;
    for (features, (id, secret)) in &clients {
        for endpoint in ENDPOINTS {
            let parameters = [("for_client_id", id.as_str()), ("description", "x")];
            let reply = world.capture_as((id, secret), endpoint, &parameters).await;
            let found = (&reply.body["code"], &reply.body["error"]);
            let expected = (&json!(403), &json!("client_permission_error"));
            assert_eq!(found, expected, "{endpoint} with {features}: {reply}");
        }
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn there_may_be_several_owners_but_never_none(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (id, secret) = added(&world, "Second", r#"["owner"]"#).await;
    let second = (id.as_str(), secret.as_str());
    let first = world.credentials.capture.owner_client_id.as_str();
    let features = "/clients/set_features";
    let own = world.capture_as(second, features, &[("features", "[]")]).await;
    assert_eq!(own.body["argument_name"], "features", "nobody drops it from themselves: {own}");
    let demoted = [("for_client_id", first), ("features", r#"["direct_access"]"#)];
    let reply = world.capture_as(second, features, &demoted).await;
    assert_eq!(reply.body, json!({"stat": "ok"}), "others may be demoted while one stays");
    assert_eq!(world.capture("/clients/list", &[]).await.body["code"], 403);
    let events = world.events().await;
    let path = "/v1/tenants/default/clients";
    let listed = world.admin("GET", path, Value::Null).await;
    let second_id = listed.named("clients", "Second")["client"].clone();
    for (command, body) in [
        ("SetClientFeatures", json!({"client": second_id, "features": []})),
        ("DeleteClient", json!({"client": second_id})),
    ] {
        let path = format!("/v1/tenants/default/commands/{command}");
        let reply = world.admin("POST", &path, body).await;
        assert_eq!(reply.status, 409, "{command}: {reply}");
    }
    let own = world.capture_as(second, "/clients/delete", &[("client_id_for_deletion", &id)]).await;
    assert_eq!(own.body["argument_name"], "client_id_for_deletion", "{own}");
    assert_eq!(world.events().await, events);
    // The list shows what is held, in order, and not what it implies.
    let all =
        [("for_client_id", first), ("features", r#"["owner","direct_access","access_issuer"]"#)];
    world.capture_as(second, features, &all).await;
    let filter = [("has_features", r#"["access_issuer"]"#)];
    let list = world.capture("/clients/list", &filter).await;
    let expected = json!(["access_issuer", "direct_access", "owner"]);
    assert_eq!(list.body["results"][0]["features"], expected);
    // The PHP library names the filter otherwise.
    let filter = [("features", r#"["direct_read_access"]"#)];
    assert_eq!(world.capture("/clients/list", &filter).await.body["results"], json!([]));
    world.stop().await;
}

async fn a_client_has_one_name_everywhere(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (id, _) = added(&world, "Crawler", "[]").await;
    let named = [("for_client_id", id.as_str()), ("description", "Spider 🕷")];
    let reply = world.capture("/clients/set_description", &named).await;
    assert_eq!(reply.body, json!({"stat": "ok"}));
    let list = world.capture("/clients/list", &[]).await;
    let shown = list.body["results"].as_array().unwrap().iter().find(|it| it["client_id"] == *id);
    assert_eq!(shown.unwrap()["description"], "Spider 🕷");
    let akamai = world.akamai("GET", "/api-clients", Value::Null).await;
    assert!(akamai.body.to_string().contains(r#""clientName":"Spider 🕷""#), "{akamai}");
    let path = "/v1/tenants/default/clients";
    let native = world.admin("GET", path, Value::Null).await;
    assert_eq!(native.named("clients", "Spider 🕷")["captureId"], *id);
    // Without a client, the caller's own is meant; and its old name is free.
    let own = world.capture("/clients/set_description", &[("description", "Crawler")]).await;
    assert_eq!(own.body, json!({"stat": "ok"}));
    let native = world.admin("GET", path, Value::Null).await;
    let owner = &world.credentials.capture.owner_client_id;
    assert_eq!(native.named("clients", "Crawler")["captureId"], **owner);
    world.stop().await;
}

async fn descriptions_that_cannot_be_are_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (plain, events) =
        (world.credentials.capture.plain_client_id.as_str(), world.events().await);
    let long = "x".repeat(257);
    for (client, description, code, argument) in [
        (plain, "owner-client", 361, "description"),
        (plain, "", 100, "description"),
        (plain, "  ", 200, "description"),
        (plain, "a\u{0}b", 200, "description"),
        (plain, &long, 200, "description"),
        ("nobody", "x", 200, "for_client_id"),
    ] {
        let parameters = [("for_client_id", client), ("description", description)];
        let reply = world.capture("/clients/set_description", &parameters).await;
        let found = (&reply.body["code"], &reply.body["argument_name"]);
        assert_eq!(found, (&json!(code), &json!(argument)), "{description:.9}: {reply}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}
