//! Groups and moves.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{IAM, Reply, World};

on_both_stores!(
    groups_are_created_renamed_moved_and_deleted,
    moves_that_cannot_be_are_refused,
    bodies_are_read_leniently_and_ids_strictly,
    actions_and_trees_follow_the_callers_roles,
);

/// The group of that name, wherever it hangs.
fn find(groups: &Value, name: &str) -> Option<Value> {
    groups.as_array()?.iter().find_map(|group| {
        if group["groupName"] == name {
            Some(group.clone())
        } else {
            find(&group["subGroups"], name)
        }
    })
}

async fn group(world: &World, name: &str) -> Value {
    let all = world.akamai("GET", "/user-admin/groups?actions=true", Value::Null).await;
    find(&all.body, name).unwrap_or_else(|| panic!("no {name} in {all}"))
}

async fn id(world: &World, name: &str) -> i64 {
    group(world, name).await["groupId"].as_i64().unwrap()
}

async fn move_group(world: &World, from: &Value, to: &Value) -> Reply {
    let body = json!({"sourceGroupId": from, "destinationGroupId": to});
    world.akamai("POST", "/user-admin/groups/move", body).await
}

async fn groups_are_created_renamed_moved_and_deleted(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (emea, apac) = (id(&world, "EMEA").await, id(&world, "APAC").await);
    let path = format!("/user-admin/groups/{emea}");
    let made = world.akamai("POST", &path, json!({"groupName": "Paris", "extra": 1})).await;
    assert_eq!((made.status, &made.body["parentGroupId"]), (201, &json!(emea)), "{made}");
    let paris = format!("/user-admin/groups/{}", made.body["groupId"]);
    assert_eq!(made.header("location"), format!("{IAM}{paris}"));
    assert_eq!(made.body["subGroups"], json!([]));
    assert_eq!(made.body["createdDate"].as_str().unwrap().split_once('.').unwrap().1, "000Z");

    let renamed = world.akamai("PUT", &paris, json!({"groupName": "Lyon"})).await;
    assert_eq!((renamed.status, &renamed.body["groupName"]), (200, &json!("Lyon")), "{renamed}");
    assert_eq!(renamed.body["parentGroupId"], emea);
    // The client acts for a user, and that is whose name is shown.
    assert_eq!(renamed.body["modifiedBy"], json!(world.credentials.akamai.username));

    let moved = move_group(&world, &made.body["groupId"], &json!(apac)).await;
    assert_eq!((moved.status, &moved.body), (204, &Value::Null), "{moved}");
    let shown = world.akamai("GET", &paris, Value::Null).await;
    assert_eq!((shown.status, &shown.body["parentGroupId"]), (200, &json!(apac)), "{shown}");
    assert!(shown.body.get("actions").is_none());

    let in_use = format!("/user-admin/groups/{emea}");
    let refused = world.akamai("DELETE", &in_use, Value::Null).await;
    assert_eq!(refused.status, 409, "{refused}");
    assert_eq!((&refused.body["status"], &refused.body["httpStatus"]), (&json!(409), &json!(409)));
    assert!(refused.body["errors"][0]["detail"].as_str().unwrap().starts_with("group "));
    assert_eq!(world.akamai("DELETE", &paris, json!({})).await.status, 204);
    let gone = world.akamai("GET", &paris, Value::Null).await;
    assert_eq!((gone.status, &gone.body["type"]), (404, &json!("/useradmin-api/error-types/1700")));
    world.stop().await;
}

