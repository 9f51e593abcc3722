//! Sign-ins, as the program at the door records them, and what this dialect shows of them.

use std::sync::Arc;

use futures::future::join_all;
use serde_json::{Value, json};

use super::authentication::{get, is_done, post, put, somebody};
use super::parties::newest;
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_sign_in_shows_and_says_from_where_to_nobody_but_auditors,
    five_failures_at_once_lock_once,
    an_allow_list_that_is_on_keeps_others_out,
    a_one_time_password_opens_once,
    what_is_recorded_under_a_key_is_recorded_once,
);

const RECORD: &str = "/v1/tenants/default/commands/RecordSignIn";

fn body(path: &str, outcome: &str, address: Value) -> Value {
    let user = path.rsplit('/').next().unwrap();
    json!({"user": user, "method": "PASSWORD", "outcome": outcome, "address": address})
}

async fn record(world: &World, path: &str, outcome: &str, address: Value) -> Reply {
    world.admin("POST", RECORD, body(path, outcome, address)).await
}

fn is_refused(reply: &Reply, status: u16, code: &str) {
    let kind = format!("urn:chancery:problem:{code}");
    assert_eq!((reply.status, &reply.body["type"]), (status, &json!(kind)), "{reply}");
}

async fn a_sign_in_shows_and_says_from_where_to_nobody_but_auditors(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = somebody(&world).await;
    let before = get(&world, &path).await;
    assert!(before.get("lastLoginDate").is_none(), "{before}");
    let done = record(&world, &path, "SUCCESS", json!("192.0.2.77")).await;
    assert_eq!(done.status, 200, "{done}");
    let event = newest(&world).await;
    assert_eq!(event["type"], "user.signed_in");
    assert!(event["payload"].to_string().contains("192.0.2.77"), "auditors are told: {event}");
    let place = world.app.log.placement(&domain::TenantId::new("default").unwrap()).await;
    let stored = world.app.log.read(place.unwrap().unwrap().partition, 0, 10_000).await.unwrap();
    let stored = &stored.last().unwrap().payload;
    assert!(!String::from_utf8(stored.clone()).unwrap().contains("192.0.2"), "it is sealed");
    let shown = get(&world, &path).await;
    let day = &event["createdAt"].as_str().or(event["time"].as_str()).unwrap_or_default();
    let login = shown["lastLoginDate"].as_str().unwrap_or_else(|| panic!("{shown}"));
    assert!(day.is_empty() || login[..16] == day[..16], "{login} {event}");

    let events = world.events().await;
    let viewer = world.viewer("POST", RECORD, body(&path, "SUCCESS", Value::Null)).await;
    assert_eq!(viewer.status, 403);
    is_refused(&record(&world, "A-B-1", "SUCCESS", Value::Null).await, 404, "user_unknown");
    for (outcome, address) in [("MAYBE", Value::Null), ("SUCCESS", json!("nowhere"))] {
        is_refused(&record(&world, &path, outcome, address).await, 400, "body_invalid");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn five_failures_at_once_lock_once(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = somebody(&world).await;
    let tries = (0..7).map(|_| record(&world, &path, "FAILURE", Value::Null));
    let tries = join_all(tries).await;
    let recorded = tries.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(recorded, 5, "the others found the user locked");
    for reply in tries.iter().filter(|reply| reply.status != 200) {
        is_refused(reply, 403, "user_locked");
    }
    let locked = "/v1/tenants/default/events?type=user.locked";
    let locked = world.admin("GET", locked, Value::Null).await;
    assert_eq!(locked.body["events"].as_array().unwrap().len(), 1, "{locked}");
    assert_eq!(get(&world, &path).await["isLocked"], true);
    is_refused(&record(&world, &path, "SUCCESS", Value::Null).await, 403, "user_locked");

    is_done(&put(&world, &format!("{path}/additionalAuthentication/reset"), Value::Null).await);
    assert_eq!(get(&world, &path).await["isLocked"], false);
    assert_eq!(record(&world, &path, "FAILURE", Value::Null).await.status, 200);
    assert_eq!(newest(&world).await["payload"]["tries"], 1, "they are counted anew");
    world.stop().await;
}

async fn an_allow_list_that_is_on_keeps_others_out(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = somebody(&world).await;
    let list = "/user-admin/ip-acl/allowlist";
    for cidr in ["127.0.0.1", "192.0.2.0/24"] {
        let block = json!({"cidrBlock": cidr, "enabled": true});
        assert_eq!(post(&world, list, block).await.status, 201);
    }
    assert_eq!(record(&world, &path, "SUCCESS", json!("198.51.100.7")).await.status, 200);
    is_done(&post(&world, &format!("{list}/enable"), Value::Null).await);
    let events = world.events().await;
    for (outcome, address) in [
        ("SUCCESS", json!("198.51.100.7")),
        ("FAILURE", json!("2001:db8::1")),
        ("SUCCESS", Value::Null),
    ] {
        is_refused(&record(&world, &path, outcome, address).await, 403, "address_not_listed");
    }
    assert_eq!(world.events().await, events, "nothing of it is counted");
    assert_eq!(record(&world, &path, "SUCCESS", json!("192.0.2.200")).await.status, 200);
    world.stop().await;
}

async fn a_one_time_password_opens_once(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = somebody(&world).await;
    is_done(&post(&world, &format!("{path}/reset-password"), Value::Null).await);
    assert_eq!(record(&world, &path, "SUCCESS", Value::Null).await.status, 200);
    assert_eq!(newest(&world).await["payload"]["spends_password"], true);
    let again = record(&world, &path, "SUCCESS", Value::Null).await;
    is_refused(&again, 403, "password_spent");
    let body = json!({"newPassword": "correct horse 5"});
    is_done(&post(&world, &format!("{path}/set-password"), body).await);
    for _ in 0..2 {
        assert_eq!(record(&world, &path, "SUCCESS", Value::Null).await.status, 200);
    }
    world.stop().await;
}

async fn what_is_recorded_under_a_key_is_recorded_once(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = somebody(&world).await;
    let send = async |outcome: &str| {
        let request = world.request("POST", RECORD).bearer_auth(&world.credentials.bearer.admin);
        let request = request.header("idempotency-key", "try-1");
        Reply::of(request.json(&body(&path, outcome, Value::Null))).await
    };
    let (first, second) = (send("FAILURE").await, send("FAILURE").await);
    assert_eq!((first.status, &first.body), (200, &second.body), "{second}");
    assert_eq!(newest(&world).await["payload"]["tries"], 1);
    assert_eq!(send("SUCCESS").await.status, 422, "another request");
    world.stop().await;
}
