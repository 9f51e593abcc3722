//! The `Signature` scheme over real HTTP, beside the other two.

use std::sync::Arc;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::signing::{Manner, date, python, signature};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_signature_is_taken_in_every_form_that_is_sent,
    what_was_not_signed_so_is_refused,
    only_what_would_happen_twice_is_refused_twice,
    both_secrets_work_in_every_scheme_while_grace_lasts,
    other_schemes_are_refused
);

const LIST: &str = "/clients/list";

fn owner(world: &World) -> (&str, &str) {
    let held = &world.credentials.capture;
    (&held.owner_client_id, &held.owner_client_secret)
}

fn signed(world: &World, target: &str, header: String, date: &str) -> RequestBuilder {
    world.request("POST", target).header("authorization", header).header("date", date)
}

async fn a_signature_is_taken_in_every_form_that_is_sent(database: Arc<Database>) {
    let world = World::start(&database).await;
    let client = owner(&world);
    let rfc = chrono::Utc::now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for date in [date(0), date(-14), date(14), rfc] {
        for manner in [Manner::Python, Manner::Samples] {
            let header = signature(manner, client, LIST, &date, &[]);
            let reply = Reply::of(signed(&world, LIST, header, &date)).await;
            assert_eq!(reply.body["stat"], "ok", "{manner:?} {date}: {reply}");
            // One key begins with another, one value is empty, one has a line break.
            let parameters = [("a", "x\ny"), ("a1", ""), ("has_features", r#"["owner"]"#)];
            let header = signature(manner, client, LIST, &date, &parameters);
            let form = signed(&world, LIST, header.clone(), &date).form(&parameters);
            let query = signed(&world, LIST, header.clone(), &date).query(&parameters);
            let split = signed(&world, LIST, header, &date);
            let split = split.query(&parameters[..1]).form(&parameters[1..]);
            for request in [form, query, split] {
                let reply = Reply::of(request).await;
                assert_eq!(reply.body["stat"], "ok", "{manner:?} {date}: {reply}");
            }
        }
    }
    world.stop().await;
}

async fn what_was_not_signed_so_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (client, now) = (owner(&world), date(0));
    let (events, endpoint) = (world.events().await, "/clients/add");
    let parameters = [("description", "Forged")];
    let good = || signature(Manner::Python, client, endpoint, &now, &parameters);
    let form =
        |header: String, date: &str| signed(&world, endpoint, header, date).form(&parameters);
    let sign = |client, date: &str| signature(Manner::Python, client, endpoint, date, &parameters);
    let (early, late) = (date(-16), date(16));
    for (what, request) in [
        ("another path", form(signature(Manner::Python, client, LIST, &now, &parameters), &now)),
        ("another value", signed(&world, endpoint, good(), &now).form(&[("description", "F")])),
        ("one more", signed(&world, endpoint, good(), &now).form(&[parameters[0], ("b", "")])),
        ("another date", form(good(), &date(1))),
        ("too early", form(sign(client, &early), &early)),
        ("too late", form(sign(client, &late), &late)),
        (
            "no date",
            world.request("POST", endpoint).header("authorization", good()).form(&parameters),
        ),
        ("not a date", form(sign(client, "yesterday"), "yesterday")),
        ("another secret", form(sign((client.0, "guess"), &now), &now)),
        ("nobody", form(sign(("nobody", client.1), &now), &now)),
        ("no base64", form(format!("Signature {}:%%%", client.0), &now)),
        ("nothing", form(format!("Signature {}:", client.0), &now)),
        ("no colon", form(format!("Signature {}", client.0), &now)),
        ("huge", form(format!("Signature {}:{}", client.0, "A".repeat(8_000)), &now)),
    ] {
        let reply = Reply::of(request).await;
        assert_eq!((reply.status, &reply.body["code"]), (200, &json!(402)), "{what}: {reply}");
        assert_eq!(reply.body["error"], "invalid_client_credentials");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn only_what_would_happen_twice_is_refused_twice(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (client, now) = (owner(&world), date(0));
    let plain = world.credentials.capture.plain_client_id.as_str();
    let twice = async |endpoint: &str, parameters: &[(&str, &str)]| {
        let header = signature(Manner::Python, client, endpoint, &now, parameters);
        let request = || signed(&world, endpoint, header.clone(), &now).form(parameters);
        [Reply::of(request()).await, Reply::of(request()).await].map(|reply| reply.body)
    };
    let features = [("for_client_id", plain), ("features", r#"["direct_access"]"#)];
    for (endpoint, parameters) in [("/clients/set_features", &features[..]), (LIST, &[])] {
        let replies = twice(endpoint, parameters).await;
        assert!(replies.iter().all(|body| body["stat"] == "ok"), "{endpoint}: {replies:?}");
    }
    let [added, again] = twice("/clients/add", &[("description", "Once")]).await;
    let id = added["client_id"].as_str().unwrap_or_else(|| panic!("{added}"));
    assert_eq!(again["code"], 402, "{again}");
    let events = world.events().await;
    let [reset, again] = twice("/clients/reset_secret", &[("for_client_id", id)]).await;
    assert!(reset["new_secret"].is_string() && again["code"] == 402, "{reset} {again}");
    let [gone, again] = twice("/clients/delete", &[("client_id_for_deletion", id)]).await;
    assert_eq!((&gone, &again["code"]), (&json!({"stat": "ok"}), &json!(402)));
    assert_eq!(world.events().await, events + 2);
    world.stop().await;
}

async fn both_secrets_work_in_every_scheme_while_grace_lasts(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = world.capture("/clients/add", &[("description", "Robot")]).await;
    let text = |reply: &Reply, member: &str| reply.body[member].as_str().unwrap().to_owned();
    let (id, first) = (text(&made, "client_id"), text(&made, "client_secret"));
    let works = async |secret: &str| {
        let client = (id.as_str(), secret);
        let basic = world.capture_as(client, LIST, &[]).await;
        let named = [("client_id", client.0), ("client_secret", client.1)];
        let named = Reply::of(world.request("POST", LIST).form(&named)).await;
        let signed = Reply::of(python(&world, client, LIST, &[])).await;
        let codes = [basic, named, signed].map(|reply| reply.body["code"].clone());
        assert!(codes.iter().all(|code| *code == codes[0]), "{codes:?}");
        // Known, but without a feature; or not known.
        codes[0] == 403
    };
    let reset = async |hours: &str| {
        let parameters = [("for_client_id", id.as_str()), ("hours_to_live", hours)];
        text(&world.capture("/clients/reset_secret", &parameters).await, "new_secret")
    };
    assert!(works(&first).await);
    let second = reset("168").await;
    assert!(works(&first).await && works(&second).await);
    let third = reset("1").await;
    assert!(!works(&first).await, "two secrets at most");
    assert!(works(&second).await && works(&third).await);
    let fourth = reset("0").await;
    assert!(!works(&second).await && !works(&third).await && works(&fourth).await);
    world.stop().await;
}

async fn other_schemes_are_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (id, secret) = owner(&world);
    let with = |header: &str| world.request("POST", LIST).header("authorization", header);
    let named = [("client_id", id), ("client_secret", secret)];
    for (what, request) in [
        ("OAuth", with("OAuth 23456789abcdefgh")),
        ("OAuth, with an id and a secret", with("OAuth 23456789abcdefgh").form(&named)),
        ("Bearer", with("Bearer 23456789abcdefgh")),
        ("Digest", with("Digest username=\"x\"")),
        ("a word", with("letmein")),
        ("a token", world.request("POST", LIST).form(&[("access_token", "x")])),
        ("a token in the query", world.request("GET", &format!("{LIST}?token=x"))),
    ] {
        let reply = Reply::of(request).await;
        let expected = (200, &json!(205), &json!("invalid_auth_method"));
        assert_eq!((reply.status, &reply.body["code"], &reply.body["error"]), expected, "{what}");
    }
    let nothing = Reply::of(world.request("POST", LIST)).await;
    assert_eq!(nothing.body["code"], 402);
    assert_eq!(nothing.body.get("argument_name"), None::<&Value>);
    world.stop().await;
}
