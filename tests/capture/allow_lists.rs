//! `/clients/set_whitelist` and `clear_whitelist`, and what a list keeps out.

use std::sync::Arc;

use api::settings::Settings;
use serde_json::{Value, json};

use super::signing::python;
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_list_is_replaced_shown_and_cleared,
    what_is_no_block_is_refused,
    a_list_holds_for_every_call_in_every_scheme,
    the_address_a_trusted_proxy_tells_counts,
    the_last_owner_does_not_shut_itself_out
);

const SET: &str = "/clients/set_whitelist";

async fn shown(world: &World, id: &str) -> Value {
    let list = world.capture("/clients/list", &[]).await;
    let all = list.body["results"].as_array().unwrap();
    all.iter().find(|client| client["client_id"] == id).unwrap()["whitelist"].clone()
}

async fn a_list_is_replaced_shown_and_cleared(database: Arc<Database>) {
    let world = World::start(&database).await;
    let plain = world.credentials.capture.plain_client_id.as_str();
    for (blocks, expected) in [
        (r#"["10.0.0.0/8","192.0.2.7/32","10.0.0.0/8"]"#, json!(["10.0.0.0/8", "192.0.2.7/32"])),
        (r#"["10.1.2.3/24"]"#, json!(["10.1.2.3/24"])),
        (r#"["0.0.0.0/0"]"#, json!(["0.0.0.0/0"])),
    ] {
        let reply = world.capture(SET, &[("for_client_id", plain), ("whitelist", blocks)]).await;
        assert_eq!(reply.body, json!({"stat": "ok"}), "{blocks}");
        assert_eq!(shown(&world, plain).await, expected);
    }
    world.capture(SET, &[("for_client_id", plain), ("whitelist", r#"["10.0.0.0/8"]"#)]).await;
    let cleared = world.capture("/clients/clear_whitelist", &[("for_client_id", plain)]).await;
    assert_eq!(cleared.body, json!({"stat": "ok"}));
    assert_eq!(shown(&world, plain).await, json!(["0.0.0.0/0"]));
    let events = world.events().await;
    let again = world.capture("/clients/clear_whitelist", &[("for_client_id", plain)]).await;
    assert_eq!(again.body, json!({"stat": "ok"}));
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn what_is_no_block_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (plain, events) =
        (world.credentials.capture.plain_client_id.as_str(), world.events().await);
    let malformed = |block: &str| {
        let reason = format!("invalid cidr address: {block}; value after slash must be 32or less");
        (200, format!("whitelist was not valid for the following reason: {reason}"))
    };
    let text =
        |reason: &str| (200, format!("whitelist was not valid for the following reason: {reason}"));
    let many = json!(vec!["10.0.0.0/8"; 1001]).to_string();
    for (blocks, (code, expected)) in [
        (r#"["10.0.0.0/33"]"#, malformed("10.0.0.0/33")),
        (r#"["10.0.0.0/8","10.0.0.1"]"#, malformed("10.0.0.1")),
        (r#"["2001:db8::/32"]"#, malformed("2001:db8::/32")),
        (r#"[""]"#, malformed("")),
        ("[]", text("an allow list has 1 to 1000 blocks, not 0")),
        (&many, text("an allow list has 1 to 1000 blocks, not 1001")),
        ("[1]", text("it is not an array of strings")),
        ("10.0.0.0/8", text("the JSON is not syntactically valid")),
        ("", (100, "missing required argument: whitelist".to_owned())),
    ] {
        let reply = world.capture(SET, &[("for_client_id", plain), ("whitelist", blocks)]).await;
        let found = (&reply.body["code"], &reply.body["error_description"]);
        assert_eq!(found, (&json!(code), &json!(expected)), "{blocks:.80}");
        assert_eq!(reply.body["argument_name"], "whitelist");
    }
    for endpoint in [SET, "/clients/clear_whitelist"] {
        let parameters = [("for_client_id", "nobody"), ("whitelist", r#"["10.0.0.0/8"]"#)];
        let reply = world.capture(endpoint, &parameters).await;
        assert_eq!(reply.body["argument_name"], "for_client_id", "{reply}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn a_list_holds_for_every_call_in_every_scheme(database: Arc<Database>) {
    let world = World::start(&database).await;
    let robot = world.robot("far away").await;
    let client = (robot.capture.0.as_str(), robot.capture.1.as_str());
    let list = "/clients/list";
    let calls = async || {
        let named = [("client_id", client.0), ("client_secret", client.1)];
        let named = Reply::of(world.request("POST", list).form(&named)).await;
        let signed = Reply::of(python(&world, client, list, &[])).await;
        [world.capture_as(client, list, &[]).await, named, signed].map(|reply| reply.body)
    };
    let set = async |blocks: &str| {
        let parameters = [("for_client_id", client.0), ("whitelist", blocks)];
        assert_eq!(world.capture(SET, &parameters).await.body, json!({"stat": "ok"}));
    };
    set(r#"["127.0.0.0/8"]"#).await;
    assert!(calls().await.iter().all(|body| body["stat"] == "ok"));
    set(r#"["10.0.0.0/8"]"#).await;
    let events = world.events().await;
    for body in calls().await {
        let text = "the provided client does not have authorization for this action";
        let found = (&body["code"], &body["error"], &body["error_description"]);
        assert_eq!(found, (&json!(403), &json!("client_permission_error"), &json!(text)));
    }
    let added = world.capture_as(client, "/clients/add", &[("description", "x")]).await;
    assert_eq!(added.body["code"], 403);
    let guess = world.capture_as((client.0, "guess"), list, &[]).await;
    assert_eq!(guess.body["code"], 402, "whoever has no secret is not told of the list");
    // Whoever came in without forwarding proxies cannot talk themselves in.
    let request = world.request("POST", list).basic_auth(client.0, Some(client.1));
    let forged = Reply::of(request.header("x-forwarded-for", "10.0.0.1")).await;
    assert_eq!(forged.body["code"], 403);
    assert_eq!(world.events().await, events);
    world.capture("/clients/clear_whitelist", &[("for_client_id", client.0)]).await;
    assert!(calls().await.iter().all(|body| body["stat"] == "ok"));
    world.stop().await;
}

async fn the_address_a_trusted_proxy_tells_counts(database: Arc<Database>) {
    let proxies = vec!["127.0.0.1/32".parse().unwrap()];
    let world = World::start_behind(&database, Settings::default(), proxies).await;
    let robot = world.robot("behind a proxy").await;
    let parameters =
        [("for_client_id", robot.capture.0.as_str()), ("whitelist", r#"["192.0.2.0/24"]"#)];
    assert_eq!(world.capture(SET, &parameters).await.body, json!({"stat": "ok"}));
    for (address, expected) in [("192.0.2.7", json!("ok")), ("198.51.100.7", json!("error"))] {
        let request = world.request("POST", "/clients/list");
        let request = request.basic_auth(&robot.capture.0, Some(&robot.capture.1));
        let reply = Reply::of(request.header("x-forwarded-for", address)).await;
        assert_eq!(reply.body["stat"], expected, "{address}: {reply}");
    }
    world.stop().await;
}

async fn the_last_owner_does_not_shut_itself_out(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    let far = [("whitelist", r#"["10.0.0.0/8"]"#)];
    let reply = world.capture(SET, &far).await;
    assert_eq!(reply.body["argument_name"], "whitelist", "{reply}");
    assert_eq!(world.events().await, events);
    let near = world.capture(SET, &[("whitelist", r#"["127.0.0.1/32"]"#)]).await;
    assert_eq!(near.body, json!({"stat": "ok"}));
    // With another owner about, it is their own affair.
    let robot = world.robot("other owner").await;
    assert_eq!(world.capture(SET, &far).await.body, json!({"stat": "ok"}));
    assert_eq!(world.capture("/clients/list", &[]).await.body["code"], 403);
    let held = &world.credentials.capture.owner_client_id;
    let other = (robot.capture.0.as_str(), robot.capture.1.as_str());
    let cleared = [("for_client_id", held.as_str())];
    let cleared = world.capture_as(other, "/clients/clear_whitelist", &cleared).await;
    assert_eq!(cleared.body, json!({"stat": "ok"}));
    assert_eq!(world.capture("/clients/list", &[]).await.body["stat"], "ok");
    world.stop().await;
}
