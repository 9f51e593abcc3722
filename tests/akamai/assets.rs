//! Assets: listed, shown, moved, removed, with the resources they use.

use std::sync::Arc;

use serde_json::{Value, json};

use super::parties::{Ids, foreign_asset, newest};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    assets_are_listed_and_shown_where_the_caller_may_read,
    an_asset_moves_inside_its_hierarchy_and_nowhere_else,
    resources_are_registered_and_listed,
    strangers_and_malformed_requests_get_nothing_and_write_nothing,
);

const ASSETS: &str = "/user-admin/properties";
const NOT_FOUND: &str = "/useradmin-api/error-types/1806";

async fn get(world: &World, path: &str) -> Reply {
    world.akamai("GET", path, Value::Null).await
}

async fn assets_are_listed_and_shown_where_the_caller_may_read(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let all = get(&world, &format!("{ASSETS}?actions=true")).await;
    let items = all.body.as_array().unwrap();
    assert!(items.len() >= 6 && items.is_sorted_by_key(|it| it["propertyId"].as_i64()), "{all}");
    assert!(items.iter().all(|it| it["actions"]["move"] == true), "{all}");
    assert_eq!(items[0]["groupName"], "Acme", "the lowest id lies in the first hierarchy");
    let plain = get(&world, &format!("{ASSETS}?groupId={}&actions=false", ids.emea)).await;
    let shop = json!([{
        "propertyId": ids.shop, "propertyName": "shop.acme.example",
        "propertyTypeDescription": "Site", "groupId": ids.emea, "groupName": "EMEA",
    }]);
    assert_eq!((plain.status, &plain.body), (200, &shop), "of the group itself: {plain}");

    let path = format!("{ASSETS}/{}", ids.shop);
    let shown = get(&world, &format!("{path}?groupId={}", ids.emea)).await;
    assert_eq!((shown.status, &shown.body["groupName"]), (200, &json!("EMEA")), "{shown}");
    assert_eq!(shown.body["arlConfigFile"], "shop.acme.example.xml");
    assert!(shown.body.get("propertyTypeDescription").is_none(), "{shown}");
    for wrong in [format!("?groupId={}", ids.apac), "?groupId=1".to_owned()] {
        let reply = get(&world, &format!("{path}{wrong}")).await;
        assert_eq!((reply.status, &reply.body["type"]), (404, &json!(NOT_FOUND)), "{reply}");
        assert_eq!(reply.body["title"], "Property not found");
    }

    let viewer = world.restricted("looks at EMEA", "EMEA", "Viewer").await;
    let all = format!("{ASSETS}?actions=true");
    let seen = world.akamai_as(&viewer, "GET", &all, Value::Null).await;
    let names: Vec<_> =
        seen.body.as_array().unwrap().iter().map(|it| &it["propertyName"]).collect();
    assert_eq!(names, ["shop.acme.example", "berlin.acme.example"], "{seen}");
    assert!(seen.body.as_array().unwrap().iter().all(|it| it["actions"]["move"] == false));
    for hidden in [
        format!("{ASSETS}?groupId={}", ids.acme),
        format!("{ASSETS}/{}?groupId={}", ids.sydney, ids.apac),
        format!("{ASSETS}/{}/resources?groupId={}", ids.sydney, ids.apac),
        format!("{ASSETS}/{}/users", ids.sydney),
    ] {
        let reply = world.akamai_as(&viewer, "GET", &hidden, Value::Null).await;
        assert_eq!(reply.status, 403, "{hidden}: {reply}");
    }
    world.stop().await;
}

async fn an_asset_moves_inside_its_hierarchy_and_nowhere_else(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let path = format!("{ASSETS}/{}", ids.shop);
    let body = |from: i64, to: i64| json!({"sourceGroupId": from, "destinationGroupId": to});
    let moved = world.akamai("PUT", &path, body(ids.emea, ids.apac)).await;
    assert_eq!((moved.status, &moved.body), (204, &Value::Null), "{moved}");
    let shown = get(&world, &format!("{path}?groupId={}", ids.apac)).await;
    assert_eq!((shown.status, &shown.body["groupName"]), (200, &json!("APAC")), "{shown}");
    assert_eq!(shown.body["modifiedBy"], world.credentials.akamai.username);
    let event = newest(&world).await;
    let payload = json!({"asset": ids.shop, "from": ids.emea, "to": ids.apac});
    assert_eq!((&event["type"], &event["payload"]), (&json!("asset.moved"), &payload));

    let events = world.events().await;
    let to_globex = format!("{ASSETS}/{}", ids.berlin_site);
    for (path, from, to, status, kind) in [
        (&path, ids.emea, ids.berlin, 400, "1806"),
        (&path, 1, ids.berlin, 400, "1806"),
        (&path, ids.apac, ids.globex, 400, "1806"),
        (&path, ids.apac, 1, 404, "1700"),
        (&format!("{ASSETS}/1"), ids.apac, ids.emea, 404, "1806"),
        (&to_globex, ids.berlin, ids.globex, 400, "1806"),
    ] {
        let reply = world.akamai("PUT", path, body(from, to)).await;
        let kind = format!("/useradmin-api/error-types/{kind}");
        assert_eq!((reply.status, &reply.body["type"]), (status, &json!(kind)), "{path}: {reply}");
        if status == 400 {
            let text = format!("Property move is not allowed from the group {from}");
            assert_eq!(reply.body["detail"], text);
        }
    }
    let same = world.akamai("PUT", &path, body(ids.apac, ids.apac)).await;
    assert_eq!(same.status, 204, "{same}");
    let editor = world.restricted("edits EMEA", "EMEA", "Editor").await;
    for (asset, from, to, status) in [
        (ids.shop, ids.apac, ids.emea, 403),
        (ids.berlin_site, ids.berlin, ids.apac, 403),
        (ids.berlin_site, ids.berlin, ids.emea, 204),
    ] {
        let path = format!("{ASSETS}/{asset}");
        let reply = world.akamai_as(&editor, "PUT", &path, body(from, to)).await;
        assert_eq!(reply.status, status, "asset.move on both groups: {reply}");
    }
    // The client, its credential, and the one move that was granted.
    assert_eq!(world.events().await, events + 3);

    let made = json!({"name": "Paris", "parent": ids.emea});
    let paris = world.command("CreateGroup", made).await["group"].as_i64().unwrap();
    let moved = world.akamai("PUT", &path, body(ids.apac, paris)).await;
    assert_eq!(moved.status, 204, "{moved}");
    let group = format!("/user-admin/groups/{paris}");
    let refused = world.akamai("DELETE", &group, Value::Null).await;
    assert_eq!(refused.status, 409, "{refused}");
    assert_eq!(refused.body["errors"][0]["detail"], format!("asset {}", ids.shop));
    assert_eq!(world.akamai("PUT", &path, body(paris, ids.emea)).await.status, 204);
    assert_eq!(world.akamai("DELETE", &group, Value::Null).await.status, 204, "it is empty now");
    world.stop().await;
}

