//! Queries: everything there is, to those who may see it, and nothing to others.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    the_viewer_sees_everything_there_is,
    what_is_elsewhere_is_not_there,
    the_record_is_read_a_page_at_a_time,
    persons_are_shown_to_those_who_may_read_users,
    read_models_are_rebuilt_while_they_serve,
);

async fn the_viewer_sees_everything_there_is(database: Arc<Database>) {
    let world = World::start(&database).await;
    for (path, list, least) in [
        ("organizations", "organizations", 1),
        ("groups", "groups", 6),
        ("assets", "assets", 6),
        ("roles", "roles", 3),
        ("users", "users", 2),
        ("clients?active=true&tag=staging&name=PLAIN", "clients", 1),
    ] {
        let reply = world.viewer("GET", &format!("/v1/tenants/DEFAULT/{path}"), Value::Null).await;
        let found = reply.body[list].as_array().map(Vec::len);
        assert!(found >= Some(least), "{path}: {reply}");
        assert!(!reply.header("chancery-position").is_empty());
    }
    let path = format!("/v1/tenants/default/users/{}", world.credentials.user_id);
    let user = world.viewer("GET", &path, Value::Null).await;
    assert_eq!(user.body["profile"]["firstName"], "Ada", "{user}");
    assert_eq!(user.body["details"]["resourceOwner"], world.credentials.organization_id);
    let document = world.request("GET", "/openapi.json").send().await.unwrap();
    let document: Value = document.json().await.unwrap();
    assert!(document["paths"]["/v1/tenants/{tenant}/commands/MoveGroup"]["post"].is_object());
    let flow = &document["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"];
    assert_eq!(flow["authorizationUrl"], "/oauth/v2/authorize", "{flow}");
    assert_eq!(flow["tokenUrl"], "/oauth/v2/token", "{flow}");
    assert!(document["paths"]["/clients/v1/tenants/{tenantId}/clients"]["get"].is_object());
    let commands = world.viewer("GET", "/v1/commands", Value::Null).await;
    assert!(commands.named("commands", "LockClient")["schema"]["properties"]["client"].is_object());
    world.stop().await;
}

async fn what_is_elsewhere_is_not_there(database: Arc<Database>) {
    let world = World::start(&database).await;
    let group =
        &world.admin("GET", "/v1/tenants/default/groups", Value::Null).await.body["groups"][0];
    for path in [
        "/v1/tenants/partner".to_owned(),
        "/v1/tenants/partner/groups".to_owned(),
        "/v1/tenants/nowhere".to_owned(),
        "/v1/tenants/default/groups/1".to_owned(),
        "/v1/tenants/default/groups/x".to_owned(),
        "/v1/tenants/default/clients/00000000-0000-0000-0000-000000000000".to_owned(),
        "/v1/tenants/default/users/A-B-0".to_owned(),
        "/v1/tenants/default/users/%00".to_owned(),
        format!("/v1/tenants/partner/groups/{}", group["group"]),
        "/v1/nothing".to_owned(),
    ] {
        let reply = world.admin("GET", &path, Value::Null).await;
        assert_eq!(reply.status, 404, "{path}: {reply}");
        assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
    }
    let wrong = world.admin("DELETE", "/v1/tenants/default/groups", Value::Null).await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET,HEAD"), "{wrong}");
    assert_eq!(world.viewer("GET", "/v1/tenants/default/tokens", Value::Null).await.status, 403);

    // Whoever has a right in the system may enter it, and make there who crosses tenants.
    let body = json!({"name": "crossing", "rights": ["tenant.admin", "group.read"]});
    let path = "/v1/tenants/system/commands/IssueToken";
    let token = world.admin("POST", path, body).await;
    let token = token.body["secret"].as_str().unwrap_or_else(|| panic!("{token}")).to_owned();
    let groups = world.bearer(&token, "GET", "/v1/tenants/partner/groups", Value::Null).await;
    assert_eq!(groups.named("groups", "Partner")["parent"], Value::Null);
    let users = world.bearer(&token, "GET", "/v1/tenants/partner/users", Value::Null).await;
    assert_eq!(users.status, 403, "{users}");
    world.stop().await;
}

