//! Commands by name: granted, refused, expected, repeated, tried dry.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_command_is_granted_and_the_next_query_shows_it,
    bad_bodies_and_strangers_change_nothing,
    terms_are_kept,
);

const GROUPS: &str = "/v1/tenants/default/groups";

async fn a_command_is_granted_and_the_next_query_shows_it(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = world.command("CreateGroup", json!({"name": "Initech"})).await;
    assert_eq!(made["details"]["sequence"], "1");
    assert_eq!(made["details"]["resourceOwner"], "default");
    let path = format!("{GROUPS}/{}", made["group"]);
    let shown = world.viewer("GET", &path, Value::Null).await;
    assert_eq!((shown.status, &shown.body["name"]), (200, &json!("Initech")));
    assert_eq!(shown.body["details"], made["details"]);
    let renamed = json!({"group": made["group"], "name": "Initrode"});
    let renamed = world.command("RenameGroup", renamed).await;
    assert_eq!(renamed["details"]["sequence"], "2");
    let shown = world.viewer("GET", &path, Value::Null).await;
    assert_eq!(shown.body["name"], "Initrode");
    let position: usize = shown.header("chancery-position").parse().unwrap();
    assert_eq!(position, world.events().await);
    world.stop().await;
}

async fn bad_bodies_and_strangers_change_nothing(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    let path = |name: &str| format!("/v1/tenants/default/commands/{name}");
    let send = |name: &str, body: &'static str| {
        let request = world.request("POST", &path(name));
        let request = request.bearer_auth(&world.credentials.bearer.admin);
        Reply::of(request.header("content-type", "application/json").body(body))
    };
    for (name, body, status, code, member) in [
        ("CreateGroup", "{", 400, "body_invalid", None),
        ("CreateGroup", "[]", 400, "body_invalid", None),
        ("CreateGroup", r#"{"name":"x","colour":"red"}"#, 400, "body_invalid", None),
        ("CreateGroup", r#"{"name":""}"#, 400, "name_invalid", Some("name")),
        ("CreateGroup", r#"{"name":"x","parent":1}"#, 404, "group_unknown", Some("parent")),
        ("PaintGroup", "{}", 404, "not_found", None),
    ] {
        let reply = send(name, body).await;
        assert_eq!(reply.status, status, "{body}: {reply}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.body["type"], format!("urn:chancery:problem:{code}"), "{reply}");
        assert_eq!(reply.body["status"], status);
        assert_eq!(reply.body["requestId"], reply.header("x-request-id"));
        if let Some(member) = member {
            assert_eq!(reply.body["member"], member, "{reply}");
        }
    }
    let body = json!({"name": "x"});
    for (token, status) in [("", 401), ("cht_nobody_nothing", 401), ("a.b.c", 401)] {
        let reply = world.bearer(token, "POST", &path("CreateGroup"), body.clone()).await;
        assert_eq!(reply.status, status, "{reply}");
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
    }
    let reply = world.viewer("POST", &path("CreateGroup"), body.clone()).await;
    assert_eq!(reply.status, 403, "{reply}");
    let elsewhere = "/v1/tenants/partner/commands/CreateGroup";
    assert_eq!(world.admin("POST", elsewhere, body).await.status, 404);
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn terms_are_kept(database: Arc<Database>) {
    let world = World::start(&database).await;
    let group = world.command("CreateGroup", json!({"name": "One"})).await["group"].clone();
    let send = async |name: &str, header: (&str, &str), body: Value| {
        let request = world.request("POST", &format!("/v1/tenants/default/commands/{name}"));
        let request = request.bearer_auth(&world.credentials.bearer.admin);
        Reply::of(request.header(header.0, header.1).json(&body)).await
    };
    let rename = |name: &str| json!({"group": group, "name": name});
    let stale = send("RenameGroup", ("if-match", "\"7\""), rename("Two")).await;
    assert_eq!((stale.status, &stale.body["detail"]), (412, &json!("the sequence is 1, not 7")));
    let odd = send("RenameGroup", ("if-match", "\"seven\""), rename("Two")).await;
    assert_eq!((odd.status, &odd.body["member"]), (400, &json!("If-Match")));
    assert_eq!(send("RenameGroup", ("if-match", "\"1\""), rename("Two")).await.status, 200);

    let events = world.events().await;
    let dry = send("RenameGroup", ("prefer", "dry-run"), rename("Three")).await;
    assert_eq!(dry.body["events"][0]["type"], "group.renamed", "{dry}");
    assert_eq!(dry.body["events"][0]["payload"]["to"], "Three");

    let key = ("idempotency-key", "once");
    let robot = json!({"name": "once", "features": []});
    let first = send("CreateClient", key, robot.clone()).await;
    let again = send("CreateClient", key, robot).await;
    assert_eq!((first.status, &first.body), (200, &again.body), "{again}");
    assert!(first.body["secret"].is_string());
    let other = send("CreateClient", key, json!({"name": "twice"})).await;
    assert_eq!(other.status, 422, "{other}");
    let long = "x".repeat(256);
    let long = send("CreateGroup", ("idempotency-key", &long), json!({"name": "x"})).await;
    assert_eq!((long.status, &long.body["member"]), (400, &json!("Idempotency-Key")));
    assert_eq!(world.events().await, events + 1);
    world.stop().await;
}
