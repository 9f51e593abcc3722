//! Every operation of every dialect refuses strangers, and callers who lack what it needs: one
//! loop over the list, so that nobody has to remember a case.

use std::sync::Arc;

use api::dialect::{Needs, Operation};
use api::router::listed;
use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    no_operation_answers_a_stranger_or_one_who_may_not,
    a_body_over_the_limit_is_refused
);

/// The path with something in place of each parameter.
fn target(world: &World, root: &str, operation: &Operation) -> String {
    let part = |part: &str| match part {
        "{tenant}" | "{tenantId}" => "default".to_owned(),
        "{organizationId}" => world.credentials.organization_id.clone(),
        "{userId}" => world.credentials.user_id.clone(),
        "{command}" => "RenameGroup".to_owned(),
        part if part.starts_with('{') => "1".to_owned(),
        part => part.to_owned(),
    };
    let path: Vec<_> = operation.path.split('/').map(part).collect();
    format!("{root}{}", path.join("/"))
}

/// Whether the dialect said no in its own form: 401 or 403, or Capture's numbers for them.
fn is_refused(dialect: &str, reply: &Reply, statuses: &[u16], codes: &[u16]) -> bool {
    if dialect == "capture" {
        return codes.iter().any(|code| reply.body["code"] == *code);
    }
    statuses.contains(&reply.status)
}

async fn no_operation_answers_a_stranger_or_one_who_may_not(database: Arc<Database>) {
    let world = World::start(&database).await;
    let weak = world.command("CreateClient", json!({"name": "weak"})).await;
    let weak_signer = world.signer(&weak["client"]).await;
    let text = |member: &str| weak[member].as_str().unwrap().to_owned();
    let (weak_id, weak_secret) = (text("captureId"), text("secret"));
    let weak_token = world.command("IssueToken", json!({"name": "weak", "rights": []})).await;
    let weak_token = weak_token["secret"].as_str().unwrap();
    let events = world.events().await;
    let mut asked = 0;
    for listed in listed() {
        for operation in &listed.operations {
            let what = format!("{} {} {}", listed.dialect, operation.method, operation.path);
            let target = target(&world, listed.root, operation);
            if operation.needs == Needs::Nothing {
                continue;
            }
            asked += 1;
            let stranger = world.request(operation.method.as_str(), &target);
            // Its content type says what a call on the RPC path speaks.
            let stranger = stranger.header("content-type", "application/json");
            let stranger = Reply::of(stranger).await;
            assert!(is_refused(listed.dialect, &stranger, &[401], &[402]), "{what}: {stranger}");
            if operation.needs == Needs::SignedIn {
                continue;
            }
            let method = operation.method.as_str();
            let reply = match listed.dialect {
                "akamai" => {
                    let path = target.strip_prefix(listed.root).unwrap();
                    world.akamai_as(&weak_signer, method, path, Value::Null).await
                }
                "capture" => {
                    let request = world.request(method, &target);
                    Reply::of(request.basic_auth(&weak_id, Some(&weak_secret))).await
                }
                _ => {
                    let body = json!({"group": 1, "name": "x"});
                    world.bearer(weak_token, method, &target, body).await
                }
            };
            assert!(is_refused(listed.dialect, &reply, &[403], &[403]), "{what}: {reply}");
        }
    }
    assert!(asked > 50, "{asked} operations are few");
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn a_body_over_the_limit_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let body = "x".repeat(world.app.settings.body_limit + 1);
    for target in [
        "/v1/tenants/default/commands/CreateGroup",
        "/identity-management/v3/user-admin/groups/move",
        "/clients/set_features",
    ] {
        let request = world.request("POST", target).body(body.clone());
        let reply = Reply::of(request).await;
        assert_eq!(reply.status, 413, "{target}: {reply}");
    }
    world.stop().await;
}
