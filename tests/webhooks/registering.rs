//! Webhooks are registered, changed and removed; what cannot be is refused by name.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_webhook_is_registered_changed_and_removed,
    what_cannot_be_a_webhook_is_refused_by_name,
    webhooks_are_for_whoever_may_hand_on_the_record,
    webhooks_are_shown_as_they_were,
);

const WEBHOOKS: &str = "/v1/tenants/default/webhooks";
const URL: &str = "https://receiver.example/hook";

async fn send(world: &World, name: &str, body: Value) -> Reply {
    world.admin("POST", &format!("/v1/tenants/default/commands/{name}"), body).await
}

async fn shown(world: &World, webhook: &Value) -> Reply {
    world.viewer("GET", &format!("{WEBHOOKS}/{}", webhook.as_str().unwrap()), Value::Null).await
}

async fn a_webhook_is_registered_changed_and_removed(database: Arc<Database>) {
    let world = World::start(&database).await;
    let newest = world.events().await;
    let body = json!({"url": URL, "description": "audit", "eventTypes": ["group.*"]});
    let added = world.command("AddWebhook", body).await;
    let (webhook, secret) = (&added["webhook"], added["secret"].as_str().unwrap());
    assert!(secret.starts_with("whsec_"));
    let first = shown(&world, webhook).await;
    for (member, value) in [
        ("webhook", webhook.clone()),
        ("url", json!(URL)),
        ("description", json!("audit")),
        ("eventTypes", json!(["group.*"])),
        ("aggregateKinds", json!([])),
        ("isPaused", json!(false)),
        ("pauseReason", Value::Null),
        ("secretGeneration", json!(1)),
        ("beginsAfter", json!(newest)),
        ("details", added["details"].clone()),
    ] {
        assert_eq!(first.body[member], value, "{member}: {first}");
    }
    let changed = json!({"webhook": webhook, "eventTypes": [], "aggregateKinds": ["role"]});
    world.command("UpdateWebhook", changed).await;
    world.command("RewindWebhook", json!({"webhook": webhook, "after": 3})).await;
    world.command("PauseWebhook", json!({"webhook": webhook})).await;
    let reset = json!({"webhook": webhook, "hoursToLive": 1});
    let reset = world.command("ResetWebhookSecret", reset).await;
    assert_ne!(reset["secret"], secret);
    let now = shown(&world, webhook).await;
    assert_eq!((&now.body["url"], &now.body["eventTypes"]), (&json!(URL), &json!([])), "{now}");
    assert_eq!((&now.body["beginsAfter"], &now.body["pauseReason"]), (&json!(3), &json!("asked")));
    assert_eq!(now.body["secretGeneration"], 2);
    assert!(now.body["graceUntil"].is_string(), "{now}");
    world.command("ResumeWebhook", json!({"webhook": webhook})).await;
    let listed = world.viewer("GET", WEBHOOKS, Value::Null).await;
    assert_eq!(listed.body["webhooks"][0]["isPaused"], false, "{listed}");
    assert!(!listed.to_string().contains("whsec_"));
    let path = format!("/v1/tenants/default/history/webhook/{}", webhook.as_str().unwrap());
    let history = world.viewer("GET", &path, Value::Null).await;
    assert_eq!(history.body["history"].as_array().unwrap().len(), 6, "{history}");
    assert!(!history.to_string().contains("whsec_"));
    world.command("RemoveWebhook", json!({"webhook": webhook})).await;
    assert_eq!(shown(&world, webhook).await.status, 404);
    assert_eq!(world.viewer("GET", WEBHOOKS, Value::Null).await.body["webhooks"], json!([]));
    world.stop().await;
}

