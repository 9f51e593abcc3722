//! `/clients/add`, `list`, `reset_secret` and `delete`.

use std::sync::Arc;

use api::settings::Settings;
use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    clients_are_added_listed_and_deleted,
    what_cannot_be_is_refused,
    secrets_are_masked_if_asked
);

async fn clients_are_added_listed_and_deleted(database: Arc<Database>) {
    let world = World::start(&database).await;
    let wanted = [("description", "Crawler"), ("features", r#"["direct_access"]"#)];
    let made = world.capture("/clients/add", &wanted).await;
    assert_eq!(made.body["stat"], "ok", "{made}");
    assert_eq!(made.body["whitelist"], json!(["0.0.0.0/0"]));
    let (id, secret) = (made.body["client_id"].clone(), made.body["client_secret"].clone());
    for text in [&id, &secret] {
        let text = text.as_str().unwrap();
        assert!(text.len() == 32 && text.chars().all(|c| !"ilo01".contains(c)), "{text}");
    }
    let filter = [("has_features", r#"["direct_access","login_client"]"#)];
    let listed = world.capture("/clients/list", &filter).await;
    let expected = json!([{
        "client_id": id, "client_secret": secret, "description": "Crawler",
        "features": ["direct_access"], "whitelist": ["0.0.0.0/0"],
    }]);
    assert_eq!(listed.body["results"], expected, "an owner does not hold what it implies");

    // The same client shows in Akamai as a service account without access.
    let iam = world.akamai("GET", "/api-clients", Value::Null).await;
    let shown = iam.body.as_array().unwrap().iter().find(|it| it["clientName"] == "Crawler");
    assert_eq!(shown.unwrap()["clientType"], "SERVICE_ACCOUNT", "{iam}");

    let id = id.as_str().unwrap();
    let reset = [("for_client_id", id), ("hours_to_live", "168")];
    let reset = world.capture("/clients/reset_secret", &reset).await;
    let new = reset.body["new_secret"].as_str().unwrap_or_else(|| panic!("{reset}"));
    for secret in [secret.as_str().unwrap(), new] {
        let reply = world.capture_as((id, secret), "/clients/list", &[]).await;
        assert_eq!(reply.body["code"], 403, "known, but no owner: {reply}");
    }
    let gone = world.capture("/clients/delete", &[("client_id_for_deletion", id)]).await;
    assert_eq!(gone.body, json!({"stat": "ok"}));
    let gone = world.capture("/clients/delete", &[("client_id_for_deletion", id)]).await;
    let text = "client_id_for_deletion was not valid for the following reason: \
                client_id_for_deletion is not a valid id";
    assert_eq!(gone.body["error_description"], text);
    world.stop().await;
}

async fn what_cannot_be_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    let plain = world.credentials.capture.plain_client_id.as_str();
    let owner = world.credentials.capture.owner_client_id.as_str();
    let partner = domain::TenantId::new("partner").unwrap();
    let views = world.app.reads.eventual();
    let foreign = projections::clients::all(&views, &partner).await.unwrap()[0].capture_id.clone();
    for (endpoint, parameters, code) in [
        ("/clients/add", vec![], 100),
        ("/clients/add", vec![("description", "plain-client")], 361),
        ("/clients/add", vec![("description", "x"), ("features", r#"["metadata"]"#)], 200),
        ("/clients/reset_secret", vec![], 100),
        ("/clients/reset_secret", vec![("for_client_id", plain), ("hours_to_live", "320")], 200),
        ("/clients/reset_secret", vec![("for_client_id", plain), ("hours_to_live", "x")], 200),
        ("/clients/reset_secret", vec![("for_client_id", foreign.as_str())], 200),
        ("/clients/delete", vec![("client_id_for_deletion", foreign.as_str())], 200),
        ("/clients/delete", vec![("client_id_for_deletion", owner)], 200),
        ("/clients/list", vec![("has_features", "{")], 200),
    ] {
        let reply = world.capture(endpoint, &parameters).await;
        assert_eq!((reply.status, &reply.body["code"]), (200, &json!(code)), "{endpoint}: {reply}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn secrets_are_masked_if_asked(database: Arc<Database>) {
    let settings = Settings { capture_masks_secrets: true, ..Settings::default() };
    let world = World::start_with(&database, settings).await;
    let list = world.capture("/clients/list", &[]).await;
    assert_eq!(list.body["stat"], "ok");
    assert!(!list.body.to_string().contains(&world.credentials.capture.plain_client_secret));
    world.stop().await;
}
