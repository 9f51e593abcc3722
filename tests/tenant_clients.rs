//! The tenant-clients dialect.

mod document;
mod lifecycle;
mod ownership;
mod rate;
mod updates;

use std::sync::Arc;

use api::jwt::Claims;
use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    lists_are_filtered_and_paged,
    clients_are_shown_activated_and_deleted,
    tokens_and_tenants_are_checked,
);

/// Where clients stand as it is documented.
const CLIENTS: &str = "/clients/v1/tenants/default/clients";

/// A call by an administrator of the tenant.
async fn call(world: &World, method: &str, path: &str, body: Value) -> Reply {
    world.bearer(&world.admin_web_token(), method, path, body).await
}

const MOUNTS: [&str; 3] = ["/clients/v1", "/clientms", "/authsec/clientms"];

async fn list(world: &World, query: &str) -> Reply {
    let path = format!("/clients/v1/tenants/default/clients?{query}");
    world.bearer(&world.admin_web_token(), "GET", &path, Value::Null).await
}

async fn lists_are_filtered_and_paged(database: Arc<Database>) {
    let world = World::start(&database).await;
    for n in 0..10 {
        let body = json!({"name": format!("Robot {n}"), "tags": ["fleet", format!("n{n}")]});
        world.command("CreateClient", body).await;
    }
    let robot = list(&world, "name=robot%203").await.body["clients"][0]["id"].clone();
    world.command("DeactivateClient", json!({"client": robot})).await;
    for (query, total, shown) in [
        ("", 12, 10),
        ("active=true", 11, 10),
        ("active=false", 1, 1),
        ("active_only=true&limit=100", 11, 11),
        ("active_only=false&limit=100", 12, 12),
        ("active=0&active_only=1", 1, 1),
        ("status=Inactive", 1, 1),
        ("status=Deleted", 0, 0),
        ("name=ROBOT&limit=4&page=3", 10, 2),
        ("name=%25", 0, 0),
        ("tags=n1,%20n2,,staging", 3, 3),
        ("tags=fleet&name=robot&active=true", 9, 9),
        ("limit=101", 12, 10),
        ("limit=0&page=-2", 12, 10),
        ("page=9", 12, 0),
        ("whatever=else&client_type=application", 12, 10),
    ] {
        let reply = list(&world, query).await;
        assert_eq!(reply.status, 200, "{query}: {reply}");
        assert_eq!(reply.body["pagination"]["total"], total, "{query}: {reply}");
        assert_eq!(reply.body["clients"].as_array().unwrap().len(), shown, "{query}");
    }
    let paged = list(&world, "limit=5").await;
    let expected = json!({"page": 1, "limit": 5, "total": 12, "total_pages": 3});
    assert_eq!(paged.body["pagination"], expected);
    let bad = list(&world, "active=maybe").await;
    assert_eq!((bad.status, &bad.body["error"]), (400, &json!("invalid active value")), "{bad}");
    world.stop().await;
}

