//! One client, four faces: whatever dialect puts it out of use, every other refuses its very next
//! call.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Robot, World};

on_both_stores!(
    a_lock_holds_everywhere,
    a_deactivation_holds_everywhere,
    a_deletion_holds_everywhere,
    a_secret_reset_holds_everywhere,
    a_grace_lets_the_old_ones_live,
    a_revoked_token_is_refused_at_once
);

/// What its calls come to, dialect by dialect.
async fn calls(world: &World, robot: &Robot) -> [(&'static str, bool); 6] {
    let signed = world.akamai_as(&robot.signer, "GET", "/user-admin/groups", Value::Null).await;
    let (id, secret) = (robot.capture.0.as_str(), robot.capture.1.as_str());
    let basic = world.capture_as((id, secret), "/clients/list", &[]).await;
    let named = [("client_id", id), ("client_secret", secret)];
    let request = world.request("POST", "/clients/list").form(&named);
    let parameters = crate::world::Reply::of(request).await;
    let native = "/v1/tenants/default/groups";
    let native = world.bearer(&robot.token, "GET", native, Value::Null).await;
    let organization = &world.credentials.organization_id;
    let features = format!("/v2beta/features/organization/{organization}");
    let features = world.bearer(&robot.token, "PUT", &features, json!({})).await;
    let clients = "/clients/v1/tenants/default/clients";
    let clients = world.bearer(&robot.web_token, "GET", clients, Value::Null).await;
    for (reply, refusal) in [(&signed, 401), (&native, 401), (&features, 401), (&clients, 401)] {
        assert!(reply.status == 200 || reply.status == refusal || reply.status == 400, "{reply}");
    }
    [
        ("akamai", signed.status == 200),
        ("capture, basic", basic.body["stat"] == "ok"),
        ("capture, parameters", parameters.body["stat"] == "ok"),
        ("native", native.status == 200),
        ("zitadel", features.status == 200),
        ("tenant clients", clients.status == 200),
    ]
}

async fn check(world: &World, robot: &Robot, works: bool, after: &str) {
    for (dialect, worked) in calls(world, robot).await {
        assert_eq!(worked, works, "{dialect} after {after}");
    }
}

async fn a_lock_holds_everywhere(database: Arc<Database>) {
    let world = World::start(&database).await;
    for by in ["akamai", "akamai, itself", "native"] {
        let robot = world.robot(&format!("locked by {by}")).await;
        check(&world, &robot, true, "its creation").await;
        let body = json!({"client": robot.client});
        let lock = format!("/api-clients/{}/lock", robot.akamai_id);
        let reply = match by {
            "akamai" => Some(world.akamai("PUT", &lock, Value::Null).await),
            "native" => {
                world.command("LockClient", body.clone()).await;
                None
            }
            _ => {
                let path = "/api-clients/self/lock";
                Some(world.akamai_as(&robot.signer, "PUT", path, Value::Null).await)
            }
        };
        if let Some(reply) = reply {
            assert_eq!((reply.status, &reply.body["isLocked"]), (200, &json!(true)), "{reply}");
        }
        check(&world, &robot, false, &format!("a lock by {by}")).await;
        let shown = format!("/clients/v1/tenants/default/clients/{}", robot.client);
        let shown = world.bearer(&world.admin_web_token(), "GET", &shown, Value::Null).await;
        assert_eq!(shown.body["status"], "Locked", "{shown}");
        if by == "akamai" {
            let unlock = format!("/api-clients/{}/unlock", robot.akamai_id);
            assert_eq!(world.akamai("PUT", &unlock, Value::Null).await.status, 200);
        } else {
            world.command("UnlockClient", body).await;
        }
        check(&world, &robot, true, "it was unlocked").await;
    }
    world.stop().await;
}

async fn a_deactivation_holds_everywhere(database: Arc<Database>) {
    let world = World::start(&database).await;
    let token = world.admin_web_token();
    for by in ["tenant clients", "native"] {
        let robot = world.robot(&format!("deactivated by {by}")).await;
        let path =
            |verb: &str| format!("/clientms/tenants/default/clients/{}/{verb}", robot.client);
        let body = json!({"client": robot.client});
        if by == "native" {
            world.command("DeactivateClient", body.clone()).await;
        } else {
            let reply = world.bearer(&token, "PATCH", &path("deactivate"), Value::Null).await;
            assert_eq!(reply.body["client"]["active"], false, "{reply}");
        }
        check(&world, &robot, false, &format!("a deactivation by {by}")).await;
        let shown = format!("/api-clients/{}", robot.akamai_id);
        let shown = world.akamai("GET", &shown, Value::Null).await;
        assert_eq!(shown.body["isLocked"], true, "{shown}");
        if by == "native" {
            world.command("ActivateClient", body).await;
        } else {
            let reply = world.bearer(&token, "PATCH", &path("activate"), Value::Null).await;
            assert_eq!(reply.body["client"]["status"], "Active", "{reply}");
        }
        check(&world, &robot, true, "it was activated").await;
    }
    world.stop().await;
}

async fn a_deletion_holds_everywhere(database: Arc<Database>) {
    let world = World::start(&database).await;
    for by in ["akamai", "capture", "tenant clients", "native"] {
        let robot = world.robot(&format!("deleted by {by}")).await;
        match by {
            "akamai" => {
                let path = format!("/api-clients/{}", robot.akamai_id);
                assert_eq!(world.akamai("DELETE", &path, Value::Null).await.status, 204);
            }
            "capture" => {
                let named = [("client_id_for_deletion", robot.capture.0.as_str())];
                let reply = world.capture("/clients/delete", &named).await;
                assert_eq!(reply.body, json!({"stat": "ok"}));
            }
            "tenant clients" => {
                let path = format!("/authsec/clientms/tenants/default/clients/{}", robot.client);
                let token = world.admin_web_token();
                let reply = world.bearer(&token, "DELETE", &path, Value::Null).await;
                assert_eq!(reply.body["deleted"], true, "{reply}");
            }
            _ => drop(world.command("DeleteClient", json!({"client": robot.client})).await),
        }
        check(&world, &robot, false, &format!("a deletion by {by}")).await;
    }
    world.stop().await;
}

async fn a_secret_reset_holds_everywhere(database: Arc<Database>) {
    let world = World::start(&database).await;
    for by in ["capture", "native"] {
        let mut robot = world.robot(&format!("reset by {by}")).await;
        let secret = if by == "capture" {
            let named = [("for_client_id", robot.capture.0.as_str())];
            let reply = world.capture("/clients/reset_secret", &named).await;
            reply.body["new_secret"].clone()
        } else {
            let body = json!({"client": robot.client, "hoursToLive": 0});
            world.command("ResetClientSecret", body).await["secret"].clone()
        };
        check(&world, &robot, false, &format!("a reset by {by}")).await;
        secret.as_str().unwrap().clone_into(&mut robot.capture.1);
        let (id, secret) = (robot.capture.0.as_str(), robot.capture.1.as_str());
        let reply = world.capture_as((id, secret), "/clients/list", &[]).await;
        assert_eq!(reply.body["stat"], "ok", "{reply}");
    }
    world.stop().await;
}

async fn a_grace_lets_the_old_ones_live(database: Arc<Database>) {
    let world = World::start(&database).await;
    let robot = world.robot("in grace").await;
    let named = [("for_client_id", robot.capture.0.as_str()), ("hours_to_live", "1")];
    let reply = world.capture("/clients/reset_secret", &named).await;
    assert_eq!(reply.body["stat"], "ok", "{reply}");
    check(&world, &robot, true, "a reset with an hour of grace").await;
    let again = [("for_client_id", robot.capture.0.as_str()), ("hours_to_live", "0")];
    world.capture("/clients/reset_secret", &again).await;
    check(&world, &robot, false, "another reset without grace").await;
    world.stop().await;
}

async fn a_revoked_token_is_refused_at_once(database: Arc<Database>) {
    let world = World::start(&database).await;
    let issued = world.command("IssueToken", json!({"name": "x", "rights": ["group.read"]})).await;
    let token = issued["secret"].as_str().unwrap();
    let groups = "/v1/tenants/default/groups";
    assert_eq!(world.bearer(token, "GET", groups, Value::Null).await.status, 200);
    world.command("RevokeToken", json!({"token": issued["token"]})).await;
    assert_eq!(world.bearer(token, "GET", groups, Value::Null).await.status, 401);
    world.stop().await;
}
