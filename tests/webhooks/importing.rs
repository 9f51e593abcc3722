//! Webhooks of a tenant that moved: they come along, send nothing of the past, and nothing unsigned.

use std::path::Path;
use std::sync::Arc;

use commands::groups::CreateGroup;
use commands::tenants::CreateTenant;
use commands::tokens::IssueToken;
use commands::webhooks::{AddWebhook, ResetWebhookSecret};
use commands::{Command, Granted};
use eventlog::{Export, ExportRange, Import};
use serde_json::{Value, from_value, json};
use uuid::Uuid;

use super::hub::Hub;
use super::receiver::Receiver;
use crate::program::client;
use crate::stores::{Database, on_both_stores};
use crate::world::run_inside;

on_both_stores!(a_webhook_that_moved_sends_nothing_of_the_past_and_nothing_unsigned);

/// Runs a command on the tenant `guest` in the name of the installation.
async fn run<C: Command>(hub: &Hub, command: C) -> Granted<C::Fresh> {
    let (writer, guest) = (&hub.server.app().writer, "guest".parse().unwrap());
    run_inside(writer, &guest, command).await.unwrap()
}

/// Writes the tenant's record into a file, without its keys.
async fn export(hub: &Hub, file: &Path) {
    let (app, guest) = (hub.server.app(), "guest".parse().unwrap());
    let (log, keyring, range) = (Arc::clone(&app.log), app.keyring.clone(), ExportRange::default());
    let mut export = Export::begin(log, keyring, &guest, range, chrono::Utc::now()).await.unwrap();
    let mut text = Vec::new();
    while let Some(lines) = export.page().await.unwrap() {
        text.extend(lines);
    }
    std::fs::write(file, text).unwrap();
}

async fn a_webhook_that_moved_sends_nothing_of_the_past_and_nothing_unsigned(
    database: Arc<Database>,
) {
    let (here, receiver) = (Hub::start(&database).await, Receiver::start().await);
    run(&here, from_value::<CreateTenant>(json!({"name": "Guest"})).unwrap()).await;
    let added =
        run(&here, from_value::<AddWebhook>(json!({"url": receiver.url(), "after": 0})).unwrap())
            .await;
    let webhook = added.fresh.webhook;
    let last =
        run(&here, from_value::<CreateGroup>(json!({"name": "Here"})).unwrap()).await.ordinal;
    receiver.until_ordinal(last).await;
    let file = std::env::temp_dir().join(format!("chancery-{}.ndjson", Uuid::now_v7().simple()));
    export(&here, &file).await;
    here.server.stop().await;
    let sent = receiver.got().len();

    crate::stores::on(crate::stores::Store::Sqlite, async |other| {
        let there = Hub::start(&other).await;
        let app = there.server.app();
        let (log, keyring) = (Arc::clone(&app.log), app.keyring.clone());
        let import = Import { log, keyring, file: file.clone(), recipient_key: None };
        assert_eq!(import.run(|_| {}).await.unwrap().ordinal, last);
        let place = async || {
            let cursors = there.server.app().log.cursors().unwrap();
            cursors.cursor(&"guest".parse().unwrap(), webhook).await.unwrap().unwrap().ordinal
        };
        assert_eq!(place().await, last);
        // Its secret stayed behind, so it cannot sign.
        let token = json!({"name": "reader", "rights": ["events.read"]});
        let token = run(&there, from_value::<IssueToken>(token).unwrap()).await;
        let url = format!("{}/v1/tenants/guest/webhooks", there.server.url());
        let shown = client().get(url).bearer_auth(token.fresh.text.expose());
        let shown: Value = shown.send().await.unwrap().json().await.unwrap();
        let stands = &shown["webhooks"][0]["delivery"];
        assert_eq!((&stands["state"], &stands["lag"]), (&json!("no_secret"), &json!(1)), "{shown}");
        let next =
            run(&there, from_value::<CreateGroup>(json!({"name": "There"})).unwrap()).await.ordinal;
        let witness = Receiver::start().await;
        run(&there, from_value::<AddWebhook>(json!({"url": witness.url()})).unwrap()).await;
        witness.until(|got| !got.is_empty()).await;
        assert_eq!((place().await, receiver.got().len()), (last, sent));
        let secret =
            run(&there, from_value::<ResetWebhookSecret>(json!({"webhook": webhook})).unwrap())
                .await;
        let got = receiver.until_ordinal(next).await;
        let first = &got[sent];
        assert_eq!(first.ordinal(), last + 1);
        assert_eq!(first.signatures(), [first.signature_by(secret.fresh.expose())]);
        there.server.stop().await;
    })
    .await;
    std::fs::remove_file(file).unwrap();
}