async fn resources_are_registered_and_listed(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let path = format!("{ASSETS}/{}/resources?groupId={}", ids.shop, ids.emea);
    let before = get(&world, &path).await.body.as_array().unwrap().len();
    let register = async |resource: Value, kind: &str, name: &str| {
        let body = json!({"asset": ids.shop, "resource": resource, "kind": kind, "name": name});
        world.command("RegisterResource", body).await["resource"].as_i64().unwrap()
    };
    let kept = register(json!(7), "cpcode", "images (7)").await;
    let drawn = register(Value::Null, "arlfile", "shop.acme.example.xml").await;
    assert!(kept == 7 && drawn > 7);
    let listed = get(&world, &path).await;
    let items = listed.body.as_array().unwrap();
    assert_eq!((listed.status, items.len()), (200, before + 2), "{listed}");
    let first = &items[0];
    assert_eq!((&first["resourceId"], &first["resourceType"]), (&json!(7), &json!("cpcode")));
    assert_eq!(first["resourceName"], "images (7)");
    assert!(items.is_sorted_by_key(|it| it["resourceId"].as_i64()), "{listed}");

    let events = world.events().await;
    let send = async |name: &str, body: Value| {
        let path = format!("/v1/tenants/default/commands/{name}");
        world.admin("POST", &path, body).await.status
    };
    let with = |resource: i64, kind: &str, asset: i64| json!({"asset": asset, "resource": resource, "kind": kind, "name": "images (7)"});
    assert_eq!(send("RegisterResource", with(7, "cpcode", ids.shop)).await, 200, "the same again");
    assert_eq!(send("RegisterResource", with(7, "edns", ids.shop)).await, 409);
    assert_eq!(send("RegisterResource", with(8, "toaster", ids.shop)).await, 400);
    assert_eq!(send("RegisterResource", with(-8, "edns", ids.shop)).await, 400);
    assert_eq!(send("RegisterResource", with(8, "edns", 1)).await, 404);
    assert_eq!(world.events().await, events);

    world.command("RemoveAsset", json!({"asset": ids.shop})).await;
    assert_eq!(get(&world, &path).await.status, 404);
    assert_eq!(send("RemoveAsset", json!({"asset": ids.shop})).await, 404);
    world.stop().await;
}

async fn strangers_and_malformed_requests_get_nothing_and_write_nothing(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let (foreign, their_group) = foreign_asset(&world).await;
    let viewer = world.restricted("looks on", "Acme", "Viewer").await;
    let events = world.events().await;
    let shop = format!("{ASSETS}/{}", ids.shop);
    let theirs = format!("{ASSETS}/{foreign}");
    let move_body = json!({"sourceGroupId": ids.emea, "destinationGroupId": ids.apac});
    let their_move = json!({"sourceGroupId": their_group, "destinationGroupId": ids.apac});
    for (method, path, body, status) in [
        ("GET", format!("{theirs}?groupId={their_group}"), Value::Null, 404),
        ("GET", format!("{theirs}/resources?groupId={their_group}"), Value::Null, 404),
        ("GET", format!("{theirs}/users"), Value::Null, 404),
        ("PUT", theirs.clone(), their_move, 404),
        ("PUT", format!("{theirs}/users/block"), json!([]), 404),
        ("GET", format!("{ASSETS}?groupId={their_group}"), Value::Null, 404),
        ("GET", shop.clone(), Value::Null, 400),
        ("GET", format!("{shop}/resources"), Value::Null, 400),
        ("GET", format!("{shop}?groupId=x"), Value::Null, 400),
        ("GET", format!("{ASSETS}/x?groupId=1"), Value::Null, 400),
        ("GET", format!("{ASSETS}?groupId=x"), Value::Null, 400),
        ("PUT", shop.clone(), Value::Null, 400),
        ("PUT", shop.clone(), json!({"sourceGroupId": ids.emea}), 400),
        ("PUT", shop.clone(), json!({"sourceGroupId": "a", "destinationGroupId": 1}), 400),
        ("PUT", shop.clone(), json!([1]), 400),
    ] {
        let reply = world.akamai(method, &path, body.clone()).await;
        assert_eq!(reply.status, status, "{method} {path} {body}: {reply}");
        assert_eq!(reply.body["httpStatus"], status);
    }
    let refused = world.akamai_as(&viewer, "PUT", &shop, move_body).await;
    assert_eq!(refused.status, 403, "{refused}");
    assert_eq!(world.events().await, events);
    world.stop().await;
}
