//! Records of people, and what features and access schemas let clients do with them.

use std::sync::Arc;

use commands::Request;
use commands::clients::CreateClient;
use domain::{Actor, Authority, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::signing::python;
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_record_is_created_changed_and_read,
    each_feature_grants_or_refuses,
    access_schemas_narrow_features,
    what_no_record_says_is_refused,
    two_who_change_at_once_both_count
);

const USER: (&str, &str) = ("type_name", "user");

/// A new client with these features.
pub(super) async fn client(world: &World, features: &[&str]) -> (String, String) {
    let features = json!(features).to_string();
    let name = Uuid::now_v7().to_string();
    let parameters = [("description", name.as_str()), ("features", &features)];
    let made = world.capture("/clients/add", &parameters).await;
    let text = |member: &str| made.body[member].as_str().unwrap().to_owned();
    (text("client_id"), text("client_secret"))
}

/// A new record's UUID.
pub(super) async fn record(world: &World, attributes: Value) -> String {
    let attributes = attributes.to_string();
    let made = world.capture("/entity.create", &[USER, ("attributes", &attributes)]).await;
    assert_eq!(made.body["stat"], "ok", "{made}");
    made.body["uuid"].as_str().unwrap().to_owned()
}

/// A new client of another application.
pub(super) async fn foreign_owner(world: &World) -> (String, String) {
    let command: CreateClient =
        serde_json::from_value(json!({"name": "spy", "features": ["owner"]})).unwrap();
    let request = Request {
        tenant: TenantId::new("partner").unwrap(),
        actor: Actor::system(),
        authority: Authority::full(),
        command_id: Uuid::now_v7(),
        correlation: "test".to_owned(),
        address: None,
        expected_sequence: None,
        idempotency: None,
        dry_run: false,
    };
    let fresh = world.app.writer.run(request, command).await.unwrap().fresh;
    (fresh.capture_id.to_string(), fresh.secret.expose().to_owned())
}

async fn read(world: &World, uuid: &str) -> Value {
    world.capture("/entity", &[USER, ("uuid", uuid)]).await.body["result"].clone()
}

