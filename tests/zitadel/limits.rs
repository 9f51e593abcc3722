//! Calls that are too large, too late, given up, or not whole.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Client, Over};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_deadline_that_is_over_ends_a_call,
    a_call_given_up_leaves_all_in_order,
    what_is_too_large_is_refused,
    a_broken_message_is_refused_and_writes_nothing,
);

async fn a_deadline_that_is_over_ends_a_call(database: Arc<Database>) {
    let world = World::start(&database).await;
    let client = Client::of(&world).await;
    let admin = world.credentials.bearer.admin.as_str();
    let method = client.method("v2", "GetInstanceFeatures");
    // A status before a message stands in the headers.
    for (timeout, code) in [("0n", "4"), ("0H", "4"), ("10S", ""), ("1H", ""), ("soon", "3")] {
        let request = client.on_rpc_path(Over::Grpc, &method).bearer_auth(admin);
        let request = request.header("grpc-timeout", timeout).body(vec![0; 5]);
        let response = request.send().await.unwrap();
        let status = response.headers().get("grpc-status").map(|it| it.to_str().unwrap());
        assert_eq!(status.unwrap_or_default(), code, "{timeout}");
    }
    let outcome = client.call(Over::Grpc, ("v2", "GetInstanceFeatures"), admin, &json!({})).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    for (timeout, status) in [("0", 504), ("10000", 200), ("-1", 400)] {
        let request = client.on_rpc_path(Over::ConnectJson, &method).bearer_auth(admin);
        let request = request.header("connect-timeout-ms", timeout).body("{}");
        let reply = Reply::of(request).await;
        assert_eq!(reply.status, status, "{timeout}: {reply}");
    }
    world.stop().await;
}

async fn a_call_given_up_leaves_all_in_order(database: Arc<Database>) {
    let world = World::start(&database).await;
    let client = Client::of(&world).await;
    let admin = world.credentials.bearer.admin.as_str();
    let set = ("v2", "SetInstanceFeatures");
    for micros in (0..40).map(|step| step * 200) {
        let flags = json!({"userSchema": micros % 400 == 0});
        let call = client.call(Over::Grpc, set, admin, &flags);
        // Whether it came in time is all the same.
        drop(tokio::time::timeout(Duration::from_micros(micros), call).await);
    }
    let last = client.call(Over::Grpc, set, admin, &json!({"userSchema": true})).await;
    assert_eq!(last.code, 0, "{last:?}");
    let shown = client.call(Over::Grpc, ("v2", "GetInstanceFeatures"), admin, &json!({})).await;
    assert_eq!(shown.body["userSchema"]["enabled"], true);
    let sequence = |value: &Value| value["details"]["sequence"].as_str().unwrap().parse().unwrap();
    let (shown, set): (i64, i64) = (sequence(&shown.body), sequence(&last.body));
    assert!(shown >= set, "{shown} {set}");
    world.stop().await;
}

async fn what_is_too_large_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let client = Client::of(&world).await;
    let admin = world.credentials.bearer.admin.as_str();
    let long = "x".repeat(world.app.settings.body_limit + 1);
    let body = json!({"organizationId": long});
    for over in [Over::Grpc, Over::GrpcWeb, Over::GrpcWebText, Over::ConnectJson] {
        let outcome = client.call(over, ("v2", "SetOrganizationFeatures"), admin, &body).await;
        assert_eq!(outcome.code, 8, "{over:?}: {outcome:?}");
    }
    world.stop().await;
}

async fn a_broken_message_is_refused_and_writes_nothing(database: Arc<Database>) {
    let world = World::start(&database).await;
    let client = Client::of(&world).await;
    let admin = world.credentials.bearer.admin.as_str();
    let events = world.events().await;
    let method = client.method("v2", "SetInstanceFeatures");
    let status = async |over: Over, body: &'static [u8], more: &[(&str, &str)]| {
        let mut request = client.on_rpc_path(over, &method).bearer_auth(admin).body(body);
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let status =
            response.headers().get("grpc-status").map(|it| it.to_str().unwrap().to_owned());
        (response.status().as_u16(), status.unwrap_or_default())
    };
    let invalid = (200, "3".to_owned());
    for body in [&b""[..], &[0, 0, 0, 0, 9, 32, 1], &[1, 0, 0, 0, 2, 32, 1], &[0, 0, 0, 0, 1, 32]] {
        assert_eq!(status(Over::Grpc, body, &[]).await, invalid, "{body:?}");
    }
    let whole = &[0, 0, 0, 0, 2, 32, 1];
    let packed = status(Over::Grpc, whole, &[("grpc-encoding", "gzip")]).await;
    assert_eq!(packed, (200, "12".to_owned()));
    let packed = status(Over::ConnectBinary, &[32, 1], &[("content-encoding", "br")]).await;
    assert_eq!(packed.0, 501);
    assert_eq!(status(Over::ConnectBinary, &[32], &[]).await.0, 400);
    assert_eq!(status(Over::ConnectJson, b"{\"userSchema\": 1}", &[]).await.0, 400);
    let target = "/zitadel.feature.v2.FeatureService/SetInstanceFeatures";
    let text = world.request("POST", target).bearer_auth(admin).body("hello");
    let text = text.header("content-type", "text/plain");
    assert_eq!(Reply::of(text).await.status, 415);
    assert_eq!(world.admin("GET", target, Value::Null).await.status, 405);
    assert_eq!(world.events().await, events);
    world.stop().await;
}
