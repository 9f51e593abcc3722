//! Any GET as of any instant: what was true then, to whoever may read the record today.

use std::sync::Arc;

use api::dialect::{Needs, Operation};
use api::router::listed;
use axum::http::Method;
use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    every_get_of_every_dialect_tells_of_the_past,
    one_history_in_four_dialects,
    the_past_is_for_those_who_may_read_the_record,
    instants_that_are_none_are_refused,
);

const HEADER: &str = "chancery-as-of";
const TOOK: &str = "chancery-as-of-milliseconds";

fn now() -> String {
    chrono::Utc::now().to_rfc3339()
}

/// A signed call as of then.
async fn akamai(world: &World, path: &str, as_of: &str) -> Reply {
    let header = world.signature(&world.owner(), "GET", path, b"", 0);
    Reply::of(world.signed("GET", path, Vec::new(), header).header(HEADER, as_of)).await
}

async fn bearer(world: &World, token: &str, path: &str, as_of: &str) -> Reply {
    Reply::of(world.request("GET", path).bearer_auth(token).header(HEADER, as_of)).await
}

async fn capture(world: &World, path: &str, as_of: &str) -> Reply {
    let held = &world.credentials.capture;
    let request = world.request("GET", path);
    let request = request.basic_auth(&held.owner_client_id, Some(&held.owner_client_secret));
    Reply::of(request.header(HEADER, as_of)).await
}

/// A GET in a dialect by whoever may see everything there, as of then or as of now.
pub(crate) async fn ask(world: &World, dialect: &str, target: &str, then: Option<&str>) -> Reply {
    let (admin, web) = (&world.credentials.bearer.admin, world.admin_web_token());
    let path = target.strip_prefix(crate::world::IAM).unwrap_or(target);
    let held = &world.credentials.capture;
    match (dialect, then) {
        ("akamai", None) => world.akamai("GET", path, Value::Null).await,
        ("akamai", Some(then)) => akamai(world, path, then).await,
        ("capture", None) => {
            let request = world.request("GET", target);
            let secret = Some(&held.owner_client_secret);
            Reply::of(request.basic_auth(&held.owner_client_id, secret)).await
        }
        ("capture", Some(then)) => capture(world, target, then).await,
        (_, then) => {
            let token = if dialect == "tenant_clients" { &web } else { admin };
            match then {
                None => world.bearer(token, "GET", target, Value::Null).await,
                Some(then) => bearer(world, token, target, then).await,
            }
        }
    }
}

fn target(world: &World, root: &str, operation: &Operation) -> String {
    let part = |part: &str| match part {
        "{tenant}" | "{tenantId}" | "{appId}" => "default".to_owned(),
        "{organizationId}" | "{organization_id}" => world.credentials.organization_id.clone(),
        "{user}" | "{user_id}" => world.credentials.user_id.clone(),
        part if part.starts_with('{') => "1".to_owned(),
        part => part.to_owned(),
    };
    let path: Vec<_> = operation.path.split('/').map(part).collect();
    format!("{root}{}", path.join("/"))
}

async fn every_get_of_every_dialect_tells_of_the_past(database: Arc<Database>) {
    let world = World::start(&database).await;
    let mut asked = 0;
    for listed in listed() {
        for operation in &listed.operations {
            if operation.method != Method::GET || operation.needs == Needs::Nothing {
                continue;
            }
            // What is recorded from now on has no past: it says so.
            if operation.id == "followEvents" {
                continue;
            }
            let target = target(&world, listed.root, operation);
            let now_shown = ask(&world, listed.dialect, &target, None).await;
            let then = ask(&world, listed.dialect, &target, Some(&now())).await;
            asked += 1;
            let what = format!("{} {}", listed.dialect, operation.path);
            assert_eq!(then.status, now_shown.status, "{what}: {then} beside {now_shown}");
            assert!(!then.header(TOOK).is_empty(), "{what} does not fold: {then}");
        }
    }
    assert!(asked > 60, "{asked} operations are few");
    world.stop().await;
}

