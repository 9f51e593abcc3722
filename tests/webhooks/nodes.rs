//! Servers that die and servers that share the work: whatever happens, nothing is left out.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::hub::Hub;
use super::receiver::{Receiver, SILENCE};
use crate::program::{Home, Serving, client};
use crate::stores::{Database, Store, on_both_stores, run};

on_both_stores!(
    what_a_killed_server_did_not_send_is_sent_after_the_next_start,
    a_server_that_stops_amid_a_delivery_makes_it_after_the_next_start,
    a_server_says_when_a_webhook_fails_and_when_it_takes_events_again,
);

/// Sends a command to a server process.
async fn command(served: &Serving, token: &str, name: &str, body: Value) -> Option<Value> {
    let url = format!("{}/v1/tenants/default/commands/{name}", served.url());
    let request = client().post(url).bearer_auth(token).json(&body);
    request.send().await.ok()?.json().await.ok()
}

async fn what_a_killed_server_did_not_send_is_sent_after_the_next_start(database: Arc<Database>) {
    let (home, receiver) = (Home::of(&database), Receiver::start().await);
    let mut served = block_in_place(|| home.serve(&[]));
    let token = home.credentials()["bearer"]["admin"].as_str().unwrap().to_owned();
    let body = json!({"url": receiver.url()});
    let added = command(&served, &token, "AddWebhook", body).await.unwrap();
    assert!(added["webhook"].is_string(), "{added}");
    let first = receiver.until(|got| !got.is_empty()).await[0].ordinal();
    let mut newest = first;
    for round in 1..=2 {
        let made: Vec<_> = (0..60).map(|number| format!("group {number} of {round}")).collect();
        let made =
            made.iter().map(|name| command(&served, &token, "CreateGroup", json!({"name": name})));
        let arriving = receiver.got().len() + 20;
        let (_, _) = tokio::join!(
            futures::future::join_all(made),
            receiver.until(|got| got.len() >= arriving),
        );
        block_in_place(|| served.kill());
        served = block_in_place(|| home.serve(&[]));
        let made = command(&served, &token, "CreateGroup", json!({"name": "last"})).await.unwrap();
        assert!(made["group"].is_number(), "{made}");
        let log = database.log().await;
        let place = log.placement(&"default".parse().unwrap()).await.unwrap().unwrap();
        newest = log.proofs().unwrap().newest_ordinal(&place).await.unwrap();
        receiver.until_ordinal(newest).await;
    }
    assert_eq!(receiver.firsts(), (first..=newest).collect::<Vec<_>>());
    block_in_place(|| served.kill());
}

async fn a_server_that_stops_amid_a_delivery_makes_it_after_the_next_start(
    database: Arc<Database>,
) {
    let receiver = Receiver::start().await;
    let hub = Hub::start(&database).await;
    let (webhook, _) = hub.add(&receiver).await;
    receiver.until_ordinal(hub.record(1).await).await;
    receiver.answer(SILENCE);
    let newest = hub.record(2).await;
    receiver.until(|got| got.iter().any(|it| it.status == SILENCE)).await;
    hub.server.stop().await;
    receiver.answer(200);
    let hub = Hub::start(&database).await;
    receiver.until_ordinal(newest).await;
    let firsts = receiver.firsts();
    assert_eq!(firsts, (firsts[0]..=newest).collect::<Vec<_>>());
    hub.until(&webhook, |it| it["lag"] == 0).await;
    hub.server.stop().await;
}

async fn a_server_says_when_a_webhook_fails_and_when_it_takes_events_again(
    database: Arc<Database>,
) {
    let (home, receiver) = (Home::of(&database), Receiver::start().await);
    receiver.answer(503);
    let served = block_in_place(|| home.serve(&[]));
    let token = home.credentials()["bearer"]["admin"].as_str().unwrap().to_owned();
    let body = json!({"url": receiver.url()});
    let added = command(&served, &token, "AddWebhook", body).await.unwrap();
    receiver.until(|got| got.len() > 1).await;
    receiver.answer(200);
    receiver.until(|got| got.iter().any(|it| it.status == 200)).await;
    let metrics = client().get(format!("{}/metrics", served.url())).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    for name in
        ["chancery_webhook_deliveries_total{outcome=\"failed\"} 2", "chancery_webhook_lag_events"]
    {
        assert!(metrics.contains(name), "{name}: {metrics}");
    }
    let log = block_in_place(|| served.stop());
    let webhook = added["webhook"].as_str().unwrap();
    for told in ["a webhook begins to fail", "a webhook takes events again"] {
        let lines: Vec<_> = log.lines().filter(|line| line.contains(told)).collect();
        assert!(lines.len() == 1 && lines[0].contains(webhook), "{told}: {log}");
    }
    assert!(log.contains("status 503"), "{log}");
    let secret = added["secret"].as_str().unwrap();
    assert!(!log.contains(secret) && !log.contains(&receiver.url()), "{log}");
}

async fn one_node_at_a_time_sends_and_another_takes_over(database: Arc<Database>) {
    let receiver = Receiver::start().await;
    let home = Home::of(&database);
    let dying = block_in_place(|| home.serve(&[]));
    let hubs = [Hub::start(&database).await, Hub::start(&database).await];
    let (webhook, _) = hubs[0].add(&receiver).await;
    let mut newest = 0;
    for turn in 0..20 {
        newest = hubs[turn % 2].record(3).await;
    }
    receiver.until_ordinal(newest).await;
    let (ordinals, firsts) = (receiver.ordinals(), receiver.firsts());
    assert_eq!(firsts, (firsts[0]..=newest).collect::<Vec<_>>(), "in order, and none left out");
    let more = ordinals.len() - firsts.len();
    assert!(more <= firsts.len() / 4, "{more} of {} were sent twice", firsts.len());

    // Whichever of them holds it: all but one go, one of them all at once.
    let [staying, leaving] = hubs;
    block_in_place(|| dying.kill());
    leaving.server.stop().await;
    let newest = staying.record(10).await;
    receiver.until_ordinal(newest).await;
    assert_eq!(receiver.firsts(), (firsts[0]..=newest).collect::<Vec<_>>());
    staying.until(&webhook, |it| it["lag"] == 0).await;
    staying.server.stop().await;
}

#[test]
fn of_nodes_on_one_database_one_at_a_time_sends() {
    run(Store::Postgres, one_node_at_a_time_sends_and_another_takes_over);
}
