//! `/config/{appId}`: the modern sibling, over the same clients and settings.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_client_is_created_replaced_and_deleted,
    settings_are_replaced_a_layer_at_a_time,
    what_cannot_be_is_refused_by_status,
    who_may_not_is_refused_by_status
);

async fn send(world: &World, method: &str, path: &str, body: Value) -> Reply {
    let held = &world.credentials.capture;
    let client = (held.owner_client_id.as_str(), held.owner_client_secret.as_str());
    send_as(world, client, method, path, body).await
}

async fn send_as(
    world: &World,
    (id, secret): (&str, &str),
    method: &str,
    path: &str,
    body: Value,
) -> Reply {
    let request = world.request(method, path).basic_auth(id, Some(secret));
    let request = if body.is_null() { request } else { request.json(&body) };
    Reply::of(request).await
}

async fn a_client_is_created_replaced_and_deleted(database: Arc<Database>) {
    let world = World::start(&database).await;
    let root = "/config/default/clients";
    let wanted = json!({
        "name": "Modern", "features": ["direct_access", "access_issuer"],
        "ipWhitelist": ["10.0.0.0/8"],
    });
    let made = send(&world, "POST", root, wanted).await;
    assert_eq!(made.status, 201, "{made}");
    let id = made.body["_id"].as_str().unwrap().to_owned();
    let path = format!("{root}/{id}");
    assert_eq!(made.header("location"), path);
    let secret = made.body["_secret"].as_str().unwrap().to_owned();
    let expected = json!({
        "_self": path, "_id": id, "_secret": secret, "_settings": format!("{path}/settings"),
        "name": "Modern", "features": ["access_issuer", "direct_access"],
        "ipWhitelist": ["10.0.0.0/8"],
    });
    assert_eq!(made.body, expected);
    assert_eq!(send(&world, "GET", &path, Value::Null).await.body, expected);
    let filtered = format!("{root}?has_feature=access_issuer&has_feature=login_client");
    assert_eq!(send(&world, "GET", &filtered, Value::Null).await.body, json!([expected]));
    let all = send(&world, "GET", root, Value::Null).await;
    assert_eq!(all.body.as_array().unwrap().len(), 3);
    // The elder sibling shows the same.
    let filter = [("has_features", r#"["access_issuer"]"#)];
    let elder = world.capture("/clients/list", &filter).await;
    let shown = &elder.body["results"][0];
    assert_eq!((&shown["client_id"], &shown["whitelist"]), (&json!(id), &json!(["10.0.0.0/8"])));

    let replaced = send(&world, "PUT", &path, json!({"name": "More modern"})).await;
    assert_eq!(replaced.status, 200, "{replaced}");
    let now = (&replaced.body["name"], &replaced.body["features"], &replaced.body["ipWhitelist"]);
    assert_eq!(now, (&json!("More modern"), &json!([]), &json!(["0.0.0.0/0"])));
    let reset = send(&world, "PUT", &format!("{path}/secret"), json!({"hoursToLive": 1})).await;
    let new = reset.body["_secret"].as_str().unwrap_or_else(|| panic!("{reset}"));
    for secret in [&secret, new] {
        let reply = world.capture_as((&id, secret), "/settings/keys", &[]).await;
        assert_eq!(reply.body["stat"], "ok", "{reply}");
    }
    assert_eq!(send(&world, "DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(send(&world, "GET", &path, Value::Null).await.status, 404);
    world.stop().await;
}

async fn settings_are_replaced_a_layer_at_a_time(database: Arc<Database>) {
    let world = World::start(&database).await;
    let plain = world.credentials.capture.plain_client_id.as_str();
    let own = format!("/config/default/clients/{plain}/settings");
    for path in [own.as_str(), "/config/default/settings"] {
        assert_eq!(send(&world, "GET", path, Value::Null).await.body, json!({}));
        for settings in [json!({"a": "1", "b": [2]}), json!({"b": [3]}), json!({})] {
            let put = send(&world, "PUT", path, settings.clone()).await;
            assert_eq!((put.status, &put.body), (200, &settings), "{path}");
            assert_eq!(send(&world, "GET", path, Value::Null).await.body, settings);
        }
    }
    send(&world, "PUT", "/config/default/settings", json!({"a": "all", "b": "all"})).await;
    send(&world, "PUT", &own, json!({"a": "own"})).await;
    let items = world.capture("/settings/items", &[("for_client_id", plain)]).await;
    assert_eq!(items.body["result"], json!({"a": "own", "b": "all"}));
    world.stop().await;
}

async fn what_cannot_be_is_refused_by_status(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    let held = &world.credentials.capture;
    let clients = "/config/default/clients".to_owned();
    let plain = format!("{clients}/{}", held.plain_client_id);
    let owner = format!("{clients}/{}", held.owner_client_id);
    let partner = domain::TenantId::new("partner").unwrap();
    let views = world.app.reads.eventual();
    let foreign = projections::clients::all(&views, &partner).await.unwrap()[0].capture_id.clone();
    let named = |features: Value| json!({"name": "x", "features": features});
    for (method, path, body, status, argument) in [
        ("POST", &clients, json!({}), 400, "body"),
        ("POST", &clients, json!([]), 400, "body"),
        ("POST", &clients, Value::Null, 400, "body"),
        ("POST", &clients, json!({"name": "plain-client"}), 409, "name"),
        ("POST", &clients, json!({"name": ""}), 400, "name"),
        ("POST", &clients, named(json!(["metadata"])), 400, "features"),
        ("POST", &clients, named(json!(["login_client", "owner"])), 400, "features"),
        ("POST", &clients, json!({"name": "x", "ipWhitelist": ["10.0.0.1"]}), 400, "ipWhitelist"),
        ("POST", &clients, json!({"name": "x", "ipWhitelist": []}), 400, "ipWhitelist"),
        ("PUT", &plain, json!({"features": []}), 400, "body"),
        ("PUT", &plain, json!({"name": "owner-client"}), 409, "name"),
        ("PUT", &plain, named(json!(["ninja"])), 400, "features"),
        ("PUT", &plain, json!({"name": "x", "ipWhitelist": []}), 400, "ipWhitelist"),
        ("PUT", &owner, named(json!([])), 400, "features"),
        ("DELETE", &owner, Value::Null, 400, "clientId"),
        ("PUT", &format!("{plain}/secret"), json!({}), 400, "body"),
        ("PUT", &format!("{plain}/secret"), json!({"hoursToLive": 169}), 400, "hoursToLive"),
        ("PUT", &format!("{plain}/secret"), json!({"hoursToLive": "1"}), 400, "body"),
        ("PUT", &format!("{plain}/settings"), json!({"k": null}), 400, "body"),
        ("PUT", &format!("{plain}/settings"), json!([1]), 400, "body"),
    ] {
        let reply = send(&world, method, path, body.clone()).await;
        assert_eq!(reply.status, status, "{method} {path} {body}: {reply}");
        assert_eq!(reply.body["argument_name"], argument, "{method} {path} {body}: {reply}");
        assert_eq!(reply.body["stat"], "error");
    }
    for id in ["nobody", foreign.as_str()] {
        for (method, rest) in
            [("GET", ""), ("DELETE", ""), ("GET", "/settings"), ("PUT", "/settings")]
        {
            let body = if method == "PUT" { json!({}) } else { Value::Null };
            let reply = send(&world, method, &format!("{clients}/{id}{rest}"), body).await;
            assert_eq!(reply.status, 404, "{method} {id}{rest}: {reply}");
        }
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn who_may_not_is_refused_by_status(database: Arc<Database>) {
    let world = World::start(&database).await;
    let held = &world.credentials.capture;
    let path = "/config/default/clients";
    let stranger = Reply::of(world.request("GET", path)).await;
    assert_eq!((stranger.status, &stranger.body["code"]), (401, &json!(402)));
    let bearer = Reply::of(world.request("GET", path).bearer_auth("x")).await;
    assert_eq!((bearer.status, &bearer.body["code"]), (401, &json!(205)));
    let plain = (held.plain_client_id.as_str(), held.plain_client_secret.as_str());
    let weak = send_as(&world, plain, "GET", path, Value::Null).await;
    assert_eq!((weak.status, &weak.body["code"]), (403, &json!(403)));
    for application in ["partner", "nowhere", "%20"] {
        let path = format!("/config/{application}/clients");
        let reply = send(&world, "GET", &path, Value::Null).await;
        let found = (reply.status, &reply.body["code"], &reply.body["error"]);
        assert_eq!(found, (404, &json!(221), &json!("unknown_application")), "{application}");
        assert!(reply.body["application_id"].is_string());
    }
    let nowhere = send(&world, "GET", "/config/default/nothing", Value::Null).await;
    assert_eq!(nowhere.status, 404);
    assert_eq!(send(&world, "PATCH", path, Value::Null).await.status, 405);
    world.stop().await;
}
