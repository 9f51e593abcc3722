//! What is recorded arrives: signed, in order, as it is shown in the record, and only what is
//! wanted.

use std::sync::Arc;

use commands::groups::CreateGroup;
use serde_json::{Value, json};

use super::hub::Hub;
use super::receiver::{Delivery, Receiver};
use crate::stores::{Database, on_both_stores};
use crate::world::run_inside;

on_both_stores!(
    events_arrive_signed_and_in_order_as_the_record_shows_them,
    filters_keep_back_what_nobody_wants,
    what_rests_is_sent_nothing_and_goes_on_where_it_was,
    a_webhook_that_is_rewound_sends_again,
    a_new_secret_signs_alone_or_beside_the_former,
    nothing_is_sent_because_somebody_looks_back,
);

async fn a_user(hub: &Hub) -> Value {
    let organization = hub.get("organizations").await["organizations"][0]["organization"].clone();
    let profile = json!({
        "userName": "quendoline", "firstName": "Quendoline", "lastName": "Zwiebelfisch",
        "email": "q@beispiel.example", "country": "Germany",
    });
    hub.command("CreateUser", json!({"organization": organization, "profile": profile})).await
}

async fn events_arrive_signed_and_in_order_as_the_record_shows_them(database: Arc<Database>) {
    let (hub, receiver) = (Hub::start(&database).await, Receiver::start().await);
    let before = hub.newest().await;
    let (webhook, secret) = hub.add(&receiver).await;
    a_user(&hub).await;
    // What another tenant records is none of its business.
    let (writer, partner) = (&hub.server.app().writer, "partner".parse().unwrap());
    let elsewhere = CreateGroup { parent: None, name: "Elsewhere".to_owned() };
    run_inside(writer, &partner, elsewhere).await.unwrap();
    let newest = hub.record(20).await;
    let got = receiver.until_ordinal(newest).await;
    assert_eq!(receiver.ordinals(), (before + 1..=newest).collect::<Vec<_>>());

    // As whoever may not read of persons is shown them.
    let reader = json!({"name": "reader", "rights": ["events.read"]});
    let reader = hub.command("IssueToken", reader).await["secret"].as_str().unwrap().to_owned();
    let shown = hub.get_as(&reader, &format!("events?after={before}&limit=1000")).await;
    for (delivery, event) in got.iter().zip(shown["events"].as_array().unwrap()) {
        assert_eq!(delivery.event(), *event);
        for hidden in ["uendoline", "Elsewhere"] {
            assert!(!delivery.text().contains(hidden), "{}", delivery.text());
        }
        assert_eq!(delivery.header("content-type"), "application/json");
        assert!(delivery.header("user-agent").starts_with("chancery/"));
        assert_eq!(delivery.header("webhook-id"), format!("default/{}", event["ordinal"]));
        assert!(delivery.header("webhook-timestamp").parse::<i64>().unwrap() > 1_700_000_000);
        assert_eq!(delivery.signatures(), [delivery.signature_by(&secret)]);
    }
    let is_done = |it: &Value| it["ordinal"].as_i64() >= Some(newest) && it["state"] == "active";
    let stands = hub.until(&webhook, is_done).await["delivery"].clone();
    assert!(stands["deliveredAt"].is_string(), "{stands}");
    assert_eq!((&stands["failures"], &stands["lastError"]), (&json!(0), &Value::Null), "{stands}");
    hub.server.stop().await;
}