async fn the_record_is_read_a_page_at_a_time(database: Arc<Database>) {
    let world = World::start(&database).await;
    let all = world.viewer("GET", "/v1/tenants/default/events?limit=1000", Value::Null).await;
    let all = all.body["events"].as_array().unwrap().clone();
    let (mut paged, mut after) = (Vec::new(), "0".to_owned());
    loop {
        let path = format!("/v1/tenants/default/events?limit=7&after={after}");
        let page = world.viewer("GET", &path, Value::Null).await;
        paged.extend(page.body["events"].as_array().unwrap().clone());
        let Some(next) = page.body["next"].as_str() else { break };
        next.clone_into(&mut after);
    }
    assert_eq!(paged, all);
    let ordinals: Vec<_> = all.iter().map(|event| event["ordinal"].as_i64().unwrap()).collect();
    assert!(ordinals.iter().copied().eq(1..=i64::try_from(all.len()).unwrap()));
    assert_eq!(all[0]["type"], "tenant.created");
    assert_eq!(all[0]["actor"]["kind"], "system");
    assert_eq!(all[0]["leafHash"].as_str().unwrap().len(), 64);

    let path = "/v1/tenants/default/events?type=group.created&order=desc&limit=2";
    let newest = world.viewer("GET", path, Value::Null).await;
    assert_eq!(newest.body["events"][0]["payload"]["name"], "Labs", "{newest}");
    for bad in ["limit=0", "limit=1001", "after=x", "order=sideways", "since=yesterday"] {
        let path = format!("/v1/tenants/default/events?{bad}");
        assert_eq!(world.viewer("GET", &path, Value::Null).await.status, 400, "{bad}");
    }
    world.stop().await;
}

async fn persons_are_shown_to_those_who_may_read_users(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = "/v1/tenants/default/events?type=user.created";
    let opened = world.viewer("GET", path, Value::Null).await;
    let profile = &opened.body["events"][0]["payload"]["profile"];
    assert_eq!(profile["known"]["email"], "ada@acme.example", "{opened}");
    let body = json!({"name": "auditor", "rights": ["events.read"]});
    let auditor = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    let sealed = world.bearer(&auditor, "GET", path, Value::Null).await;
    let profile = &sealed.body["events"][0]["payload"]["profile"];
    assert!(profile["sealed"]["bytes"].is_string(), "{sealed}");
    assert!(!sealed.body.to_string().contains("ada@acme.example"));
    world.stop().await;
}

async fn read_models_are_rebuilt_while_they_serve(database: Arc<Database>) {
    let world = World::start(&database).await;
    let list = async || world.viewer("GET", "/v1/projections", Value::Null).await;
    let name = list().await.body["projections"][3]["name"].as_str().unwrap().to_owned();
    let path = format!("/v1/projections/{name}/rebuild");
    assert_eq!(world.viewer("POST", &path, Value::Null).await.status, 403);
    let slot = list().await.named("projections", &name)["slot"].clone();
    let begun = world.admin("POST", &path, Value::Null).await;
    assert_eq!(begun.status, 202, "{begun}");
    let deadline = Instant::now() + Duration::from_secs(20);
    while list().await.named("projections", &name)["slot"] == slot {
        assert!(Instant::now() < deadline, "{name} was not rebuilt in time");
        sleep(Duration::from_millis(20)).await;
    }
    let groups = world.viewer("GET", "/v1/tenants/default/groups", Value::Null).await;
    assert_eq!(groups.named("groups", "Labs")["name"], "Labs");
    let unknown = world.admin("POST", "/v1/projections/nothing/rebuild", Value::Null).await;
    assert_eq!(unknown.status, 404, "{unknown}");
    world.stop().await;
}
