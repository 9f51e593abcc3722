//! From registering to complete deletion, beside the other dialects: one client, one switch.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{CLIENTS, call};
use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    a_client_lives_and_dies_in_every_dialect_at_once,
    deleted_clients_are_shown_to_whoever_asks,
    statuses_are_set_by_body_too,
    roles_and_second_factors_are_given_and_taken,
    filters_combine_and_count_exactly,
);

async fn a_client_lives_and_dies_in_every_dialect_at_once(database: Arc<Database>) {
    let world = World::start(&database).await;
    let body = json!({"name": "Robot", "email": "r@acme.example"});
    let made = call(&world, "POST", CLIENTS, body).await;
    let (id, secret) =
        (made.body["id"].as_str().unwrap(), made.body["secret_id"].as_str().unwrap());
    let native = format!("/v1/tenants/default/clients/{id}");
    let capture_id = world.admin("GET", &native, Value::Null).await.body["captureId"].clone();
    let signs_in = async || {
        let caller = (capture_id.as_str().unwrap(), secret);
        world.capture_as(caller, "/clients/list", &[]).await.body["code"].clone()
    };
    assert_eq!(signs_in().await, 403, "known, and allowed nothing");
    let path = format!("{CLIENTS}/{id}");
    let off = call(&world, "PATCH", &format!("{path}/deactivate"), Value::Null).await;
    assert_eq!((off.status, &off.body["client"]["status"]), (200, &json!("Inactive")), "{off}");
    assert_eq!(signs_in().await, 402, "not known while inactive");
    call(&world, "PATCH", &format!("{path}/activate"), Value::Null).await;
    assert_eq!(signs_in().await, 403);
    let gone = call(&world, "PATCH", &format!("{path}/soft-delete"), Value::Null).await;
    assert_eq!(
        gone.body,
        json!({"message": "Client soft deleted successfully", "id": id, "deleted": true})
    );
    assert_eq!(signs_in().await, 402);
    assert_eq!(world.admin("GET", &native, Value::Null).await.status, 404);
    world.stop().await;
}

async fn deleted_clients_are_shown_to_whoever_asks(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = call(&world, "POST", CLIENTS, json!({"name": "Robot", "tags": ["t"]})).await;
    let id = made.body["id"].as_str().unwrap();
    call(&world, "DELETE", &format!("{CLIENTS}/{id}"), Value::Null).await;
    let total = async |query: &str| {
        let list = call(&world, "GET", &format!("{CLIENTS}?{query}"), Value::Null).await;
        (list.body["pagination"]["total"].clone(), list.body["clients"].clone())
    };
    assert_eq!(total("").await.0, 2);
    assert_eq!(total("status=Deleted").await.0, 0, "hidden unless asked for");
    let (count, rows) = total("deleted=true&tags=t").await;
    assert_eq!(
        (count, &rows[0]["deleted"], &rows[0]["status"]),
        (json!(1), &json!(true), &json!("Deleted"))
    );
    assert_eq!(total("deleted=true").await.0, 3);
    assert_eq!(total("deleted=true&status=Deleted&name=rob").await.0, 1);
    let again = call(&world, "POST", CLIENTS, json!({"name": "Robot", "tags": []})).await;
    assert_eq!(again.status, 201, "its name is free: {again}");

    let complete = format!("{CLIENTS}/delete-complete");
    let body = json!({"tenant_id": "DEFAULT", "client_id": id});
    let purged = call(&world, "POST", &complete, body.clone()).await;
    let message =
        json!({"message": "Client deleted completely", "tenant_id": "DEFAULT", "client_id": id});
    assert_eq!((purged.status, &purged.body), (200, &message), "{purged}");
    assert_eq!(total("deleted=true&status=Deleted").await.0, 0);
    let twice = call(&world, "POST", &complete, body).await;
    assert_eq!((twice.status, &twice.body["error"]), (404, &json!("Client not found")), "{twice}");
    assert_eq!(
        (&twice.body["client_id"], &twice.body["tenant_id"]),
        (&json!(id), &json!("DEFAULT"))
    );
    let live = again.body["id"].as_str().unwrap();
    let elsewhere = "/clientms/oocmgr/tenant/delete-complete";
    let body = json!({"tenant_id": "default", "client_id": live});
    assert_eq!(call(&world, "POST", elsewhere, body).await.status, 200);
    let request = world.request("POST", &complete).bearer_auth(world.admin_web_token());
    let plain = crate::world::Reply::of(request.body("tenant_id=default")).await;
    assert_eq!(plain.status, 415, "{plain}");
    world.stop().await;
}

async fn statuses_are_set_by_body_too(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = call(&world, "POST", CLIENTS, json!({"name": "Robot", "tags": []})).await;
    let id = &made.body["id"];
    let path = format!("{CLIENTS}/set-status");
    for active in [false, false, true] {
        let body = json!({"tenant_id": "default", "client_id": id, "active": active});
        let set = call(&world, "POST", &path, body).await;
        assert_eq!((set.status, &set.body["success"]), (200, &json!(true)), "{set}");
        assert_eq!(set.body["data"]["client"]["active"], active);
    }
    for (body, status) in [
        (json!({"client_id": id}), 400),
        (json!({"active": true}), 400),
        (json!({"client_id": "nobody", "active": true}), 404),
        (json!({"tenant_id": "partner", "client_id": id, "active": true}), 403),
    ] {
        let refused = call(&world, "POST", &path, body.clone()).await;
        assert_eq!(refused.status, status, "{body}: {refused}");
    }
    let legacy = format!("{CLIENTS}/getClients");
    let body = json!({"tenant_id": "default", "active_only": true});
    let list = call(&world, "POST", &legacy, body).await;
    assert_eq!(
        (&list.body["success"], &list.body["data"]["count"]),
        (&json!(true), &json!(3)),
        "{list}"
    );
    let list = call(&world, "GET", &legacy, Value::Null).await;
    assert_eq!(list.body["pagination"]["total"], 3);
    world.stop().await;
}

