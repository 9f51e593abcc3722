//! Whoever holds rights in one organization only sees and changes nothing else.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    whoever_is_confined_sees_and_changes_nothing_else,
    nobody_hands_out_what_they_do_not_hold,
    nobody_puts_into_a_role_what_their_token_may_not,
);

async fn whoever_is_confined_sees_and_changes_nothing_else(database: Arc<Database>) {
    let world = World::start(&database).await;
    let other = world.command("CreateOrganization", json!({"name": "Other"})).await;
    let other = other["organization"].as_str().unwrap();
    let theirs = json!({"name": "theirs", "organization": other});
    let theirs = world.command("CreateClient", theirs).await["client"].clone();
    let rights = ["client.admin", "user.read", "events.read", "token.admin", "org.feature.write"];
    let body = json!({"name": "confined", "rights": rights, "organization": other});
    let token = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    let get = async |path: &str| {
        world.bearer(&token, "GET", &format!("/v1/tenants/default/{path}"), Value::Null).await
    };
    let clients = get("clients").await;
    assert_eq!(
        (&clients.body["total"], &clients.body["clients"][0]["client"]),
        (&json!(1), &theirs)
    );
    assert_eq!(get("organizations").await.body["organizations"].as_array().unwrap().len(), 1);
    assert_eq!(get("users").await.body["users"], json!([]));
    let paged = world.bearer(&token, "GET", "/clients/v1/tenants/default/clients", Value::Null);
    assert_eq!(paged.await.body["pagination"]["total"], 1);
    let own = &world.credentials.organization_id;
    for (path, status) in [
        (format!("organizations/{own}"), 404),
        (format!("users/{}", world.credentials.user_id), 404),
        (format!("features/organization/{own}"), 403),
        ("tokens".to_owned(), 403),
    ] {
        let reply = get(&path).await;
        assert_eq!(reply.status, status, "{path}: {reply}");
    }
    let send = async |name: &str, body: Value| {
        let path = format!("/v1/tenants/default/commands/{name}");
        world.bearer(&token, "POST", &path, body).await.status
    };
    let flags =
        |id: &str| json!({"level": "organization", "id": id, "flags": {"userSchema": true}});
    assert_eq!(send("SetFeatures", flags(other)).await, 200);
    assert_eq!(send("SetFeatures", flags(own)).await, 403);
    assert_eq!(send("CreateClient", json!({"name": "more", "organization": other})).await, 200);
    assert_eq!(send("CreateClient", json!({"name": "elsewhere"})).await, 403);
    assert_eq!(send("LockClient", json!({"client": theirs})).await, 403);
    let wider = json!({"name": "wider", "rights": []});
    assert_eq!(send("IssueToken", wider).await, 403);
    world.stop().await;
}

async fn nobody_hands_out_what_they_do_not_hold(database: Arc<Database>) {
    let world = World::start(&database).await;
    let body = json!({"name": "issuer", "rights": ["token.admin", "group.read"]});
    let issuer = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    for (rights, status) in [(json!(["group.read"]), 200), (json!(["group.admin"]), 403)] {
        let path = "/v1/tenants/default/commands/IssueToken";
        let body = json!({"name": "handed out", "rights": rights});
        let reply = world.bearer(&issuer, "POST", path, body).await;
        assert_eq!(reply.status, status, "{reply}");
    }
    // To read the system's flags is not to write anything in the tenant `system`.
    let rights = json!(["system.feature.read", "group.admin"]);
    let reader = world.command("IssueToken", json!({"name": "reader", "rights": rights})).await;
    let reader = reader["secret"].as_str().unwrap();
    let flags = "/v1/tenants/system/features/system";
    assert_eq!(world.bearer(reader, "GET", flags, Value::Null).await.status, 200);
    let path = "/v1/tenants/system/commands/CreateGroup";
    let reply = world.bearer(reader, "POST", path, json!({"name": "x"})).await;
    assert_eq!(reply.status, 403, "{reply}");
    world.stop().await;
}

async fn nobody_puts_into_a_role_what_their_token_may_not(database: Arc<Database>) {
    let world = World::start(&database).await;
    let body = json!({"name": "wards", "rights": ["user.admin", "group.read"]});
    let token = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    let body = json!({"name": "Wide", "grantedRoles": [1003, 1006]});
    let wide = world.command("CreateRole", body).await["role"].clone();
    let events = world.events().await;
    let send = async |name: &str, body: Value| {
        let path = format!("/v1/tenants/default/commands/{name}");
        world.bearer(&token, "POST", &path, body).await
    };
    for (name, body) in [
        ("CreateRole", json!({"name": "a", "permissions": ["client.admin"]})),
        ("CreateRole", json!({"name": "a", "kind": "standard", "grantedRoles": [1002]})),
        ("EditRole", json!({"role": wide, "grantedRoles": [1003, 1006, 1001]})),
    ] {
        let refused = send(name, body).await;
        let code = "urn:chancery:problem:permission_not_held";
        assert_eq!((refused.status, &refused.body["type"]), (403, &json!(code)), "{refused}");
    }
    assert_eq!(world.events().await, events);
    for (name, body) in [
        ("CreateRole", json!({"name": "a", "permissions": ["user.admin", "role.admin"]})),
        ("EditRole", json!({"role": wide, "grantedRoles": [1003, 1004, 1006]})),
    ] {
        let granted = send(name, body).await;
        assert_eq!(granted.status, 200, "{name}: {granted}");
    }
    world.stop().await;
}
