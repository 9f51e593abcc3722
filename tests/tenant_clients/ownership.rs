//! Who may touch which client: tenants, organizations, owners, permissions; and what the server
//! this dialect comes from let slip.

use std::sync::Arc;

use api::jwt::{self, Claims};
use serde_json::{Value, json};

use super::{CLIENTS, call};
use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    another_tenants_path_or_body_is_refused_whatever_the_token_may,
    an_owner_may_change_their_client_and_not_switch_it,
    another_organizations_clients_are_not_there,
    only_the_installation_lists_across_tenants,
);

fn claims(permissions: &[&str]) -> Claims {
    let permissions = permissions.iter().map(|it| format!("clients:{it}")).collect();
    Claims { permissions, ..Claims::default() }
}

async fn made(world: &World, body: Value) -> String {
    let made = call(world, "POST", CLIENTS, body).await;
    assert_eq!(made.status, 201, "{made}");
    made.body["id"].as_str().unwrap().to_owned()
}

async fn another_tenants_path_or_body_is_refused_whatever_the_token_may(database: Arc<Database>) {
    let world = World::start(&database).await;
    let id = made(&world, json!({"name": "Robot", "tags": []})).await;
    let events = world.events().await;
    let token = world.admin_web_token();
    let (foreign, own) = ("/clientms/tenants/partner/clients", CLIENTS);
    let both = json!({"tenant_id": "partner", "client_id": id, "active": false});
    for (method, path, body) in [
        ("GET", foreign.to_owned(), Value::Null),
        ("POST", foreign.to_owned(), json!({"name": "x", "tags": []})),
        ("GET", format!("{foreign}/{id}"), Value::Null),
        ("PUT", format!("{foreign}/{id}"), json!({"name": "x"})),
        ("PATCH", format!("{foreign}/{id}"), json!({"name": "x"})),
        ("DELETE", format!("{foreign}/{id}"), Value::Null),
        ("PATCH", format!("{foreign}/{id}/activate"), Value::Null),
        ("PATCH", format!("{foreign}/{id}/deactivate"), Value::Null),
        ("PATCH", format!("{foreign}/{id}/soft-delete"), Value::Null),
        ("POST", format!("{own}/getClients"), both.clone()),
        ("POST", format!("{own}/set-status"), both.clone()),
        ("POST", format!("{own}/delete-complete"), both.clone()),
        ("POST", "/clientms/oocmgr/tenant/delete-complete".to_owned(), both.clone()),
        ("POST", own.to_owned(), json!({"name": "x", "tags": [], "tenant_id": "partner"})),
        ("PATCH", format!("{own}/{id}"), json!({"name": "x", "tenant_id": "partner"})),
    ] {
        let reply = world.bearer(&token, method, &path, body).await;
        assert_eq!(reply.status, 403, "{method} {path}: {reply}");
        let error = "tenant ID mismatch between token and URL";
        assert_eq!(reply.body["error"], error, "{method} {path}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn an_owner_may_change_their_client_and_not_switch_it(database: Arc<Database>) {
    let world = World::start(&database).await;
    let own = made(&world, json!({"name": "Mine", "owner_id": "u-1", "tags": []})).await;
    let other = made(&world, json!({"name": "Theirs", "owner_id": "u-2", "tags": []})).await;
    let owner = Claims { sub: Some("u-1".to_owned()), ..claims(&[]) };
    let token = world.web_token(owner);
    let ask = async |method: &str, id: &str, suffix: &str, body: Value| {
        let path = format!("{CLIENTS}/{id}{suffix}");
        world.bearer(&token, method, &path, body).await.status
    };
    assert_eq!(ask("GET", &own, "", Value::Null).await, 200);
    assert_eq!(ask("PATCH", &own, "", json!({"tags": ["x"]})).await, 200);
    for id in [other.as_str(), "00000000-0000-4000-8000-000000000000", "nobody"] {
        for (method, body) in
            [("GET", Value::Null), ("PATCH", json!({"tags": ["x"]})), ("DELETE", Value::Null)]
        {
            assert_eq!(ask(method, id, "", body).await, 403, "{method} {id}");
        }
    }
    assert_eq!(ask("PATCH", &own, "/deactivate", Value::Null).await, 403);
    let body = json!({"client_id": own, "active": false, "tenant_id": "default"});
    let path = format!("{CLIENTS}/set-status");
    assert_eq!(world.bearer(&token, "POST", &path, body.clone()).await.status, 403);
    // Who may activate may not therefore deactivate.
    let activates = world.web_token(claims(&["activate"]));
    assert_eq!(world.bearer(&activates, "POST", &path, body).await.status, 403);
    let list = world.bearer(&token, "GET", CLIENTS, Value::Null).await;
    assert_eq!(list.status, 403, "{list}");
    assert_eq!(ask("DELETE", &own, "", Value::Null).await, 200);
    world.stop().await;
}

async fn another_organizations_clients_are_not_there(database: Arc<Database>) {
    let world = World::start(&database).await;
    let theirs = made(&world, json!({"name": "Theirs", "org_id": "o-2", "tags": []})).await;
    let ours = made(&world, json!({"name": "Ours", "org_id": "o-1", "tags": []})).await;
    let confined = Claims { org_id: Some("o-1".to_owned()), ..claims(&["admin"]) };
    let token = world.web_token(confined);
    let status = async |method: &str, id: &str, body: Value| {
        let path = format!("{CLIENTS}/{id}");
        world.bearer(&token, method, &path, body).await.status
    };
    assert_eq!(status("GET", &ours, Value::Null).await, 200);
    for (method, body) in [("GET", Value::Null), ("PATCH", json!({})), ("DELETE", Value::Null)] {
        assert_eq!(status(method, &theirs, body).await, 404, "{method}");
    }
    let list = world.bearer(&token, "GET", CLIENTS, Value::Null).await;
    assert_eq!(list.body["pagination"]["total"], 1, "{list}");
    let body = json!({"name": "Stray", "org_id": "o-2", "tags": []});
    assert_eq!(world.bearer(&token, "POST", CLIENTS, body).await.status, 403);
    let body = json!({"name": "Settled", "tags": []});
    let settled = world.bearer(&token, "POST", CLIENTS, body).await;
    assert_eq!((settled.status, &settled.body["org_id"]), (201, &json!("o-1")), "{settled}");
    world.stop().await;
}

async fn only_the_installation_lists_across_tenants(database: Arc<Database>) {
    let world = World::start(&database).await;
    let admin = world.web_token(claims(&["admin"]));
    let own = world.bearer(&admin, "GET", "/clientms/admin/clients/", Value::Null).await;
    assert_eq!((own.status, &own.body["pagination"]["total"]), (200, &json!(2)), "{own}");
    let foreign = "/clientms/admin/clients?tenant_id=partner";
    assert_eq!(world.bearer(&admin, "GET", foreign, Value::Null).await.status, 403);
    let lister = world.web_token(claims(&["list"]));
    assert_eq!(
        world.bearer(&lister, "GET", "/clientms/admin/clients", Value::Null).await.status,
        403
    );

    let secret =
        world.admin("POST", "/v1/tenants/system/commands/SetSigningSecret", json!({})).await;
    let secret = secret.body["secret"].as_str().unwrap_or_else(|| panic!("{secret}")).to_owned();
    let now = chrono::Utc::now().timestamp();
    let claims = Claims {
        iss: jwt::ISSUERS[0].to_owned(),
        exp: now + 600,
        sub: Some("operator".to_owned()),
        tenant_id: Some("system".to_owned()),
        ..claims(&["admin"])
    };
    let operator = jwt::mint(&claims, &secret).unwrap();
    let all = world.bearer(&operator, "GET", "/clientms/admin/clients?limit=2", Value::Null).await;
    assert_eq!(all.body["pagination"]["total"], 3, "{all}");
    assert_eq!(all.body["clients"].as_array().unwrap().len(), 2);
    let rest = "/clientms/admin/clients?limit=2&page=2";
    let rest = world.bearer(&operator, "GET", rest, Value::Null).await;
    assert_eq!(rest.body["clients"][0]["tenant_id"], "partner", "{rest}");
    let one = world.bearer(&operator, "GET", foreign, Value::Null).await;
    assert_eq!(one.body["pagination"]["total"], 1, "{one}");
    world.stop().await;
}