async fn roles_and_second_factors_are_given_and_taken(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = call(&world, "POST", CLIENTS, json!({"name": "Robot", "tags": []})).await;
    let path = format!("{CLIENTS}/{}", made.body["id"].as_str().unwrap());
    let roles = world.admin("GET", "/v1/tenants/default/roles", Value::Null).await;
    let role = roles.named("roles", "Viewer")["role"].clone();
    let given = call(&world, "PUT", &format!("{path}/roles/{role}"), Value::Null).await;
    let shown = &given.body["roles"][0];
    assert_eq!(
        (&shown["name"], &shown["permissions"]),
        (&json!("Viewer"), &json!(["read"])),
        "{given}"
    );
    assert_eq!((&shown["is_system"], &shown["id"]), (&json!(true), &json!(role.to_string())));
    let taken = call(&world, "DELETE", &format!("{path}/roles/{role}"), Value::Null).await;
    assert_eq!((taken.status, &taken.body["roles"]), (200, &json!([])), "{taken}");
    for (method, role) in
        [("DELETE", role.to_string()), ("PUT", "7".to_owned()), ("PUT", "x".to_owned())]
    {
        let refused = call(&world, method, &format!("{path}/roles/{role}"), Value::Null).await;
        assert_eq!(refused.status, 404, "{refused}");
    }
    let body = json!({"methods": ["sms", "totp"], "default_method": "totp"});
    let mfa = call(&world, "PUT", &format!("{path}/mfa"), body).await;
    assert_eq!(
        (&mfa.body["mfa_enabled"], &mfa.body["mfa_verified"]),
        (&json!(true), &json!(false)),
        "{mfa}"
    );
    assert_eq!(
        (&mfa.body["mfa_method"], &mfa.body["mfa_default_method"]),
        (&json!(["sms", "totp"]), &json!("totp"))
    );
    assert!(mfa.body["mfa_enrolled_at"].is_string());
    let verified = call(&world, "POST", &format!("{path}/mfa/verify"), Value::Null).await;
    assert_eq!(verified.body["mfa_verified"], true);
    let removed = call(&world, "DELETE", &format!("{path}/mfa"), Value::Null).await;
    assert_eq!(
        (&removed.body["mfa_enabled"], &removed.body["mfa_method"]),
        (&json!(false), &json!([]))
    );
    let nothing = call(&world, "POST", &format!("{path}/mfa/verify"), Value::Null).await;
    assert_eq!(nothing.status, 409, "{nothing}");
    let smoke = call(&world, "PUT", &format!("{path}/mfa"), json!({"methods": ["smoke"]})).await;
    assert_eq!(smoke.status, 400, "{smoke}");
    world.stop().await;
}

async fn filters_combine_and_count_exactly(database: Arc<Database>) {
    let world = World::start(&database).await;
    for n in 0..6 {
        let body = json!({
            "name": format!("Robot {n}"), "email": format!("r{}@acme.example", n % 2),
            "tags": [format!("t{}", n % 3)], "status": if n == 5 { "Pending" } else { "Active" },
        });
        assert_eq!(call(&world, "POST", CLIENTS, body).await.status, 201);
    }
    let agent = json!({"name": "Agent", "client_type": "ai_agent", "email": "x@y.example"});
    let agent = call(&world, "POST", CLIENTS, agent).await;
    world.command("LockClient", json!({"client": agent.body["id"]})).await;
    for (query, total) in [
        ("", 9),
        ("status=Active", 7),
        ("status=Locked", 1),
        ("status=Pending", 1),
        ("status=Inactive", 0),
        ("active=false", 1),
        ("active=true", 8),
        ("email=R1@", 3),
        ("email=R1@&active=true&tags=t1,t2", 1),
        ("name=robot&tags=t0&status=Active", 2),
        ("client_type=ai_agent", 1),
        ("client_type=application&name=agent", 0),
        ("owner_id=somebody", 7),
        ("deleted=true&active=false", 1),
    ] {
        let list = call(&world, "GET", &format!("{CLIENTS}?{query}&limit=3"), Value::Null).await;
        assert_eq!(list.body["pagination"]["total"], total, "{query}: {list}");
        let pages = list.body["pagination"]["total_pages"].as_u64().unwrap();
        let mut seen = Vec::new();
        for page in 1..=pages {
            let list = format!("{CLIENTS}?{query}&limit=3&page={page}");
            let list = call(&world, "GET", &list, Value::Null).await;
            let clients = list.body["clients"].as_array().unwrap();
            seen.extend(
                clients.iter().map(|it| (it["created_at"].to_string(), it["id"].to_string())),
            );
        }
        assert_eq!(seen.len(), total, "{query}");
        assert!(seen.is_sorted(), "{query}: the oldest first");
    }
    world.stop().await;
}
