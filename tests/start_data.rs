//! The start data: planted once, completed where a start broke off, told again only for a day.

use std::sync::Arc;

use api::app::App;
use api::settings::Settings;
use api::start_data::{Planted, plant};
use domain::TenantId;
use eventlog::{Filter, Key, MasterKey};
use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{World, app_under};

on_both_stores!(
    a_second_start_creates_nothing,
    a_start_that_broke_off_is_completed,
    every_akamai_operation_has_something_to_be_tried_on,
);

async fn stop(app: App) {
    app.writer.drain().await;
    app.projections.stop().await;
}

/// How many events there are, tenant by tenant.
async fn events(app: &App) -> Vec<(String, usize)> {
    let mut counted = Vec::new();
    for place in app.log.placements().await.unwrap() {
        let events = app.log.search(&place, &Filter::default(), 10_000).await.unwrap();
        counted.push((place.tenant.to_string(), events.len()));
    }
    counted.sort();
    counted
}

async fn a_second_start_creates_nothing(database: Arc<Database>) {
    let master = MasterKey(Key::draw().unwrap());
    let app = app_under(&database, Settings::default(), master.clone()).await;
    let Planted::Ready(first) = plant(&app, true).await.unwrap() else { panic!("not planted") };
    let planted = events(&app).await;
    assert_eq!(
        planted.iter().map(|(tenant, _)| tenant).collect::<Vec<_>>(),
        ["default", "partner", "system"]
    );
    stop(app).await;

    let app = app_under(&database, Settings::default(), master).await;
    assert!(matches!(plant(&app, false).await.unwrap(), Planted::Complete));
    assert_eq!(events(&app).await, planted);
    // Whoever lost the files within a day gets the same again.
    let Planted::Ready(again) = plant(&app, true).await.unwrap() else { panic!("not told") };
    assert!(again == first, "other credentials than at the first start");
    assert_eq!(events(&app).await, planted);
    stop(app).await;
}

async fn a_start_that_broke_off_is_completed(database: Arc<Database>) {
    let master = MasterKey(Key::draw().unwrap());
    let app = app_under(&database, Settings::default(), master.clone()).await;
    // Broken off wherever it happens to be: the future is dropped after the first few commands.
    let log = Arc::clone(&app.log);
    let default = TenantId::new("default").unwrap();
    let begun = async {
        loop {
            if let Some(place) = log.placement(&default).await.unwrap() {
                let events = log.search(&place, &Filter::default(), 10_000).await.unwrap();
                if events.len() > 7 {
                    break;
                }
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = plant(&app, true) => panic!("the first start came to its end"),
        () = begun => {}
    }
    stop(app).await;

    let app = app_under(&database, Settings::default(), master).await;
    let Planted::Ready(credentials) = plant(&app, true).await.unwrap() else { panic!("not told") };
    assert!(!credentials.bearer.viewer.is_empty());
    let views = app.reads.current(&default).await.unwrap().views;
    let groups = projections::groups::all(&views, &default).await.unwrap();
    assert_eq!(groups.len(), 6, "each group once");
    assert_eq!(projections::clients::all(&views, &default).await.unwrap().len(), 2);
    assert_eq!(projections::users::all(&views, &default).await.unwrap().len(), 2);
    stop(app).await;
}

/// What clients of the Akamai dialect look for first, as they look for it.
async fn every_akamai_operation_has_something_to_be_tried_on(database: Arc<Database>) {
    let world = World::start(&database).await;
    let get = async |path: &str| {
        let reply = world.akamai("GET", path, Value::Null).await;
        assert_eq!(reply.status, 200, "{path}: {reply}");
        reply.body.as_array().cloned().unwrap_or_default()
    };
    let groups = get("/user-admin/groups").await;
    let (first, assets) = (&groups[0], get("/user-admin/properties").await);
    assert!(assets.len() >= 6 && assets[0]["groupId"] == first["groupId"], "{assets:?}");
    assert!(assets.is_sorted_by_key(|asset| asset["propertyId"].as_i64()));
    for asset in &assets {
        let path = format!(
            "/user-admin/properties/{}/resources?groupId={}",
            asset["propertyId"], asset["groupId"]
        );
        assert!(!get(&path).await.is_empty(), "{asset}");
    }
    let roles = get("/user-admin/roles").await;
    for kind in ["standard", "account", "custom"] {
        assert!(roles.iter().any(|role| role["type"] == kind), "{kind}");
    }
    assert!(get("/user-admin/roles/grantable-roles").await.len() >= 5);
    let users = get("/users").await;
    assert_eq!(users[0]["username"], world.credentials.akamai.username, "{users:?}");
    for (user, role) in users.iter().zip(["Administrator", "Viewer"]) {
        let path = format!("/users/{}/group-access", user["username"].as_str().unwrap());
        let held = &get(&path).await[0];
        assert_eq!((&held["groupId"], &held["roleName"]), (&first["groupId"], &json!(role)));
    }
    let name = &world.credentials.akamai.username;
    let apis = get(&format!("/users/{name}/allowed-apis")).await;
    assert_eq!(apis[0]["apiName"], "API Client Administration");
    assert_eq!(apis[0]["accessLevels"], json!(["READ-WRITE", "READ-ONLY"]));
    assert_eq!((&apis[1]["apiName"], &apis[1]["endPoint"]), (&json!("CCU APIs"), &json!("/ccu")));
    assert_eq!(get("/api-clients/self/account-switch-keys").await.len(), 1);
    assert!(get("/user-admin/ip-acl/allowlist").await.is_empty());
    let status = world.akamai("GET", "/user-admin/ip-acl/allowlist/status", Value::Null).await;
    assert_eq!(status.body["enabled"], false, "{status}");
    world.stop().await;
}
