//! `/clients/set_features`, as the source documents ask for it and as libraries really send it.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    the_whole_list_is_replaced,
    refusals_are_worded_as_published,
    credentials_are_taken_in_every_form_that_is_sent,
);

const ENDPOINT: &str = "/clients/set_features";

async fn features(world: &World, id: &str) -> Value {
    let list = world.capture("/clients/list", &[]).await;
    let all = list.body["results"].as_array().unwrap();
    all.iter().find(|client| client["client_id"] == id).unwrap()["features"].clone()
}

async fn the_whole_list_is_replaced(database: Arc<Database>) {
    let world = World::start(&database).await;
    let plain = world.credentials.capture.plain_client_id.as_str();
    for (asked, held) in [
        (r#"["owner","direct_access","owner"]"#, json!(["direct_access", "owner"])),
        (r#"["login_client"]"#, json!(["login_client"])),
        ("[]", json!([])),
    ] {
        let parameters = [("for_client_id", plain), ("features", asked), ("timeout", "10")];
        let reply = world.capture(ENDPOINT, &parameters).await;
        assert_eq!((reply.status, &reply.body), (200, &json!({"stat": "ok"})), "{asked}");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(features(&world, plain).await, held);
    }
    // The body wins over the query, and without a client the caller's own list is meant.
    let path = format!("{ENDPOINT}?features=%5B%22ninja%22%5D");
    let own = [("features", r#"["owner","access_issuer"]"#)];
    assert_eq!(world.capture(&path, &own).await.body, json!({"stat": "ok"}));
    let owner = world.credentials.capture.owner_client_id.as_str();
    assert_eq!(features(&world, owner).await, json!(["access_issuer", "owner"]));
    world.stop().await;
}

async fn refusals_are_worded_as_published(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    let plain = world.credentials.capture.plain_client_id.as_str();
    let invalid = |argument: &str, reason: &str| {
        (
            200,
            "invalid_argument",
            format!("{argument} was not valid for the following reason: {reason}"),
        )
    };
    for (client, asked, (code, word, text)) in [
        (
            plain,
            Some(r#"["ninja_superuser"]"#),
            invalid("features", "ninja_superuser is not a valid feature name"),
        ),
        (plain, Some("{oops"), invalid("features", "the JSON is not syntactically valid")),
        (plain, Some(r#""owner""#), invalid("features", "it is not an array of strings")),
        (
            plain,
            Some(r#"["login_client","owner"]"#),
            invalid("features", "login_client may not be combined with other features"),
        ),
        ("nobody", Some("[]"), invalid("for_client_id", "for_client_id is not a valid id")),
        (
            "",
            Some("[]"),
            invalid("features", "an owner may not remove the owner feature from itself"),
        ),
        (plain, None, (100, "missing_argument", "missing required argument: features".to_owned())),
    ] {
        let mut parameters = vec![("for_client_id", client)];
        parameters.extend(asked.map(|asked| ("features", asked)));
        let reply = world.capture(ENDPOINT, &parameters).await;
        assert_eq!((reply.status, &reply.body["stat"]), (200, &json!("error")), "{reply}");
        assert_eq!((&reply.body["code"], &reply.body["error"]), (&json!(code), &json!(word)));
        assert_eq!(reply.body["error_description"], text);
        assert_eq!(
            reply.body["argument_name"],
            text.rsplit(": ").next().map_or("", |_| {
                if text.contains("for_client_id") { "for_client_id" } else { "features" }
            })
        );
        assert_eq!(reply.body["request_id"], reply.header("x-request-id"));
    }
    let weak = &world.credentials.capture;
    let weak = (weak.plain_client_id.as_str(), weak.plain_client_secret.as_str());
    let refused = world.capture_as(weak, ENDPOINT, &[("features", "[]")]).await;
    assert_eq!(
        (&refused.body["code"], &refused.body["error"]),
        (&json!(403), &json!("client_permission_error"))
    );
    let read = Reply::of(world.request("GET", ENDPOINT)).await;
    assert_eq!((read.status, &read.body["stat"]), (405, &json!("error")), "{read}");
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn credentials_are_taken_in_every_form_that_is_sent(database: Arc<Database>) {
    let world = World::start(&database).await;
    let held = &world.credentials.capture;
    let (id, secret) = (held.owner_client_id.as_str(), held.owner_client_secret.as_str());
    let query = format!("/clients/list?client_id={id}&client_secret={secret}");
    let in_query = Reply::of(world.request("POST", &query)).await;
    let read = Reply::of(world.request("GET", &query)).await;
    let bodyless = world.request("POST", "/clients/list").basic_auth(id, Some(secret));
    let bodyless = Reply::of(bodyless.header("content-length", "0")).await;
    let split = format!("/clients/list?client_id={id}");
    let split = world.request("POST", &split).form(&[("client_secret", secret)]);
    let split = Reply::of(split).await;
    for reply in [in_query, read, bodyless, split] {
        assert_eq!(reply.body["stat"], "ok", "{reply}");
    }
    for (wrong, code) in [
        (world.request("POST", "/clients/list"), 402),
        (world.request("POST", "/clients/list").basic_auth(id, Some("wrong")), 402),
        (world.request("POST", "/clients/list").basic_auth("nobody", Some(secret)), 402),
        (world.request("POST", "/clients/list").bearer_auth("token"), 205),
    ] {
        let reply = Reply::of(wrong).await;
        assert_eq!((reply.status, &reply.body["code"]), (200, &json!(code)), "{reply}");
    }
    world.stop().await;
}
