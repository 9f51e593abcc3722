//! `/settings/*`: two layers, and who may look at them and change them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::signing::python;
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_value_of_its_own_goes_before_the_default,
    several_are_set_and_read_at_once,
    only_owners_look_at_others_or_change_anything,
    what_cannot_be_kept_is_refused,
    the_settings_of_a_client_go_with_it
);

/// The `result` of a call that must go well.
async fn result(world: &World, endpoint: &str, parameters: &[(&str, &str)]) -> Value {
    let reply = world.capture(endpoint, parameters).await;
    assert_eq!((reply.status, &reply.body["stat"]), (200, &json!("ok")), "{endpoint}: {reply}");
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.body["result"].clone()
}

async fn a_value_of_its_own_goes_before_the_default(database: Arc<Database>) {
    let world = World::start(&database).await;
    let plain = ("for_client_id", world.credentials.capture.plain_client_id.as_str());
    let (key, value) = (("key", "default_flow"), |text| ("value", text));
    let get = async || result(&world, "/settings/get", &[key, plain]).await;
    assert_eq!(get().await, Value::Null);
    let set = async |text| result(&world, "/settings/set", &[key, value(text), plain]).await;
    let set_default =
        async |text| result(&world, "/settings/set_default", &[key, value(text)]).await;
    assert_eq!((set_default("standard").await, get().await), (json!(false), json!("standard")));
    assert_eq!((set("signIn").await, get().await), (json!(false), json!("signIn")));
    assert_eq!((set("signIn").await, get().await), (json!(true), json!("signIn")));
    assert_eq!(set_default("other").await, json!(true));
    assert_eq!(result(&world, "/settings/get_default", &[key]).await, "other");
    assert_eq!(get().await, "signIn");
    let delete = async || result(&world, "/settings/delete", &[key, plain]).await;
    assert_eq!((delete().await, get().await), (json!(true), json!("other")));
    assert_eq!(delete().await, json!(false), "the layer of the client only");
    assert_eq!(result(&world, "/settings/delete_default", &[key]).await, json!(true));
    assert_eq!(result(&world, "/settings/delete_default", &[key]).await, json!(false));
    assert_eq!(get().await, Value::Null);
    world.stop().await;
}