async fn clients_are_shown_activated_and_deleted(database: Arc<Database>) {
    let world = World::start(&database).await;
    let token = world.admin_web_token();
    let made = world.command("CreateClient", json!({"name": "Robot", "tags": ["b", "a"]})).await;
    let id = made["client"].as_str().unwrap();
    for mount in MOUNTS {
        let path = format!("{mount}/tenants/DEFAULT/clients/{id}");
        let shown = world.bearer(&token, "GET", &path, Value::Null).await;
        assert_eq!((shown.status, &shown.body["client_id"]), (200, &json!(id)), "{shown}");
        assert_eq!((&shown.body["tags"], &shown.body["roles"]), (&json!(["a", "b"]), &json!([])));
        assert_eq!(
            (&shown.body["status"], &shown.body["active"]),
            (&json!("Active"), &json!(true))
        );
        for (verb, active) in [("deactivate", false), ("deactivate", false), ("activate", true)] {
            let path = format!("{path}/{verb}");
            let reply = world.bearer(&token, "PATCH", &path, Value::Null).await;
            assert_eq!((reply.status, &reply.body["client"]["active"]), (200, &json!(active)));
            let message = format!("Client {verb}d successfully");
            assert_eq!(reply.body["message"], message);
        }
    }
    let path = format!("/clientms/tenants/default/clients/{id}");
    let gone = world.bearer(&token, "DELETE", &path, Value::Null).await;
    let message = "Client soft deleted successfully";
    assert_eq!(gone.body, json!({"message": message, "id": id, "deleted": true}));
    for (method, suffix) in [("GET", ""), ("DELETE", ""), ("PATCH", "/activate")] {
        let reply = world.bearer(&token, method, &format!("{path}{suffix}"), Value::Null).await;
        assert_eq!((reply.status, &reply.body["error"]), (404, &json!("Not Found")), "{reply}");
        assert_eq!(reply.body["message"], "Client not found in tenant scope");
        assert_eq!(reply.body["request_id"], reply.header("x-request-id"));
    }
    let owner = list(&world, "name=owner-client").await.body["clients"][0]["id"].clone();
    let path = format!("/clientms/tenants/default/clients/{}", owner.as_str().unwrap());
    for (method, suffix) in [("DELETE", ""), ("PATCH", "/deactivate")] {
        let reply = world.bearer(&token, method, &format!("{path}{suffix}"), Value::Null).await;
        assert_eq!(reply.status, 403, "{reply}");
    }
    world.stop().await;
}

async fn tokens_and_tenants_are_checked(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = "/clients/v1/tenants/default/clients";
    let listing = Claims { permissions: vec!["clients:list".to_owned()], ..Claims::default() };
    let lister = world.web_token(listing.clone());
    assert_eq!(world.bearer(&lister, "GET", path, Value::Null).await.status, 200);
    let client = list(&world, "name=plain").await.body["clients"][0]["id"].clone();
    let status = format!("{path}/{}/deactivate", client.as_str().unwrap());
    let refused = world.bearer(&lister, "PATCH", &status, Value::Null).await;
    let message = "Admin privileges required to modify client status";
    assert_eq!((refused.status, &refused.body["message"]), (403, &json!(message)), "{refused}");
    let elsewhere = "/clients/v1/tenants/partner/clients";
    let refused = world.bearer(&world.admin_web_token(), "GET", elsewhere, Value::Null).await;
    let error = "tenant ID mismatch between token and URL";
    assert_eq!((refused.status, &refused.body["error"]), (403, &json!(error)), "{refused}");

    let expired = Claims { exp: 1, ..listing.clone() };
    let expired = api::jwt::mint(
        &Claims {
            iss: api::jwt::ISSUERS[0].to_owned(),
            tenant_id: Some("default".to_owned()),
            ..expired
        },
        &world.credentials.clients_jwt_secret,
    );
    let foreign =
        world.web_token(Claims { tenant_id: Some("partner".to_owned()), ..listing.clone() });
    let nobody = world.web_token(Claims { client_id: Some("nobody".to_owned()), ..listing });
    for (token, error) in [
        ("x.y.z", "Invalid or expired token"),
        (expired.unwrap().as_str(), "Invalid or expired token"),
        (&foreign, "Invalid or expired token"),
        (&nobody, "Invalid or expired token"),
    ] {
        let refused = world.bearer(token, "GET", path, Value::Null).await;
        assert_eq!((refused.status, &refused.body["error"]), (401, &json!(error)), "{refused}");
        assert!(refused.header("www-authenticate").starts_with("Bearer realm="));
    }
    let bare = Reply::of(world.request("GET", path)).await;
    assert_eq!(bare.body["error"], "authorization header required");
    let basic = Reply::of(world.request("GET", path).basic_auth("a", Some("b"))).await;
    assert_eq!(basic.body["error"], "invalid authorization header format");
    let viewer = world.viewer("GET", path, Value::Null).await;
    assert_eq!(viewer.status, 200, "a bearer that may read clients may list them: {viewer}");
    world.stop().await;
}