async fn filters_keep_back_what_nobody_wants(database: Arc<Database>) {
    let (hub, receiver) = (Hub::start(&database).await, Receiver::start().await);
    let kinds = Receiver::start().await;
    let wanted = json!({"eventTypes": ["organization.*", "group.renamed"]});
    let (webhook, _) = hub.add_with(&receiver, wanted).await;
    hub.add_with(&kinds, json!({"aggregateKinds": ["group"]})).await;
    let group = hub.command("CreateGroup", json!({"name": "One"})).await["group"].clone();
    hub.command("RenameGroup", json!({"group": group, "name": "Two"})).await;
    hub.command("CreateOrganization", json!({"name": "Other"})).await;
    let newest = hub.record(3).await;
    // What is kept back is passed all the same.
    hub.until(&webhook, |it| it["ordinal"].as_i64() == Some(newest)).await;
    let types = |got: &[Delivery]| -> Vec<String> {
        got.iter().map(|it| it.event()["type"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(types(&receiver.got()), ["group.renamed", "organization.created"]);
    kinds.until_ordinal(newest).await;
    let made = ["group.created"; 3];
    let expected = [&["group.created", "group.renamed"], &made[..]].concat();
    assert_eq!(types(&kinds.got()), expected);
    hub.server.stop().await;
}

async fn what_rests_is_sent_nothing_and_goes_on_where_it_was(database: Arc<Database>) {
    let (hub, receiver) = (Hub::start(&database).await, Receiver::start().await);
    let (witness, removed) = (Receiver::start().await, Receiver::start().await);
    let (webhook, _) = hub.add(&receiver).await;
    let (gone, _) = hub.add(&removed).await;
    let first = hub.add(&witness).await.0;
    let last = hub.record(2).await;
    for receiver in [&receiver, &removed] {
        receiver.until_ordinal(last).await;
    }
    hub.command("PauseWebhook", json!({"webhook": webhook})).await;
    hub.command("RemoveWebhook", json!({"webhook": gone})).await;
    let kept = [receiver.ordinals(), removed.ordinals()];
    let newest = hub.record(5).await;
    witness.until_ordinal(newest).await;
    // What was on its way when the command came may have arrived.
    for (receiver, kept) in [&receiver, &removed].into_iter().zip(&kept) {
        assert!(receiver.ordinals().len() <= kept.len() + 2, "{:?}", receiver.ordinals());
    }
    let paused = hub.get(&format!("webhooks/{webhook}")).await;
    assert_eq!(paused["delivery"]["state"], "paused", "{paused}");
    hub.command("ResumeWebhook", json!({"webhook": webhook})).await;
    receiver.until_ordinal(newest).await;
    let firsts = receiver.firsts();
    assert_eq!(
        firsts,
        (firsts[0]..=*firsts.last().unwrap()).collect::<Vec<_>>(),
        "none is left out"
    );
    assert!(!removed.ordinals().contains(&newest));
    hub.until(&first, |it| it["lag"] == 0).await;
    hub.server.stop().await;
}

async fn a_webhook_that_is_rewound_sends_again(database: Arc<Database>) {
    let (hub, receiver) = (Hub::start(&database).await, Receiver::start().await);
    let (webhook, _) = hub.add(&receiver).await;
    let newest = hub.record(3).await;
    receiver.until_ordinal(newest).await;
    let sent = receiver.got().len();
    hub.command("RewindWebhook", json!({"webhook": webhook, "after": 5})).await;
    receiver.until_ordinal(newest + 1).await;
    let again: Vec<_> = receiver.ordinals().split_off(sent);
    let again = again.strip_prefix(&[newest + 1]).unwrap_or(&again);
    assert_eq!(again, (6..=newest + 1).collect::<Vec<_>>(), "from there on, in order");
    // And one that begins early is sent the past.
    let early = Receiver::start().await;
    hub.add_with(&early, json!({"after": 0})).await;
    early.until_ordinal(newest).await;
    assert_eq!(early.ordinals()[..3], [1, 2, 3]);
    hub.server.stop().await;
}

async fn a_new_secret_signs_alone_or_beside_the_former(database: Arc<Database>) {
    let (hub, receiver) = (Hub::start(&database).await, Receiver::start().await);
    let (webhook, first) = hub.add(&receiver).await;
    let deliver = async |ordinal: i64| {
        let got = receiver.until_ordinal(ordinal).await;
        got.into_iter().find(|it| it.ordinal() == ordinal).unwrap()
    };
    let reset = async |hours: i64| {
        let body = json!({"webhook": webhook, "hoursToLive": hours});
        let reset = hub.command("ResetWebhookSecret", body).await;
        reset["secret"].as_str().unwrap().to_owned()
    };
    let second = reset(1).await;
    let got = deliver(hub.record(1).await).await;
    assert_eq!(got.signatures(), [got.signature_by(&second), got.signature_by(&first)]);
    let third = reset(0).await;
    let got = deliver(hub.record(1).await).await;
    assert_eq!(got.signatures(), [got.signature_by(&third)]);
    hub.server.stop().await;
}

async fn nothing_is_sent_because_somebody_looks_back(database: Arc<Database>) {
    let (hub, receiver) = (Hub::start(&database).await, Receiver::start().await);
    let user = a_user(&hub).await;
    let (webhook, _) = hub.add(&receiver).await;
    let newest = hub.record(2).await;
    hub.until(&webhook, |it| it["ordinal"].as_i64() == Some(newest)).await;
    let path = format!("webhooks/{webhook}");
    let url = format!("{}/v1/tenants/default/{path}", hub.server.url());
    let token = hub.home.credentials()["bearer"]["admin"].as_str().unwrap().to_owned();
    let client = crate::program::client();
    let past = client.get(url).bearer_auth(&token).header("chancery-as-of", newest - 1);
    let past: Value = past.send().await.unwrap().json().await.unwrap();
    assert_eq!((&past["url"], &past["delivery"]), (&receiver.url().into(), &Value::Null), "{past}");
    hub.server.app().projections.rebuild("webhooks_v1", |_| {}).await.unwrap();
    hub.command("EraseSubject", json!({"subject": user["user"]})).await;
    let newest = hub.record(1).await;
    receiver.until_ordinal(newest).await;
    let ordinals = receiver.ordinals();
    assert_eq!(ordinals, (ordinals[0]..=newest).collect::<Vec<_>>(), "each once");
    hub.server.stop().await;
}
