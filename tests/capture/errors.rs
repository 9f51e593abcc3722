//! Codes that come of the server's own state, and of the host name.

use std::sync::Arc;

use api::settings::Settings;
use serde_json::json;

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_host_name_may_name_the_application,
    what_goes_wrong_inside_has_a_code_and_tells_nothing,
    a_server_that_stops_says_so
);

async fn a_host_name_may_name_the_application(database: Arc<Database>) {
    let domain = Some("capture.example".to_owned());
    let settings = Settings { capture_domain: domain, ..Settings::default() };
    let world = World::start_with(&database, settings).await;
    let held = &world.credentials.capture;
    let mut codes = Vec::new();
    for host in [
        "default.capture.example",
        "DEFAULT.Capture.Example:8080",
        "elsewhere.example",
        "partner.capture.example",
        "nowhere.capture.example",
    ] {
        let request = world.request("POST", "/clients/list").header("host", host);
        let request = request.basic_auth(&held.owner_client_id, Some(&held.owner_client_secret));
        let reply = Reply::of(request).await;
        codes.push(reply.body["code"].as_i64().unwrap_or_default());
        if reply.body["code"] == 224 {
            assert_eq!(
                (reply.status, &reply.body["error"]),
                (200, &json!("application_not_found"))
            );
        }
    }
    assert_eq!(codes, [0, 0, 0, 402, 224]);
    world.stop().await;
}

async fn what_goes_wrong_inside_has_a_code_and_tells_nothing(database: Arc<Database>) {
    let world = World::start(&database).await;
    // Sealed for somebody else, a secret cannot be opened.
    database.tamper("update vault set owner = 'nobody' where kind = 'client_secret'").await;
    let reply = world.capture("/clients/list", &[]).await;
    let found = (reply.status, &reply.body["code"], &reply.body["error"]);
    assert_eq!(found, (200, &json!(500), &json!("unexpected_error")), "{reply}");
    assert_eq!(reply.body["error_description"], "something went wrong inside");
    world.stop().await;
}

async fn a_server_that_stops_says_so(database: Arc<Database>) {
    let world = World::start(&database).await;
    world.app.writer.drain().await;
    let reply = world.capture("/clients/add", &[("description", "too late")]).await;
    let found = (reply.status, &reply.body["code"], &reply.body["error"]);
    assert_eq!(found, (200, &json!(480), &json!("api_feature_disabled")), "{reply}");
    world.stop().await;
}