async fn what_cannot_be_a_webhook_is_refused_by_name(database: Arc<Database>) {
    let world = World::start(&database).await;
    let added = world.command("AddWebhook", json!({"url": URL})).await;
    let (webhook, nobody) = (&added["webhook"], json!("0195a1b2-c3d4-4e5f-8a6b-7c8d9e0f1a2b"));
    let events = world.events().await;
    #[rustfmt::skip]
    let cases = [
        ("AddWebhook", json!({"url": "nowhere"}), 400, "url_malformed", "url"),
        ("AddWebhook", json!({"url": "http://receiver.example/"}), 400, "url_not_https", "url"),
        ("AddWebhook", json!({"url": "ftp://receiver.example/"}), 400, "url_not_https", "url"),
        ("AddWebhook", json!({"url": "https://a:b@c.example/"}), 400, "url_has_user", "url"),
        ("AddWebhook", json!({"url": format!("{URL}?key=1")}), 400, "url_has_query", "url"),
        ("AddWebhook", json!({"url": format!("{URL}#1")}), 400, "url_has_fragment", "url"),
        ("AddWebhook", json!({"url": URL, "after": 1_000_000}), 400, "ordinal_unknown", "after"),
        ("AddWebhook", json!({"url": URL, "eventTypes": ["group.painted"]}), 400, "event_type_unknown", "eventTypes"),
        ("AddWebhook", json!({"url": URL, "aggregateKinds": ["dog"]}), 400, "kind_unknown", "aggregateKinds"),
        ("AddWebhook", json!({"url": URL, "description": "\u{0}"}), 400, "description_invalid", "description"),
        ("UpdateWebhook", json!({"webhook": webhook, "url": "x"}), 400, "url_malformed", "url"),
        ("UpdateWebhook", json!({"webhook": nobody}), 404, "webhook_unknown", "webhook"),
        ("RewindWebhook", json!({"webhook": webhook, "after": -1}), 400, "ordinal_unknown", "after"),
        ("RewindWebhook", json!({"webhook": nobody, "after": 0}), 404, "webhook_unknown", "webhook"),
        ("ResetWebhookSecret", json!({"webhook": webhook, "hoursToLive": 169}), 400, "hours_out_of_range", "hoursToLive"),
        ("PauseWebhook", json!({"webhook": nobody}), 404, "webhook_unknown", "webhook"),
        ("ResumeWebhook", json!({"webhook": nobody}), 404, "webhook_unknown", "webhook"),
        ("RemoveWebhook", json!({"webhook": nobody}), 404, "webhook_unknown", "webhook"),
    ];
    for (name, body, status, code, member) in cases {
        let reply = send(&world, name, body).await;
        assert_eq!(reply.status, status, "{name}: {reply}");
        assert_eq!(reply.body["type"], format!("urn:chancery:problem:{code}"), "{reply}");
        assert_eq!(reply.body["member"], member, "{reply}");
    }
    let odd = send(&world, "PauseWebhook", json!({"webhook": "seven"})).await;
    assert_eq!((odd.status, &odd.body["member"]), (400, &json!("webhook")), "{odd}");
    for id in ["seven", nobody.as_str().unwrap()] {
        let path = format!("{WEBHOOKS}/{id}");
        assert_eq!(world.admin("GET", &path, Value::Null).await.status, 404);
    }
    assert_eq!(world.events().await, events);
    for _ in 1..50 {
        world.command("AddWebhook", json!({"url": URL})).await;
    }
    let one_more = send(&world, "AddWebhook", json!({"url": URL})).await;
    let code = "urn:chancery:problem:too_many_webhooks";
    assert_eq!((one_more.status, &one_more.body["type"]), (409, &json!(code)), "{one_more}");
    world.stop().await;
}

async fn webhooks_are_for_whoever_may_hand_on_the_record(database: Arc<Database>) {
    let world = World::start(&database).await;
    let added = world.command("AddWebhook", json!({"url": URL})).await;
    let webhook = added["webhook"].as_str().unwrap();
    let token = async |rights: &[&str], organization: Option<&str>| {
        let body = json!({"name": "x", "rights": rights, "organization": organization});
        world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned()
    };
    let own = world.credentials.organization_id.as_str();
    let both = ["token.admin", "events.read"];
    for (rights, organization, add, remove, get) in [
        (&both[..], None, 200, 200, 200),
        (&both[..1], None, 403, 200, 403),
        (&both[1..], None, 403, 403, 200),
        (&both[..], Some(own), 403, 403, 403),
    ] {
        let token = token(rights, organization).await;
        let send = async |name: &str, body: Value| {
            let path = format!("/v1/tenants/default/commands/{name}");
            world.bearer(&token, "POST", &path, body).await.status
        };
        let more = world.command("AddWebhook", json!({"url": URL})).await["webhook"].clone();
        let told = format!("{rights:?} in {organization:?}");
        assert_eq!(send("AddWebhook", json!({"url": URL})).await, add, "{told}");
        let reset = json!({"webhook": webhook});
        assert_eq!(send("ResetWebhookSecret", reset).await, add, "{told}");
        assert_eq!(send("RemoveWebhook", json!({"webhook": more})).await, remove, "{told}");
        for path in [WEBHOOKS.to_owned(), format!("{WEBHOOKS}/{webhook}")] {
            let reply = world.bearer(&token, "GET", &path, Value::Null).await;
            assert_eq!(reply.status, get, "{told}: {reply}");
        }
    }
    // Another tenant's is as good as none.
    let elsewhere = format!("/v1/tenants/partner/webhooks/{webhook}");
    assert_eq!(world.admin("GET", &elsewhere, Value::Null).await.status, 404);
    world.stop().await;
}

async fn webhooks_are_shown_as_they_were(database: Arc<Database>) {
    let world = World::start(&database).await;
    let added = world.command("AddWebhook", json!({"url": URL})).await;
    let then = world.events().await.to_string();
    let webhook = &added["webhook"];
    let url = "https://elsewhere.example/";
    world.command("UpdateWebhook", json!({"webhook": webhook, "url": url})).await;
    world.command("RemoveWebhook", json!({"webhook": webhook})).await;
    let path = format!("{WEBHOOKS}/{}", webhook.as_str().unwrap());
    for path in [WEBHOOKS, &path] {
        let request = world.request("GET", path).bearer_auth(&world.credentials.bearer.admin);
        let past = Reply::of(request.header("chancery-as-of", &then)).await;
        let row = if path == WEBHOOKS { &past.body["webhooks"][0] } else { &past.body };
        assert_eq!(row["url"], URL, "{past}");
    }
    world.stop().await;
}
