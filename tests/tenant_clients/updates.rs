//! Creating and changing clients: two bodies that create, PUT beside PATCH, spellings.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{CLIENTS, call};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_client_is_created_by_either_body,
    what_no_client_can_be_is_refused_and_nothing_written,
    patch_merges_and_put_resets,
    spellings_and_states_agree_or_are_refused,
    the_default_client_stays_as_it_is,
);

async fn create(world: &World, body: Value) -> Reply {
    call(world, "POST", CLIENTS, body).await
}

fn path(client: &Value) -> String {
    format!("{CLIENTS}/{}", client["id"].as_str().unwrap())
}

async fn a_client_is_created_by_either_body(database: Arc<Database>) {
    let world = World::start(&database).await;
    let plain = json!({
        "name": "Analytics", "owner_id": "u-7", "org_id": "o-7", "tags": ["b", "a"],
        "email": "ops@acme.example", "oidc_enabled": true, "whatever": {"else": 1},
    });
    let made = create(&world, plain).await;
    assert_eq!(made.status, 201, "{made}");
    for (member, value) in [
        ("name", json!("Analytics")),
        ("owner_id", json!("u-7")),
        ("org_id", json!("o-7")),
        ("tags", json!(["a", "b"])),
        ("email", json!("ops@acme.example")),
        ("oidc_enabled", json!(true)),
        ("status", json!("Active")),
        ("active", json!(true)),
        ("project_id", json!("default")),
        ("mfa_method", json!([])),
        ("roles", json!([])),
        ("message", json!("Client registered successfully")),
    ] {
        assert_eq!(made.body[member], value, "{member}: {made}");
    }
    assert_eq!(made.body["id"], made.body["hydra_client_id"]);
    let shown = call(&world, "GET", &path(&made.body), Value::Null).await;
    assert_eq!(shown.body["email"], "ops@acme.example");
    assert!(shown.body.get("secret_id").is_none(), "a secret is shown once: {shown}");

    let registers = json!({
        "name": "Mobile", "email": "ada@acme.example", "project_id": "",
        "react_app_url": "https://app.example", "client_type": "ai_agent", "agent_type": "helper",
    });
    let made = call(&world, "POST", &format!("{CLIENTS}/create"), registers).await;
    assert_eq!(made.status, 201, "{made}");
    let id = made.body["client_id"].as_str().unwrap();
    assert_eq!(made.body["hydra_client_id"], format!("{id}-main-client"));
    assert_eq!(
        (&made.body["owner_id"], &made.body["client_type"]),
        (&json!("somebody"), &json!("ai_agent"))
    );
    assert_eq!(made.body["secret_id"].as_str().map(str::len), Some(32), "{made}");

    let events = world.admin("GET", "/v1/tenants/default/events?limit=1000", Value::Null).await;
    let events = events.body["events"].as_array().unwrap();
    let [.., created, registered] = &events[..] else { panic!() };
    assert_eq!(
        (&created["type"], &registered["type"]),
        (&json!("client.created"), &json!("client.registered"))
    );
    assert_eq!(created["command"], "RegisterClient");
    assert_eq!(created["actor"]["id"], "somebody");
    let akamai = world.akamai("GET", "/api-clients", Value::Null).await;
    let names: Vec<_> =
        akamai.body.as_array().unwrap().iter().map(|it| &it["clientName"]).collect();
    assert!(names.contains(&&json!("Mobile")), "one client, whichever dialect: {akamai}");
    world.stop().await;
}