async fn moves_that_cannot_be_are_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    let [acme, emea, berlin, globex] = [
        id(&world, "Acme").await,
        id(&world, "EMEA").await,
        id(&world, "Berlin").await,
        id(&world, "Globex").await,
    ];
    for (from, to, status) in [
        (acme, emea, 400),
        (emea, emea, 400),
        (emea, berlin, 400),
        (berlin, globex, 400),
        (1, emea, 404),
        (berlin, 1, 404),
    ] {
        let reply = move_group(&world, &json!(from), &json!(to)).await;
        assert_eq!(reply.status, status, "{from} -> {to}: {reply}");
        assert_eq!(reply.body["httpStatus"], status);
    }
    assert_eq!(move_group(&world, &json!(berlin), &json!(emea)).await.status, 204);
    assert_eq!(world.events().await, events, "a group that is there already does not move");
    world.stop().await;
}

async fn bodies_are_read_leniently_and_ids_strictly(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    let emea = format!("/user-admin/groups/{}", id(&world, "EMEA").await);
    for (path, body) in [
        (emea.as_str(), json!({})),
        (&emea, json!({"groupName": 7})),
        (&emea, json!({"groupName": ""})),
        (&emea, json!({"groupName": "x".repeat(51)})),
        (&emea, json!(["groupName"])),
        ("/user-admin/groups/emea", json!({"groupName": "x"})),
        ("/user-admin/groups/99999999999999999999", json!({"groupName": "x"})),
        ("/user-admin/groups/move", json!({"sourceGroupId": "1", "destinationGroupId": 2})),
        ("/user-admin/groups/move", Value::Null),
    ] {
        let reply = world.akamai("POST", path, body.clone()).await;
        assert_eq!(reply.status, 400, "{path} {body}: {reply}");
        assert_eq!(reply.body["type"], "/useradmin-api/error-types/1003");
        assert!(reply.body["errors"][0]["errorLocation"].is_string(), "{reply}");
    }
    let broken = world.signature(&world.owner(), "PUT", &emea, b"{", 0);
    let broken = Reply::of(world.signed("PUT", &emea, b"{".to_vec(), broken)).await;
    assert_eq!(broken.status, 400, "{broken}");

    let partners = world.app.reads.eventual();
    let partner = domain::TenantId::new("partner").unwrap();
    let foreign = projections::groups::all(&partners, &partner).await.unwrap()[0].group;
    for method in ["GET", "DELETE"] {
        let path = format!("/user-admin/groups/{foreign}");
        assert_eq!(world.akamai(method, &path, Value::Null).await.status, 404, "{method}");
    }
    let switched = "/user-admin/groups?accountSwitchKey=partner";
    let switched = world.akamai("GET", switched, Value::Null).await;
    assert_eq!(switched.status, 403, "{switched}");
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn actions_and_trees_follow_the_callers_roles(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (acme, labs) = (group(&world, "Acme").await, group(&world, "Labs").await);
    assert_eq!(acme["actions"], json!({"edit": true, "delete": false}));
    assert_eq!(labs["actions"], json!({"edit": true, "delete": false}), "an asset lies in it");
    let made = format!("/user-admin/groups/{}", labs["groupId"]);
    let made = world.akamai("POST", &made, json!({"groupName": "Bench"})).await;
    assert_eq!(group(&world, "Bench").await["actions"]["delete"], true, "{made}");

    let viewer = world.restricted("looks at EMEA", "EMEA", "Viewer").await;
    let trees =
        world.akamai_as(&viewer, "GET", "/user-admin/groups?actions=true", Value::Null).await;
    let names: Vec<_> =
        trees.body.as_array().unwrap().iter().map(|top| top["groupName"].clone()).collect();
    assert_eq!(names, ["EMEA"], "{trees}");
    assert_eq!(trees.body[0]["actions"], json!({"edit": false, "delete": false}));
    assert_eq!(trees.body[0]["subGroups"][0]["groupName"], "Berlin");
    let above = format!("/user-admin/groups/{}", acme["groupId"]);
    let above = world.akamai_as(&viewer, "GET", &above, Value::Null).await;
    assert_eq!(
        (above.status, &above.body["type"]),
        (403, &json!("/useradmin-api/error-types/1001"))
    );
    world.stop().await;
}
