//! One client in several accounts: what a switch key takes with it, and what it does not.

use std::sync::Arc;

use domain::TenantId;
use eventlog::{Filter, Recorded};
use serde_json::{Value, json};

use super::client_sample::{ADA, body, id, trust_owner};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_switch_key_takes_the_whole_call_to_the_other_account,
    nobody_switches_without_leave_or_without_a_key_that_is_listed,
);

/// The key of the start data that leads to `partner`.
const KEY: &str = "1-PRTNR%3A1-2RBL";

async fn switched(world: &World, method: &str, path: &str, body: Value) -> Reply {
    let joint = if path.contains('?') { '&' } else { '?' };
    world.akamai(method, &format!("{path}{joint}accountSwitchKey={KEY}"), body).await
}

/// All that happened in the other account.
async fn partner_events(world: &World) -> Vec<Recorded> {
    let partner = TenantId::new("partner").unwrap();
    let place = world.app.log.placement(&partner).await.unwrap().unwrap();
    world.app.log.search(&place, &Filter::default(), 1000).await.unwrap()
}

async fn a_switch_key_takes_the_whole_call_to_the_other_account(database: Arc<Database>) {
    let world = World::start(&database).await;
    trust_owner(&world).await;
    let events = world.events().await;
    let groups = switched(&world, "GET", "/user-admin/groups", Value::Null).await;
    let names: Vec<_> = groups.body.as_array().unwrap().iter().map(|it| &it["groupName"]).collect();
    assert_eq!((groups.status, names), (200, vec![&json!("Partner")]), "{groups}");
    let root = format!("/user-admin/groups/{}", groups.body[0]["groupId"]);
    let made = switched(&world, "POST", &root, json!({"groupName": "Visited"})).await;
    assert_eq!(made.status, 201, "{made}");
    let told = partner_events(&world).await.pop().unwrap();
    assert_eq!(told.event_type, "group.created");
    let owner = id(&world, "clients", "owner-client").await;
    assert_eq!((told.actor.home.as_str(), &json!(told.actor.id)), ("default", &owner));
    assert_eq!(world.events().await, events, "nothing happened at home");

    let seen = world.akamai("GET", &root, Value::Null).await;
    assert_eq!(seen.status, 404, "a foreign id is nobody's at home: {seen}");
    let acme = id(&world, "groups", "Acme").await;
    let foreign = switched(&world, "GET", &format!("/user-admin/groups/{acme}"), Value::Null).await;
    assert_eq!(foreign.status, 404, "nor is one's own there: {foreign}");
    let clients = switched(&world, "GET", "/api-clients", Value::Null).await;
    let names: Vec<_> =
        clients.body.as_array().unwrap().iter().map(|it| &it["clientName"]).collect();
    assert_eq!(names, ["partner-owner"], "{clients}");
    let itself = switched(&world, "GET", "/api-clients/self", Value::Null).await;
    assert_eq!(itself.status, 404, "it is no client there: {itself}");
    let wrong = switched(&world, "POST", "/api-clients", body("spy", ADA)).await;
    assert_eq!(wrong.status, 400, "ada is no user there: {wrong}");
    let made = switched(&world, "POST", "/api-clients", body("spy", "pat@partner.example")).await;
    assert_eq!(made.status, 201, "{made}");
    assert_eq!(made.body["notificationEmails"], json!(["pat@partner.example"]));
    let home =
        world.akamai("GET", "/user-admin/groups?accountSwitchKey=default%3A1-X", Value::Null).await;
    assert_eq!(
        (home.status, &home.body[0]["groupName"]),
        (200, &json!("Acme")),
        "no switch: {home}"
    );
    world.stop().await;
}

async fn nobody_switches_without_leave_or_without_a_key_that_is_listed(database: Arc<Database>) {
    let world = World::start(&database).await;
    trust_owner(&world).await;
    let partner = async || partner_events(&world).await.len();
    let events = (world.events().await, partner().await);
    for key in ["1-NONE", "partner", "1-PRTNR", "1-PRTNR%3A1-OTHER", "system"] {
        let path = format!("/user-admin/groups?accountSwitchKey={key}");
        let refused = world.akamai("GET", &path, Value::Null).await;
        assert_eq!(refused.status, 403, "{key}: {refused}");
        let kind = refused.body["type"].as_str().unwrap();
        assert!(kind.ends_with("/-/pep-authz/deny"), "{refused}");
    }
    assert_eq!((world.events().await, partner().await), events);
    let viewer = world.restricted("looks on", "Acme", "Viewer").await;
    let path = format!("/user-admin/groups?accountSwitchKey={KEY}");
    let refused = world.akamai_as(&viewer, "GET", &path, Value::Null).await;
    assert_eq!(refused.status, 403, "it may not switch: {refused}");
    let client = id(&world, "clients", "looks on").await;
    let usage = json!({"allowsAccountSwitch": true});
    world.command("EditClient", json!({"client": client, "usage": usage})).await;
    let seen = world.akamai_as(&viewer, "GET", &path, Value::Null).await;
    assert_eq!((seen.status, &seen.body[0]["groupName"]), (200, &json!("Partner")), "{seen}");
    let root = format!("/user-admin/groups/{}?accountSwitchKey={KEY}", seen.body[0]["groupId"]);
    let refused = world.akamai_as(&viewer, "PUT", &root, json!({"groupName": "x"})).await;
    assert_eq!(refused.status, 403, "it may no more than at home: {refused}");

    let local = world.restricted("rules Berlin", "Berlin", "Administrator").await;
    let client = id(&world, "clients", "rules Berlin").await;
    let usage = json!({"allowsAccountSwitch": true});
    world.command("EditClient", json!({"client": client, "usage": usage})).await;
    let refused = world.akamai_as(&local, "GET", &path, Value::Null).await;
    assert_eq!(refused.status, 403, "who holds a part at home holds nothing there: {refused}");
    world.stop().await;
}
