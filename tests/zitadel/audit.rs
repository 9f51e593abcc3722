//! The log, searched as Zitadel's administrators do.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(events_are_found_by_what_they_are, only_who_sees_all_of_the_tenant_may_search);

const SEARCH: &str = "/admin/v1/events/_search";

async fn found(world: &World, request: Value) -> Vec<Value> {
    let reply = world.admin("POST", SEARCH, request).await;
    assert_eq!(reply.status, 200, "{reply}");
    reply.body["events"].as_array().cloned().unwrap_or_default()
}

async fn events_are_found_by_what_they_are(database: Arc<Database>) {
    let world = World::start(&database).await;
    let organization = world.credentials.organization_id.as_str();
    let target = format!("/v2/features/organization/{organization}");
    for on in [true, false, true] {
        world.admin("PUT", &target, json!({"userSchema": on})).await;
    }
    world.admin("DELETE", &target, Value::Null).await;

    let features = json!({"aggregateTypes": ["feature.organization", "nothing"]});
    let newest = found(&world, features).await;
    let sequences: Vec<_> = newest.iter().map(|event| event["sequence"].clone()).collect();
    assert_eq!(sequences, ["4", "3", "2", "1"]);
    let event = &newest[1];
    assert_eq!(event["aggregate"]["id"], organization);
    assert_eq!(event["aggregate"]["resourceOwner"], organization);
    assert_eq!(event["aggregate"]["type"]["type"], "feature.organization");
    assert_eq!(event["type"]["type"], "feature.set");
    assert_eq!(
        (&event["payload"]["before"], &event["payload"]["after"]),
        (&json!(false), &json!(true))
    );
    assert!(event["editor"]["userId"].is_string(), "{event}");

    let events = async |more: Value| {
        let mut request = json!({"aggregate_id": organization, "asc": true});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        found(&world, request).await.len()
    };
    assert_eq!(events(json!({"eventTypes": ["feature.set"]})).await, 3);
    assert_eq!(events(json!({"eventTypes": ["feature.set", "feature.reset"]})).await, 4);
    assert_eq!(events(json!({"sequence": "2", "event_types": ["feature.set"]})).await, 1);
    assert_eq!(events(json!({"limit": 2})).await, 2);
    assert_eq!(events(json!({"resourceOwner": "nobody"})).await, 0);
    assert_eq!(events(json!({"editorUserId": "nobody"})).await, 0);
    let date = &newest[1]["creationDate"];
    let of_features = json!(["feature.organization"]);
    let from = json!({"from": date, "aggregateTypes": of_features});
    assert_eq!(events(from).await, 2);
    let range = json!({"range": {"until": date}, "aggregateTypes": of_features});
    assert_eq!(events(range).await, 3);

    let types = world.admin("POST", "/admin/v1/events/types/_search", json!({})).await;
    let named =
        |list: &Value, name: &str| list.as_array().unwrap().iter().any(|it| it["type"] == name);
    assert!(named(&types.body["eventTypes"], "feature.reset"), "{types}");
    let types = world.admin("POST", "/admin/v1/aggregates/types/_search", json!({})).await;
    assert!(named(&types.body["aggregateTypes"], "feature.organization"), "{types}");
    assert!(named(&types.body["aggregateTypes"], "tenant"), "{types}");
    world.stop().await;
}

async fn only_who_sees_all_of_the_tenant_may_search(database: Arc<Database>) {
    let world = World::start(&database).await;
    let organization = &world.credentials.organization_id;
    let token = async |rights: Value, organization: Option<&str>| {
        let body = json!({"name": "auditor", "rights": rights, "organization": organization});
        let issued = world.command("IssueToken", body).await;
        issued["secret"].as_str().unwrap().to_owned()
    };
    let auditor = token(json!(["events.read"]), None).await;
    let confined = token(json!(["events.read"]), Some(organization)).await;
    let other = token(json!(["org.feature.read"]), None).await;
    for path in [SEARCH, "/admin/v1/events/types/_search", "/admin/v1/aggregates/types/_search"] {
        for (token, status) in [(&auditor, 200), (&confined, 403), (&other, 403)] {
            let reply = world.bearer(token, "POST", path, json!({})).await;
            assert_eq!(reply.status, status, "{path}: {reply}");
        }
    }
    let wrong = world.bearer(&auditor, "POST", SEARCH, json!({"sequence": "many"})).await;
    assert_eq!((wrong.status, &wrong.body["code"]), (400, &json!(3)), "{wrong}");
    world.stop().await;
}