async fn a_record_is_created_changed_and_read(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ada = json!({
        "email": "ada@example.com", "displayName": "Ada 🕷", "birthday": "1815-12-10",
        "primaryAddress": {"city": "London", "zip": "W1"}, "photos": [{"value": "x"}],
    });
    let uuid = record(&world, ada.clone()).await;
    let shown = read(&world, &uuid).await;
    for (name, value) in ada.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name}");
    }
    assert_eq!(shown["uuid"], uuid);
    let stamp = shown["lastUpdated"].as_str().unwrap();
    assert!(stamp.ends_with(" +0000") && stamp == shown["created"], "{shown}");
    // As the libraries ask: by an attribute whose value is JSON text, signed.
    let held = &world.credentials.capture;
    let owner = (held.owner_client_id.as_str(), held.owner_client_secret.as_str());
    let quoted = format!("\"{uuid}\"");
    let by_key = [
        USER,
        ("key_attribute", "uuid"),
        ("key_value", quoted.as_str()),
        ("attributes", r#"["displayName","primaryAddress.city"]"#),
    ];
    let some = Reply::of(python(&world, owner, "/entity", &by_key)).await;
    let expected = json!({"displayName": "Ada 🕷", "primaryAddress": {"city": "London"}});
    assert_eq!(some.body["result"], expected, "{some}");
    let id = shown["id"].to_string();
    let by_id = world.capture("/entity", &[USER, ("id", &id)]).await;
    assert_eq!(by_id.body["result"], shown);

    let changes = json!({
        "displayName": "Lady Ada", "primaryAddress": {"city": "Paris"}, "birthday": null,
    });
    let changes = changes.to_string();
    let parameters = [USER, ("uuid", uuid.as_str()), ("attributes", &changes)];
    let reply = world.capture("/entity.update", &parameters).await;
    assert_eq!(reply.body, json!({"stat": "ok"}));
    let path = [
        USER,
        ("uuid", uuid.as_str()),
        ("attribute_name", "primaryAddress.zip"),
        ("value", r#""75001""#),
    ];
    assert_eq!(world.capture("/entity.update", &path).await.body, json!({"stat": "ok"}));
    let now = read(&world, &uuid).await;
    assert_eq!(now["primaryAddress"], json!({"city": "Paris", "zip": "75001"}));
    assert_eq!((&now["displayName"], &now["email"]), (&json!("Lady Ada"), &ada["email"]));
    assert_eq!(now.get("birthday"), None);
    assert!(now["lastUpdated"].as_str() > now["created"].as_str());

    let rest = [USER, ("uuid", uuid.as_str()), ("attributes", r#"{"displayName":"A"}"#)];
    assert_eq!(world.capture("/entity.replace", &rest).await.body, json!({"stat": "ok"}));
    let now = read(&world, &uuid).await;
    assert_eq!((&now["displayName"], now.get("email")), (&json!("A"), None));
    world.stop().await;
}

async fn each_feature_grants_or_refuses(database: Arc<Database>) {
    let world = World::start(&database).await;
    let uuid = record(&world, json!({"displayName": "Ada"})).await;
    for (features, reads, writes) in [
        (&[][..], false, false),
        (&["access_issuer"], false, false),
        (&["login_client"], false, false),
        (&["direct_read_access"], true, false),
        (&["direct_access"], true, true),
        (&["access_issuer", "direct_read_access"], true, false),
        (&["owner"], true, true),
    ] {
        let (id, secret) = client(&world, features).await;
        let by_uuid = [USER, ("uuid", uuid.as_str()), ("attributes", r#"["displayName"]"#)];
        let read = world.capture_as((&id, &secret), "/entity", &by_uuid).await;
        assert_eq!(read.body["stat"] == "ok", reads, "{features:?}: {read}");
        let attributes = ("attributes", r#"{"displayName":"Bob"}"#);
        let events = world.events().await;
        for (endpoint, parameters) in [
            ("/entity.create", &[USER, attributes][..]),
            ("/entity.update", &[USER, ("uuid", uuid.as_str()), attributes]),
            ("/entity.replace", &[USER, ("uuid", uuid.as_str()), attributes]),
        ] {
            let wrote = world.capture_as((&id, &secret), endpoint, parameters).await;
            let code = wrote.body.get("code").cloned();
            let expected = (!writes).then(|| json!(403));
            assert_eq!(code, expected, "{endpoint} with {features:?}: {wrote}");
        }
        assert_eq!(world.events().await > events, writes);
        let type_of = [USER, ("access_type", "read"), ("attributes", "[]")];
        let schema = world.capture_as((&id, &secret), "/entityType.setAccessSchema", &type_of);
        assert_eq!(schema.await.body["stat"] == "ok", features.contains(&"owner"));
    }
    world.stop().await;
}

async fn access_schemas_narrow_features(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ada = json!({
        "displayName": "Ada", "email": "ada@example.com", "newsletterSubscription": false,
        "primaryAddress": {"city": "London", "zip": "W1"},
    });
    let uuid = record(&world, ada.clone()).await;
    let (id, secret) = client(&world, &["direct_access"]).await;
    let held = (id.as_str(), secret.as_str());
    let set = async |kind: &str, attributes: &str| {
        let of = ("for_client_id", id.as_str());
        let parameters = [USER, of, ("access_type", kind), ("attributes", attributes)];
        let reply = world.capture("/entityType.setAccessSchema", &parameters).await;
        assert_eq!(reply.body["stat"], "ok", "{reply}");
        let got = world.capture("/entityType.getAccessSchema", &parameters[..3]).await;
        assert_eq!(got.body["schema"], reply.body["schema"]);
        let names = got.body["schema"]["attr_defs"].as_array().unwrap().iter();
        names.map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let names = set("read", r#"["uuid","displayName","primaryAddress.city"]"#).await;
    assert_eq!(names, ["displayName", "primaryAddress.city", "uuid"]);
    set("write", r#"["newsletterSubscription","primaryAddress.city"]"#).await;
    let by_uuid = [USER, ("uuid", uuid.as_str())];
    let shown = world.capture_as(held, "/entity", &by_uuid).await;
    let expected =
        json!({"displayName": "Ada", "primaryAddress": {"city": "London"}, "uuid": uuid});
    assert_eq!(shown.body["result"], expected);
    let hidden = [by_uuid[0], by_uuid[1], ("attributes", r#"["email"]"#)];
    let hidden = world.capture_as(held, "/entity", &hidden).await;
    let found = (&hidden.body["code"], &hidden.body["attribute_name"]);
    assert_eq!(found, (&json!(223), &json!("email")));

    let events = world.events().await;
    for (attributes, outside) in [
        (r#"{"displayName":"Eve"}"#, "displayName"),
        (r#"{"newsletterSubscription":true,"email":null}"#, "email"),
        (r#"{"primaryAddress":{"zip":"W2"}}"#, "primaryAddress.zip"),
        (r#"{"primaryAddress":null}"#, "primaryAddress"),
    ] {
        for endpoint in ["/entity.update", "/entity.replace", "/entity.create"] {
            let parameters = [by_uuid[0], by_uuid[1], ("attributes", attributes)];
            let reply = world.capture_as(held, endpoint, &parameters).await;
            let found = (&reply.body["code"], &reply.body["attribute_name"]);
            assert_eq!(found, (&json!(223), &json!(outside)), "{endpoint} {attributes}");
        }
    }
    assert_eq!(world.events().await, events);
    let allowed = r#"{"newsletterSubscription":true,"primaryAddress":{"city":"Bath"}}"#;
    let parameters = [by_uuid[0], by_uuid[1], ("attributes", allowed)];
    for endpoint in ["/entity.update", "/entity.replace"] {
        let reply = world.capture_as(held, endpoint, &parameters).await;
        assert_eq!(reply.body, json!({"stat": "ok"}), "{endpoint}");
        let now = read(&world, &uuid).await;
        assert_eq!((&now["newsletterSubscription"], &now["email"]), (&json!(true), &ada["email"]));
        assert_eq!(now["primaryAddress"], json!({"city": "Bath", "zip": "W1"}));
    }
    // A schema without attributes leaves nothing.
    set("read", "[]").await;
    let shown = world.capture_as(held, "/entity", &by_uuid).await;
    assert_eq!(shown.body["result"], json!({}));
    world.stop().await;
}

async fn what_no_record_says_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let uuid = record(&world, json!({"email": "ada@example.com"})).await;
    let (events, id) = (world.events().await, read(&world, &uuid).await["id"].to_string());
    let quoted = format!("\"{uuid}\"");
    let of = ("uuid", uuid.as_str());
    let set = |attributes| vec![USER, of, ("attributes", attributes)];
    let new = |attributes| vec![USER, ("attributes", attributes)];
    let nobody = "0195a1b2-c3d4-4e5f-8a6b-7c8d9e0f1a2c";
    let schema = |kind, attributes| vec![USER, ("access_type", kind), ("attributes", attributes)];
    for (endpoint, parameters, code) in [
        ("/entity", vec![], 100),
        ("/entity", vec![USER], 100),
        ("/entity", vec![("type_name", "animal"), of], 222),
        ("/entity", vec![USER, of, ("id", &*id)], 201),
        ("/entity", vec![USER, of, ("key_attribute", "id"), ("key_value", &*id)], 201),
        ("/entity", vec![USER, ("uuid", nobody)], 310),
        ("/entity", vec![USER, ("uuid", "no uuid")], 310),
        ("/entity", vec![USER, ("id", "999999999999999999999")], 310),
        ("/entity", vec![USER, ("key_attribute", "uuid")], 100),
        ("/entity", vec![USER, ("key_attribute", "gender"), ("key_value", &*quoted)], 200),
        ("/entity", vec![USER, of, ("attributes", r#"["shoeSize"]"#)], 223),
        ("/entity", vec![USER, of, ("attributes", "[1]")], 200),
        ("/entity.create", new("[]"), 200),
        ("/entity.create", new("{oops"), 200),
        ("/entity.create", new(r#"{"uuid":"x"}"#), 320),
        ("/entity.create", new(r#"{"created":"x"}"#), 234),
        ("/entity.create", new(r#"{"shoeSize":44}"#), 223),
        ("/entity.create", new(r#"{"displayName":44}"#), 341),
        ("/entity.create", new(r#"{"birthday":"yesterday"}"#), 342),
        ("/entity.create", new(r#"{"email":"Ada@Example.com"}"#), 361),
        ("/entity.update", vec![USER, of], 100),
        ("/entity.update", vec![USER, ("attributes", "{}")], 100),
        ("/entity.update", set(r#"{"id":1}"#), 234),
        ("/entity.update", set(r#"{"primaryAddress":{"planet":"Mars"}}"#), 223),
        ("/entity.update", vec![USER, ("uuid", nobody), ("attributes", "{}")], 310),
        ("/entity.replace", set(r#"{"photos":"x"}"#), 341),
        ("/entityType.setAccessSchema", schema("read", r#"["shoeSize"]"#), 223),
        ("/entityType.setAccessSchema", schema("fly", "[]"), 200),
        ("/entityType.setAccessSchema", vec![USER, ("attributes", "[]")], 100),
        ("/entityType.getAccessSchema", vec![USER], 100),
    ] {
        let reply = world.capture(endpoint, &parameters).await;
        let found = (reply.status, &reply.body["code"]);
        assert_eq!(found, (200, &json!(code)), "{endpoint} {parameters:?}: {reply}");
    }
    let long = json!({"displayName": "x".repeat(1001)}).to_string();
    let reply = world.capture("/entity.create", &new(&long)).await;
    assert_eq!(reply.body["code"], 363, "{reply}");
    assert_eq!(world.events().await, events);
    // Nobody of another application finds it.
    let (id, secret) = foreign_owner(&world).await;
    let reply = world.capture_as((&id, &secret), "/entity", &[USER, of]).await;
    assert_eq!(reply.body["code"], 310, "{reply}");
    world.stop().await;
}

async fn two_who_change_at_once_both_count(database: Arc<Database>) {
    let world = World::start(&database).await;
    let uuid = record(&world, json!({})).await;
    let change = async |name: &str| {
        let attributes = json!({name: "here"}).to_string();
        let parameters = [USER, ("uuid", uuid.as_str()), ("attributes", &attributes)];
        world.capture("/entity.update", &parameters).await
    };
    let names = ["givenName", "familyName", "middleName", "gender"];
    for reply in futures::future::join_all(names.map(change)).await {
        assert_eq!(reply.body["stat"], "ok", "{reply}");
    }
    let now = read(&world, &uuid).await;
    assert!(names.iter().all(|name| now[*name] == "here"), "{now}");
    world.stop().await;
}
