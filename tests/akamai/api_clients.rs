//! API clients.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    clients_are_listed_shown_locked_unlocked_and_deleted,
    clients_out_of_reach_are_left_alone,
);

async fn clients_are_listed_shown_locked_unlocked_and_deleted(database: Arc<Database>) {
    let world = World::start(&database).await;
    let list = world.akamai("GET", "/api-clients?actions=true", Value::Null).await;
    let owner = &world.credentials.akamai.client_id;
    let all = list.body.as_array().unwrap();
    let own = all.iter().find(|client| client["clientId"] == **owner).unwrap();
    assert_eq!(own["authorizedUsers"], json!(["ada@acme.example"]), "{list}");
    assert_eq!((&own["activeCredentialCount"], &own["isLocked"]), (&json!(1), &json!(false)));
    assert_eq!(own["accessToken"], world.credentials.akamai.access_token);
    assert_eq!((&own["actions"]["lock"], &own["actions"]["unlock"]), (&json!(true), &json!(false)));
    assert!(own["serviceConsumerToken"].is_string() && own.get("baseURL").is_none());

    let flags = "credentials=true&groupAccess=true&apiAccess=true&ipAcl=true&actions=true";
    let path = format!("/api-clients/self?{flags}");
    let detail = world.akamai("GET", &path, Value::Null).await;
    assert_eq!((detail.status, &detail.body["clientId"]), (200, &json!(owner)), "{detail}");
    assert_eq!(detail.body["groupAccess"]["groups"][0]["groupName"], "Acme");
    assert_eq!(detail.body["credentials"][0]["status"], "ACTIVE");
    assert!(!detail.body.to_string().contains(&world.credentials.akamai.client_secret));
    let bare = world.akamai("GET", &format!("/api-clients/{owner}"), Value::Null).await;
    assert!(bare.body.get("credentials").is_none() && bare.body["baseURL"].is_string(), "{bare}");

    let robot = world.robot("robot").await;
    let path = |verb: &str| format!("/api-clients/{}{verb}", robot.akamai_id);
    for (verb, locked) in [("/lock", true), ("/lock", true), ("/unlock", false), ("/unlock", false)]
    {
        for body in [Value::Null, json!({})] {
            let reply = world.akamai("PUT", &path(verb), body).await;
            assert_eq!((reply.status, &reply.body["isLocked"]), (200, &json!(locked)), "{reply}");
            assert!(reply.body["serviceConsumerToken"].is_string());
        }
    }
    let gone = world.akamai("DELETE", &path(""), Value::Null).await;
    assert_eq!((gone.status, &gone.body), (204, &Value::Null), "{gone}");
    let gone = world.akamai("GET", &path(""), Value::Null).await;
    assert_eq!(gone.status, 404, "{gone}");
    assert_eq!(gone.body["type"], "/identity-management/error-types/2");
    assert_eq!(gone.body["title"], "invalid open identity");

    let own = world.akamai("DELETE", &format!("/api-clients/{owner}"), Value::Null).await;
    assert_eq!(own.status, 403, "the tenant's first client stays: {own}");
    let itself = world.akamai("PUT", "/api-clients/self/unlock", Value::Null).await;
    assert_eq!(itself.status, 404, "{itself}");

    let locked = world.akamai("PUT", "/api-clients/self/lock", Value::Null).await;
    assert_eq!((locked.status, &locked.body["isLocked"]), (200, &json!(true)), "{locked}");
    let after = world.akamai("GET", "/api-clients/self", Value::Null).await;
    assert_eq!(after.status, 401, "{after}");
    world.stop().await;
}

async fn clients_out_of_reach_are_left_alone(database: Arc<Database>) {
    let world = World::start(&database).await;
    let owner = &world.credentials.akamai.client_id;
    let events = world.events().await;
    let viewer = world.restricted("looks on", "Acme", "Viewer").await;
    let path = format!("/api-clients/{owner}/lock");
    let refused = world.akamai_as(&viewer, "PUT", &path, Value::Null).await;
    assert_eq!(refused.status, 403, "{refused}");
    assert!(refused.body["type"].as_str().unwrap().ends_with("/-/pep-authz/deny"), "{refused}");
    assert_eq!(refused.body["clientIp"], "127.0.0.1");

    let local = world.restricted("rules Berlin", "Berlin", "Administrator").await;
    let refused = world.akamai_as(&local, "PUT", &path, Value::Null).await;
    assert_eq!(refused.status, 403, "{refused}");
    assert_eq!(refused.body["type"], "/identity-management/error-types/3");
    let list = world.akamai_as(&local, "GET", "/api-clients", Value::Null).await;
    assert_eq!(list.body.as_array().unwrap().len(), 1, "itself alone: {list}");

    let partner = domain::TenantId::new("partner").unwrap();
    let views = world.app.reads.eventual();
    let foreign = projections::clients::all(&views, &partner).await.unwrap()[0].akamai_id.clone();
    let refused = world.akamai("PUT", &format!("/api-clients/{foreign}/lock"), Value::Null).await;
    assert_eq!(refused.status, 404, "{refused}");
    // Two clients with a credential each were made.
    assert_eq!(world.events().await, events + 4);
    world.stop().await;
}
