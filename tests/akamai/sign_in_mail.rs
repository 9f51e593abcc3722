//! One-time passwords on their way to their users: handed over at least once, kept sealed until
//! then, and found nowhere else.

use std::sync::Arc;

use api::outbox::{Courier, Mail, Outbox, OutboxError, OutboxPlace};
use async_trait::async_trait;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use domain::TenantId;
use eventlog::VaultKind;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::authentication::{is_done, post, somebody};
use super::parties::newest;
use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    a_mail_is_kept_until_it_was_taken_and_taken_once,
    a_later_reset_takes_the_place_of_what_waits,
    a_directory_has_a_file_and_a_web_address_a_request_for_each,
);

/// Takes mail, or does not.
#[derive(Default)]
struct Tray {
    taken: Mutex<Vec<Mail>>,
    is_shut: std::sync::atomic::AtomicBool,
}

#[async_trait]
impl Outbox for Tray {
    async fn take(&self, mail: &Mail) -> Result<(), OutboxError> {
        if self.is_shut.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(OutboxError::Refused(503));
        }
        self.taken.lock().await.push(mail.clone());
        Ok(())
    }
}

async fn reset(world: &World, path: &str) {
    is_done(&post(world, &format!("{path}/reset-password"), Value::Null).await);
}

async fn waiting(world: &World) -> usize {
    let default = TenantId::new("default").unwrap();
    world.app.log.vault_of(VaultKind::Mail, &default).await.unwrap().len()
}

async fn a_mail_is_kept_until_it_was_taken_and_taken_once(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = somebody(&world).await;
    let outbox = Arc::new(Tray::default());
    outbox.is_shut.store(true, std::sync::atomic::Ordering::SeqCst);
    reset(&world, &path).await;
    let mail = newest(&world).await["payload"]["mail"].clone();
    assert_eq!(Courier::new(world.app.clone(), outbox.clone()).round().await, 0);
    assert_eq!(waiting(&world).await, 1, "nobody took it");

    // As after a restart: what failed before is not remembered.
    outbox.is_shut.store(false, std::sync::atomic::Ordering::SeqCst);
    let courier = Courier::new(world.app.clone(), outbox.clone());
    assert_eq!(courier.round().await, 1);
    let taken = outbox.taken.lock().await.clone();
    let one = &taken[0];
    assert_eq!((json!(one.id), one.to.as_str()), (mail.clone(), "some@case.example"));
    assert_eq!((one.tenant.as_str(), one.one_time_password.len()), ("default", 20));
    let event = newest(&world).await;
    assert_eq!((&event["type"], &event["payload"]["mail"]), (&json!("user.mail_delivered"), &mail));
    assert_eq!((courier.round().await, waiting(&world).await), (0, 0), "nothing is left to do");
    let all = world.admin("GET", "/v1/tenants/default/events?limit=1000", Value::Null).await;
    assert!(!all.to_string().contains(&one.one_time_password), "an event has it in the clear");
    world.stop().await;
}

async fn a_later_reset_takes_the_place_of_what_waits(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = somebody(&world).await;
    reset(&world, &path).await;
    reset(&world, &path).await;
    let mail = newest(&world).await["payload"]["mail"].clone();
    assert_eq!(waiting(&world).await, 1);
    let outbox = Arc::new(Tray::default());
    let couriers = [(); 2].map(|()| Courier::new(world.app.clone(), outbox.clone()));
    let (one, two) = tokio::join!(couriers[0].round(), couriers[1].round());
    assert!(one + two >= 1, "two nodes may both hand it over");
    let taken = outbox.taken.lock().await.clone();
    assert!(taken.iter().all(|it| json!(it.id) == mail), "and a receiver knows it by its id");
    assert_eq!(waiting(&world).await, 0);
    reset(&world, &path).await;
    let body = json!({"newPassword": "correct horse 5"});
    is_done(&post(&world, &format!("{path}/set-password"), body).await);
    assert_eq!(waiting(&world).await, 0, "it would bring what works no longer");
    world.stop().await;
}

async fn a_directory_has_a_file_and_a_web_address_a_request_for_each(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = somebody(&world).await;
    let dir = std::env::temp_dir().join(format!("chancery-outbox-{}", uuid::Uuid::now_v7()));
    reset(&world, &path).await;
    let id = newest(&world).await["payload"]["mail"].as_str().unwrap().to_owned();
    let outbox = OutboxPlace::Directory(dir.clone()).open().unwrap();
    assert_eq!(Courier::new(world.app.clone(), outbox).round().await, 1);
    let file = dir.join(format!("{id}.json"));
    let mail: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(
        (&mail["reason"], &mail["to"]),
        (&json!("password_reset"), &json!("some@case.example"))
    );
    #[cfg(unix)]
    assert_eq!(crate::program::mode(&file), 0o600);
    std::fs::remove_dir_all(&dir).unwrap();

    let got = Arc::<Mutex<Vec<(String, Value)>>>::default();
    let keep = Arc::clone(&got);
    let take = async move |headers: HeaderMap, body: axum::Json<Value>| {
        let key = headers["idempotency-key"].to_str().unwrap().to_owned();
        keep.lock().await.push((key, body.0));
        StatusCode::ACCEPTED
    };
    let hook = Router::new().route("/hook", axum::routing::post(take));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, hook).await });
    reset(&world, &path).await;
    let outbox = url.parse::<OutboxPlace>().unwrap().open().unwrap();
    assert_eq!(Courier::new(world.app.clone(), outbox).round().await, 1);
    let got = got.lock().await.clone();
    assert_eq!((got.len(), &got[0].1["id"]), (1, &json!(got[0].0)));
    assert_eq!(got[0].1["oneTimePassword"].as_str().unwrap().len(), 20);
    serving.abort();
    world.stop().await;
}