async fn one_history_in_four_dialects(database: Arc<Database>) {
    let world = World::start(&database).await;
    let token = world.admin_web_token();
    let list = "/clients/v1/tenants/default/clients";
    let before = world.events().await.to_string();
    let made = world.bearer(&token, "POST", list, json!({"name": "Robot", "tags": []})).await;
    let created = now();
    let path = format!("{list}/{}", made.body["id"].as_str().unwrap());
    world.bearer(&token, "PATCH", &path, json!({"name": "Android"})).await;
    world.bearer(&token, "DELETE", &path, Value::Null).await;

    assert_eq!(bearer(&world, &token, &path, &before).await.status, 404, "not yet");
    let then = bearer(&world, &token, &path, &created).await;
    assert_eq!((then.status, &then.body["name"]), (200, &json!("Robot")), "{then}");
    assert_eq!(bearer(&world, &token, &path, &now()).await.status, 404, "no longer");
    let names = |reply: &Reply, list: &Value, member: &str| -> Vec<String> {
        let rows = list.as_array().unwrap_or_else(|| panic!("{reply}"));
        rows.iter().map(|row| row[member].as_str().unwrap().to_owned()).collect()
    };
    for (instant, is_there) in [(before.as_str(), false), (created.as_str(), true)] {
        let clients = akamai(&world, "/api-clients", instant).await;
        let akamai = names(&clients, &clients.body, "clientName");
        let clients = capture(&world, "/clients/list", instant).await;
        let capture = names(&clients, &clients.body["results"], "description");
        let admin = &world.credentials.bearer.admin;
        let clients = bearer(&world, admin, "/v1/tenants/default/clients", instant).await;
        let native = names(&clients, &clients.body["clients"], "name");
        for shown in [&akamai, &capture, &native] {
            assert_eq!(shown.contains(&"Robot".to_owned()), is_there, "{instant}: {shown:?}");
        }
        let events = bearer(&world, admin, "/v1/tenants/default/events?limit=1000", instant).await;
        let newest = events.body["events"].as_array().unwrap().last().unwrap()["ordinal"].clone();
        assert_eq!(events.header("chancery-position"), newest.to_string(), "{instant}");
    }
    let again = bearer(&world, &token, &path, &before).await;
    assert_eq!(again.header("chancery-position"), before, "kept from the first time");
    world.stop().await;
}

async fn the_past_is_for_those_who_may_read_the_record(database: Arc<Database>) {
    let world = World::start(&database).await;
    let lists = api::jwt::Claims {
        permissions: vec!["clients:list".to_owned()],
        ..api::jwt::Claims::default()
    };
    let lister = world.web_token(lists);
    let path = "/clients/v1/tenants/default/clients";
    let refused = bearer(&world, &lister, path, &now()).await;
    assert_eq!(refused.status, 403, "{refused}");
    assert_eq!(world.bearer(&lister, "GET", path, Value::Null).await.status, 200);

    let reader = world.restricted("reader", "Acme", "Viewer").await;
    let groups = "/user-admin/groups";
    assert_eq!(world.akamai_as(&reader, "GET", groups, Value::Null).await.status, 200);
    let header = world.signature(&reader, "GET", groups, b"", 0);
    let signed = world.signed("GET", groups, Vec::new(), header).header(HEADER, now());
    assert_eq!(Reply::of(signed).await.status, 403);
    world.stop().await;
}

async fn instants_that_are_none_are_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let admin = &world.credentials.bearer.admin;
    let path = "/v1/tenants/default/groups";
    for value in ["yesterday", "-1", "2999-01-01T00:00:00Z", "999999", "1.5"] {
        let refused = bearer(&world, admin, path, value).await;
        assert_eq!(
            (refused.status, &refused.body["status"]),
            (400, &json!(400)),
            "{value}: {refused}"
        );
        assert!(
            refused.body["detail"].as_str().unwrap().starts_with("Chancery-As-Of"),
            "{refused}"
        );
        let refused = akamai(&world, "/user-admin/groups", value).await;
        assert_eq!(refused.status, 400, "{value}: {refused}");
    }
    let command = world.request("POST", "/v1/tenants/default/commands/CreateGroup");
    let command = command.bearer_auth(admin).header(HEADER, now()).json(&json!({"name": "x"}));
    let refused = Reply::of(command).await;
    assert_eq!(refused.status, 400, "{refused}");
    let dawn = bearer(&world, admin, path, "1970-01-01T00:00:00Z").await;
    assert_eq!((dawn.status, &dawn.body["groups"]), (200, &json!([])), "before everything: {dawn}");
    world.stop().await;
}
