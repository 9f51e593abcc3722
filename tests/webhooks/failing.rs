//! Receivers that fail are tried again, and hold up no other; those that are gone rest; and none
//! may be where the server's own network is.

use std::sync::Arc;

use serde_json::{Value, json};

use super::hub::Hub;
use super::receiver::{Delivery, Receiver, SILENCE};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    a_receiver_that_fails_is_tried_again_and_others_go_on,
    a_receiver_that_is_gone_is_left_alone,
    nothing_is_sent_into_the_servers_own_network,
);

async fn a_receiver_that_fails_is_tried_again_and_others_go_on(database: Arc<Database>) {
    let hub = Hub::start(&database).await;
    let (failing, silent, well) =
        (Receiver::start().await, Receiver::start().await, Receiver::start().await);
    silent.answer(SILENCE);
    let before = hub.newest().await;
    let (webhook, _) = hub.add(&failing).await;
    let (mute, _) = hub.add(&silent).await;
    hub.add(&well).await;
    failing.until_ordinal(before + 1).await;
    for status in [500, 307, 404, 429] {
        failing.answer(status);
        let newest = hub.record(2).await;
        well.until_ordinal(newest).await;
        let error = format!("status {status}");
        let stands = hub.until(&webhook, |it| it["lastError"] == error).await;
        let stands = &stands["delivery"];
        assert_eq!(stands["state"], "failing", "{stands}");
        assert!(stands["nextTryAt"].is_string() && stands["lag"].as_i64() > Some(0), "{stands}");
        // More than once, and the same event each time.
        let is_it = |it: &Delivery| it.status == status;
        let got = failing.until(|got| got.iter().filter(|it| is_it(it)).count() > 1).await;
        let tried: Vec<_> = got.iter().filter(|it| is_it(it)).map(Delivery::ordinal).collect();
        assert!(tried.windows(2).all(|pair| pair[0] == pair[1]), "{tried:?}");
        failing.answer(200);
        failing.until_ordinal(newest).await;
        let stands = hub.until(&webhook, |it| it["state"] == "active").await;
        assert_eq!(stands["delivery"]["failures"], 0, "{stands}");
    }
    let newest = hub.newest().await;
    assert_eq!(failing.firsts(), (before + 1..=newest).collect::<Vec<_>>());
    let stands = hub.until(&mute, |it| it["lastError"] == "no answer in time").await;
    assert_eq!(stands["delivery"]["state"], "failing", "{stands}");
    silent.answer(200);
    silent.until_ordinal(newest).await;
    assert_eq!(silent.firsts(), (before + 2..=newest).collect::<Vec<_>>());

    let nowhere = format!("http://127.0.0.1:{}/", well.port());
    drop(well);
    let (webhook, _) = hub.add_with(&failing, json!({"url": nowhere})).await;
    hub.until(&webhook, |it| it["lastError"] == "cannot be reached").await;
    // To mend the address is worth a try at once, and nothing was lost.
    hub.command("UpdateWebhook", json!({"webhook": webhook, "url": silent.url()})).await;
    hub.until(&webhook, |it| it["state"] == "active" && it["lag"] == 0).await;
    hub.server.stop().await;
}

async fn a_receiver_that_is_gone_is_left_alone(database: Arc<Database>) {
    let (hub, receiver) = (Hub::start(&database).await, Receiver::start().await);
    receiver.answer(410);
    let (webhook, _) = hub.add(&receiver).await;
    let shown = hub.until(&webhook, |it| it["state"] == "paused").await;
    assert_eq!((&shown["isPaused"], &shown["pauseReason"]), (&json!(true), &json!("gone")));
    assert_eq!(shown["delivery"]["lastError"], "status 410", "{shown}");
    let paused = hub.get("events?type=webhook.paused").await;
    let paused = &paused["events"][0];
    assert_eq!(
        (&paused["actor"]["kind"], &paused["command"]),
        (&json!("system"), &json!("PauseWebhook"))
    );
    let tries = receiver.got().len();
    receiver.answer(200);
    let newest = hub.record(2).await;
    assert_eq!(receiver.got().len(), tries, "it rests");
    hub.command("ResumeWebhook", json!({"webhook": webhook})).await;
    receiver.until_ordinal(newest).await;
    let firsts = receiver.firsts();
    assert_eq!(firsts[..3], [firsts[0], firsts[0] + 1, firsts[0] + 2]);
    hub.server.stop().await;
}

async fn nothing_is_sent_into_the_servers_own_network(database: Arc<Database>) {
    let receiver = Receiver::start().await;
    // It serves everybody, so whoever may register webhooks is not whoever runs it.
    let hub = Hub::listening(&database, "0.0.0.0:0".parse().unwrap()).await;
    let port = receiver.port();
    for host in ["127.0.0.1", "localhost", "[::1]", "127.1", "0x7f.1"] {
        let body = json!({"url": format!("http://{host}:{port}/hook")});
        let (webhook, _) = hub.add_with(&receiver, body).await;
        hub.until(&webhook, |it| it["lastError"] == "address not allowed").await;
    }
    for host in ["10.0.0.1", "169.254.169.254", "[fd00::1]", "[::ffff:192.168.0.1]"] {
        let body = json!({"url": format!("https://{host}/latest/meta-data")});
        let (webhook, _) = hub.add_with(&receiver, body).await;
        let stands = hub.until(&webhook, |it| it["lastError"] == "address not allowed").await;
        assert_eq!(stands["delivery"]["deliveredAt"], Value::Null, "{stands}");
    }
    assert!(receiver.got().is_empty());
    hub.server.stop().await;
}
