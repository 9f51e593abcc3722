//! Who a move of a group affects, asked before it and seen after it.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::parties::{Ids, foreign_group};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    what_is_said_before_a_move_is_what_it_does,
    moves_that_cannot_be_affect_nobody_and_are_refused,
);

async fn affected(world: &World, from: i64, to: i64, query: &str) -> Reply {
    let path = format!("/user-admin/groups/move/{from}/{to}/affected-users{query}");
    world.akamai("GET", &path, Value::Null).await
}

fn first_names(reply: &Value) -> BTreeSet<String> {
    let users = reply.as_array().unwrap().iter();
    users.map(|user| user["firstName"].as_str().unwrap().to_owned()).collect()
}

/// First names of those who can reach an asset.
async fn reaching(world: &World, asset: i64) -> BTreeSet<String> {
    let path = format!("/user-admin/properties/{asset}/users?userType=assigned");
    first_names(&world.akamai("GET", &path, Value::Null).await.body)
}

async fn what_is_said_before_a_move_is_what_it_does(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let mut users = Vec::new();
    for (name, grants) in [
        ("above", &[(ids.acme, "Viewer")][..]),
        ("emea", &[(ids.emea, "Viewer")]),
        ("apac", &[(ids.apac, "Editor")]),
        ("both", &[(ids.emea, "Viewer"), (ids.apac, "Viewer")]),
        ("direct", &[(ids.emea, "Viewer"), (ids.berlin, "Viewer")]),
        ("globex", &[(ids.globex, "Viewer")]),
        ("nothing", &[]),
    ] {
        users.push(ids.user(&world, name, grants).await);
    }
    let sign_in = json!({"user": users[1], "method": "PASSWORD", "outcome": "SUCCESS"});
    world.command("RecordSignIn", sign_in).await;
    let names = |all: &[&str]| all.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
    let lost = affected(&world, ids.berlin, ids.apac, "?userType=lostAccess").await;
    let gained = affected(&world, ids.berlin, ids.apac, "?userType=gainAccess").await;
    assert_eq!((lost.status, first_names(&lost.body)), (200, names(&["emea"])), "{lost}");
    assert_eq!((gained.status, first_names(&gained.body)), (200, names(&["apac"])), "{gained}");
    assert_eq!(lost.body[0]["uiUserName"], "emea@case.example");
    assert_eq!(lost.body[0]["email"], "emea@case.example");
    assert_eq!(lost.body[0]["accountId"], "default");
    assert!(lost.body[0]["lastLoginDate"].as_str().unwrap().contains(".000Z"), "{lost}");
    assert!(gained.body[0].get("lastLoginDate").is_none(), "who never signed in: {gained}");
    for query in ["", "?userType="] {
        let both = affected(&world, ids.berlin, ids.apac, query).await;
        assert_eq!(first_names(&both.body), names(&["emea", "apac"]), "{both}");
    }
    let nowhere = affected(&world, ids.berlin, ids.emea, "").await;
    assert_eq!((nowhere.status, &nowhere.body), (200, &json!([])), "it is there already");

    let before = reaching(&world, ids.berlin_site).await;
    let body = json!({"sourceGroupId": ids.berlin, "destinationGroupId": ids.apac});
    let moved = world.akamai("POST", "/user-admin/groups/move", body).await;
    assert_eq!(moved.status, 204, "{moved}");
    let after = reaching(&world, ids.berlin_site).await;
    assert_eq!(before.difference(&after).cloned().collect::<BTreeSet<_>>(), names(&["emea"]));
    assert_eq!(after.difference(&before).cloned().collect::<BTreeSet<_>>(), names(&["apac"]));
    world.stop().await;
}

async fn moves_that_cannot_be_affect_nobody_and_are_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let theirs = foreign_group(&world).await;
    for (from, to, query, status) in [
        (ids.acme, ids.emea, "", 400),
        (ids.emea, ids.berlin, "", 400),
        (ids.emea, ids.emea, "", 400),
        (ids.emea, ids.globex, "", 400),
        (ids.berlin, ids.apac, "?userType=all", 400),
        (theirs, ids.apac, "", 404),
        (ids.berlin, theirs, "", 404),
        (1, ids.apac, "", 404),
    ] {
        let reply = affected(&world, from, to, query).await;
        assert_eq!(reply.status, status, "{from} -> {to} {query}: {reply}");
        assert_eq!(reply.body["httpStatus"], status);
    }
    let viewer = world.restricted("looks at EMEA", "EMEA", "Viewer").await;
    for (from, to, status) in [(ids.berlin, ids.emea, 200), (ids.berlin, ids.apac, 403)] {
        let path = format!("/user-admin/groups/move/{from}/{to}/affected-users");
        let reply = world.akamai_as(&viewer, "GET", &path, Value::Null).await;
        assert_eq!(reply.status, status, "{reply}");
    }
    let malformed = "/user-admin/groups/move/x/1/affected-users";
    assert_eq!(world.akamai("GET", malformed, Value::Null).await.status, 400);
    world.stop().await;
}