async fn several_are_set_and_read_at_once(database: Arc<Database>) {
    let world = World::start(&database).await;
    let id = world.credentials.capture.plain_client_id.as_str();
    let plain = ("for_client_id", id);
    let items = ("items", r#"{"b":"two","a":{"deep":[1,true]}}"#);
    let set = result(&world, "/settings/set_multi", &[items, plain]).await;
    assert_eq!(set, json!({"a": false, "b": false}));
    let items = ("items", r#"{"b":"three","c":"4"}"#);
    let set = result(&world, "/settings/set_multi", &[items, plain]).await;
    assert_eq!(set, json!({"b": true, "c": false}));
    let items = ("items", r#"{"c":"default","z":"zed"}"#);
    let set = result(&world, "/settings/set_default_multi", &[items]).await;
    assert_eq!(set, json!({"c": false, "z": false}));

    let all = json!({"a": {"deep": [1, true]}, "b": "three", "c": "4", "z": "zed"});
    assert_eq!(result(&world, "/settings/items", &[plain]).await, all);
    assert_eq!(result(&world, "/settings/keys", &[plain]).await, json!(["a", "b", "c", "z"]));
    let keys = ("keys", r#"["z","none","b"]"#);
    let some = result(&world, "/settings/get_multi", &[keys, plain]).await;
    assert_eq!(some, json!({"z": "zed", "none": null, "b": "three"}));
    let own = json!({"c": "default", "z": "zed"});
    assert_eq!(result(&world, "/settings/items", &[]).await, own, "the caller has the defaults");
    let reply = world.capture("/settings/get_all", &[]).await.body;
    let expected = json!({
        "stat": "ok", "default_settings": own,
        "client_settings": {id: {"a": {"deep": [1, true]}, "b": "three", "c": "4"}},
    });
    assert_eq!(reply, expected);
    // Reads are asked for by GET as well, with all in the query.
    let held = &world.credentials.capture;
    let target = format!("/settings/get?key=b&for_client_id={id}");
    let request = world.request("GET", &target);
    let request = request.basic_auth(&held.owner_client_id, Some(&held.owner_client_secret));
    assert_eq!(Reply::of(request).await.body["result"], "three");
    let owner = (held.owner_client_id.as_str(), held.owner_client_secret.as_str());
    let signed = Reply::of(python(&world, owner, "/settings/items", &[])).await;
    assert_eq!(signed.body["result"], own);
    world.stop().await;
}

async fn only_owners_look_at_others_or_change_anything(database: Arc<Database>) {
    let world = World::start(&database).await;
    let held = &world.credentials.capture;
    let plain = (held.plain_client_id.as_str(), held.plain_client_secret.as_str());
    let of_plain = [("key", "k"), ("value", "v"), ("for_client_id", plain.0)];
    assert_eq!(result(&world, "/settings/set", &of_plain).await, json!(false));
    let events = world.events().await;
    let own = [("key", "k"), ("keys", r#"["k"]"#), ("value", "w"), ("items", r#"{"k":"w"}"#)];
    for (endpoint, expected) in [
        ("/settings/get", json!("v")),
        ("/settings/get_multi", json!({"k": "v"})),
        ("/settings/items", json!({"k": "v"})),
        ("/settings/keys", json!(["k"])),
    ] {
        let reply = world.capture_as(plain, endpoint, &own).await;
        assert_eq!(reply.body["result"], expected, "{endpoint}: {reply}");
        let mut named = own.to_vec();
        named.push(("for_client_id", plain.0));
        let reply = world.capture_as(plain, endpoint, &named).await;
        assert_eq!(reply.body["result"], expected, "{endpoint}: {reply}");
        for other in [held.owner_client_id.as_str(), "nobody"] {
            *named.last_mut().unwrap() = ("for_client_id", other);
            let reply = world.capture_as(plain, endpoint, &named).await;
            assert_eq!(reply.body["code"], 403, "{endpoint} of {other}: {reply}");
        }
    }
    for endpoint in [
        "set",
        "set_multi",
        "delete",
        "get_default",
        "set_default",
        "set_default_multi",
        "delete_default",
        "get_all",
    ] {
        let reply = world.capture_as(plain, &format!("/settings/{endpoint}"), &own).await;
        assert_eq!(reply.body["code"], 403, "{endpoint}: {reply}");
    }
    // What belongs to another application is not there.
    let partner = domain::TenantId::new("partner").unwrap();
    let views = world.app.reads.eventual();
    let foreign = projections::clients::all(&views, &partner).await.unwrap()[0].capture_id.clone();
    for endpoint in ["get", "get_multi", "items", "keys", "set", "set_multi", "delete"] {
        let mut named = own.to_vec();
        named.push(("for_client_id", foreign.as_str()));
        let reply = world.capture(&format!("/settings/{endpoint}"), &named).await;
        let text = "for_client_id was not valid for the following reason: \
                    for_client_id is not a valid id";
        assert_eq!(reply.body["error_description"], text, "{endpoint}: {reply}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn what_cannot_be_kept_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    let long = "k".repeat(257);
    let many: serde_json::Map<_, _> = (0..1001).map(|n| (format!("k{n}"), json!("v"))).collect();
    let many = Value::Object(many).to_string();
    for (endpoint, parameters, code, argument) in [
        ("get", vec![], 100, "key"),
        ("get", vec![("key", "")], 100, "key"),
        ("get_multi", vec![], 100, "keys"),
        ("get_multi", vec![("keys", "[1]")], 200, "keys"),
        ("get_multi", vec![("keys", "k")], 200, "keys"),
        ("set", vec![("key", "k")], 100, "value"),
        ("set", vec![("value", "v")], 100, "key"),
        ("set", vec![("key", &*long), ("value", "v")], 200, "key"),
        ("set", vec![("key", "a\u{0}"), ("value", "v")], 200, "key"),
        ("set_multi", vec![], 100, "items"),
        ("set_multi", vec![("items", "[]")], 200, "items"),
        ("set_multi", vec![("items", "{oops")], 200, "items"),
        ("set_multi", vec![("items", r#"{"k":null}"#)], 200, "items"),
        ("set_multi", vec![("items", &*many)], 200, "items"),
        ("set_default_multi", vec![("items", r#"{" ":1}"#)], 200, "items"),
        ("set_default", vec![("key", "k")], 100, "value"),
        ("delete", vec![], 100, "key"),
        ("delete_default", vec![], 100, "key"),
    ] {
        let reply = world.capture(&format!("/settings/{endpoint}"), &parameters).await;
        let found = (reply.status, &reply.body["code"], &reply.body["argument_name"]);
        assert_eq!(found, (200, &json!(code), &json!(argument)), "{endpoint}: {reply}");
    }
    assert_eq!(world.events().await, events);
    // What no database would take as it is goes in and out unharmed.
    let odd = "a\u{0}'\";--\\ \u{1f577}";
    assert_eq!(
        result(&world, "/settings/set", &[("key", "k"), ("value", odd)]).await,
        json!(false)
    );
    assert_eq!(result(&world, "/settings/get", &[("key", "k")]).await, odd);
    world.stop().await;
}

async fn the_settings_of_a_client_go_with_it(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = world.capture("/clients/add", &[("description", "Short-lived")]).await;
    let id = made.body["client_id"].as_str().unwrap();
    let set = [("key", "k"), ("value", "v"), ("for_client_id", id)];
    result(&world, "/settings/set", &set).await;
    let gone = world.capture("/clients/delete", &[("client_id_for_deletion", id)]).await;
    assert_eq!(gone.body, json!({"stat": "ok"}));
    let all = world.capture("/settings/get_all", &[]).await;
    assert_eq!(all.body["client_settings"], json!({}));
    world.stop().await;
}