async fn what_no_client_can_be_is_refused_and_nothing_written(database: Arc<Database>) {
    let world = World::start(&database).await;
    let first = json!({"name": "Taken", "tags": [], "hydra_client_id": "h-1"});
    assert_eq!(create(&world, first).await.status, 201);
    let events = world.events().await;
    for (body, status) in [
        (json!({}), 400),
        (json!([]), 400),
        (json!({"name": ""}), 400),
        (json!({"name": "x".repeat(257), "tags": []}), 400),
        (json!({"name": 7}), 400),
        (json!({"name": "A", "email": "nobody"}), 400),
        (json!({"name": "A", "email": ""}), 400),
        (json!({"name": "A", "email": format!("{}@x.example", "x".repeat(512))}), 400),
        (json!({"name": "A", "tags": "a"}), 400),
        (json!({"name": "A", "tags": [""]}), 400),
        (json!({"name": "A", "active": "yes"}), 400),
        (json!({"name": "A", "active": true, "status": "Pending"}), 400),
        (json!({"name": "A", "status": "Deleted"}), 400),
        (json!({"name": "A", "client_type": "toaster"}), 400),
        (json!({"name": "A", "hydra_client_id": "h-1", "hydraClientID": "h-2"}), 400),
        (json!({"name": "A", "tenant_id": "partner"}), 403),
        (json!({"name": "Taken", "tags": []}), 409),
        (json!({"name": "A", "hydra_client_id": "h-1"}), 409),
    ] {
        let reply = create(&world, body.clone()).await;
        assert_eq!(reply.status, status, "{body}: {reply}");
        for member in ["error", "message", "code", "timestamp", "request_id"] {
            assert!(reply.body[member].is_string(), "{member}: {reply}");
        }
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn patch_merges_and_put_resets(database: Arc<Database>) {
    let world = World::start(&database).await;
    let body = json!({
        "name": "Robot", "email": "r@acme.example", "tags": ["a"], "hydra_client_id": "h-9",
        "oidc_enabled": true,
    });
    let made = create(&world, body).await;
    let path = path(&made.body);
    let unchanged = call(&world, "PATCH", &path, json!({})).await;
    assert_eq!((unchanged.status, &unchanged.body["updated_at"]), (200, &made.body["updated_at"]));
    let merged = call(&world, "PATCH", &path, json!({"name": "Android", "tags": ["b", "b"]})).await;
    assert_eq!((&merged.body["name"], &merged.body["tags"]), (&json!("Android"), &json!(["b"])));
    assert_eq!(merged.body["email"], "r@acme.example", "what is absent stays: {merged}");
    assert_ne!(merged.body["updated_at"], made.body["updated_at"]);
    let parts = call(&world, "GET", &format!("{CLIENTS}?name=ROBOT"), Value::Null).await;
    assert_eq!(parts.body["pagination"]["total"], 0, "found by its new name only: {parts}");
    let cleared = call(&world, "PATCH", &path, json!({"email": null, "tags": null})).await;
    assert_eq!((&cleared.body["email"], &cleared.body["tags"]), (&Value::Null, &json!([])));

    let again = json!({"email": "s@acme.example", "tags": ["c"], "hydra_client_id": "h-8"});
    call(&world, "PATCH", &path, again).await;
    let put = call(&world, "PUT", &path, json!({"active": false})).await;
    assert_eq!(put.status, 200, "{put}");
    assert_eq!((&put.body["email"], &put.body["tags"]), (&Value::Null, &json!([])), "{put}");
    assert_eq!(put.body["hydra_client_id"], put.body["client_id"]);
    assert_eq!((&put.body["name"], &put.body["oidc_enabled"]), (&json!("Android"), &json!(true)));
    assert_eq!((&put.body["active"], &put.body["status"]), (&json!(false), &json!("Inactive")));
    let owner = json!({"owner_id": "thief", "org_id": "x", "project_id": "x", "mfa_enabled": true});
    let events = world.events().await;
    let ignored = call(&world, "PATCH", &path, owner).await;
    assert_eq!((ignored.status, &ignored.body["owner_id"]), (200, &json!("somebody")));
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn spellings_and_states_agree_or_are_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = create(&world, json!({"name": "Robot", "tags": []})).await;
    let path = path(&made.body);
    for (body, member, value) in [
        (json!({"hydraClientID": "h-1"}), "hydra_client_id", json!("h-1")),
        (json!({"oidcenabled": true}), "oidc_enabled", json!(true)),
        (json!({"oidcenabled": false, "oidc_enabled": false}), "oidc_enabled", json!(false)),
        (json!({"status": "Pending"}), "active", json!(false)),
        (json!({"active": false}), "status", json!("Pending")),
        (json!({"active": true}), "status", json!("Active")),
        (json!({"status": "Inactive"}), "active", json!(false)),
        (json!({"status": "Active"}), "active", json!(true)),
    ] {
        let reply = call(&world, "PATCH", &path, body.clone()).await;
        assert_eq!((reply.status, &reply.body[member]), (200, &value), "{body}: {reply}");
    }
    let events = world.events().await;
    for body in [
        json!({"oidcenabled": true, "oidc_enabled": false}),
        json!({"active": true, "status": "Inactive"}),
        json!({"name": ""}),
        json!({"status": 7}),
        json!("text"),
    ] {
        let reply = call(&world, "PATCH", &path, body.clone()).await;
        assert_eq!(reply.status, 400, "{body}: {reply}");
    }
    assert_eq!(world.events().await, events);
    let gone = call(&world, "PATCH", &path, json!({"status": "Deleted"})).await;
    assert_eq!(
        (gone.status, &gone.body["status"], &gone.body["active"]),
        (200, &json!("Deleted"), &json!(false))
    );
    assert_eq!(call(&world, "PATCH", &path, json!({"name": "Back"})).await.status, 404);
    world.stop().await;
}

async fn the_default_client_stays_as_it_is(database: Arc<Database>) {
    let world = World::start(&database).await;
    let list = call(&world, "GET", &format!("{CLIENTS}?name=owner-client"), Value::Null).await;
    let path = path(&list.body["clients"][0]);
    let events = world.events().await;
    for (method, suffix, body) in [
        ("PUT", "", json!({"name": "x"})),
        ("PATCH", "", json!({"tags": ["x"]})),
        ("DELETE", "", Value::Null),
        ("PATCH", "/soft-delete", Value::Null),
        ("PATCH", "/deactivate", Value::Null),
        ("PUT", "/mfa", json!({"methods": ["totp"]})),
    ] {
        let reply = call(&world, method, &format!("{path}{suffix}"), body).await;
        assert_eq!(reply.status, 403, "{method} {suffix}: {reply}");
    }
    let id = path.rsplit('/').next().unwrap();
    let body = json!({"tenant_id": "default", "client_id": id});
    let reply = call(&world, "POST", &format!("{CLIENTS}/delete-complete"), body).await;
    assert_eq!(
        (reply.status, &reply.body["message"]),
        (403, &json!("Cannot delete default client"))
    );
    assert_eq!(world.events().await, events);
    world.stop().await;
}
