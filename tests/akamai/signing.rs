//! Signatures: what is let in, and what each flaw is answered with.

use std::sync::Arc;

use api::edgegrid::Credential;
use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(each_flaw_has_its_answer, a_nonce_counts_once_its_signature_was_good);

const PATH: &str = "/user-admin/groups";

fn check(reply: Reply, status: u16, kind: &str, detail: &str) {
    assert_eq!(reply.status, status, "{reply}");
    let said = reply.body["type"].as_str().unwrap();
    assert_eq!(said, format!("https://problems.luna.akamaiapis.net/-/{kind}"), "{reply}");
    assert!(reply.body["detail"].as_str().unwrap().starts_with(detail), "{reply}");
    for member in ["instance", "method", "serverIp", "clientIp", "requestId", "requestTime"] {
        assert!(reply.body[member].is_string(), "{member}: {reply}");
    }
    assert_eq!(reply.header("content-type"), "application/problem+json");
}

async fn each_flaw_has_its_answer(database: Arc<Database>) {
    let world = World::start(&database).await;
    let owner = world.owner();
    let (error, deny) = ("pep-authn/request-error", "pep-authn/deny");
    let send =
        async |header: String| Reply::of(world.signed("GET", PATH, Vec::new(), header)).await;
    let by = |signer: &Credential, seconds: i64| world.signature(signer, "GET", PATH, b"", seconds);

    let unsigned = Reply::of(world.request("GET", &format!("/identity-management/v3{PATH}"))).await;
    check(unsigned, 401, deny, "The request is not signed");
    check(send("EG1-HMAC-SHA256 nonsense".to_owned()).await, 400, error, "");
    for off in [-60, 60] {
        check(send(by(&owner, off)).await, 400, error, "Invalid timestamp");
    }
    let stranger = Credential { client_token: "akab-nobody".to_owned(), ..owner.clone() };
    check(send(by(&stranger, 0)).await, 400, error, "Invalid client token");
    let mixed = Credential { access_token: "akab-other".to_owned(), ..owner.clone() };
    check(send(by(&mixed, 0)).await, 401, deny, "Invalid authorization access token");
    let guess = Credential { client_secret: "guess".to_owned(), ..owner.clone() };
    check(send(by(&guess, 0)).await, 401, deny, "The signature does not match");

    let body = br#"{"groupName":"x"}"#;
    let header = world.signature(&owner, "POST", PATH, body, 0);
    let altered = world.signed("POST", PATH, br#"{"groupName":"y"}"#.to_vec(), header);
    assert!([401, 405].contains(&Reply::of(altered).await.status));

    let robot = world.robot("robot").await;
    world.command("LockClient", json!({"client": robot.client})).await;
    check(send(by(&robot.signer, 0)).await, 401, deny, "Inactive client token");
    world.command("UnlockClient", json!({"client": robot.client})).await;
    assert_eq!(send(by(&robot.signer, 0)).await.status, 200);
    let shown = format!("/v1/tenants/default/clients/{}", robot.client);
    let shown = world.admin("GET", &shown, Value::Null).await;
    let credential = &shown.body["credentials"][0]["credential"];
    let body = json!({"client": robot.client, "credential": credential});
    world.command("DeactivateClientCredential", body).await;
    let refused = send(by(&robot.signer, 0)).await;
    assert!([400, 401].contains(&refused.status), "{refused}");
    world.stop().await;
}

async fn a_nonce_counts_once_its_signature_was_good(database: Arc<Database>) {
    let world = World::start(&database).await;
    let header = world.signature(&world.owner(), "GET", PATH, b"", 0);
    let spoiled = header.replace("signature=", "signature=x");
    let send = async |header: &str| {
        Reply::of(world.signed("GET", PATH, Vec::new(), header.to_owned())).await
    };
    assert_eq!(send(&spoiled).await.status, 401);
    assert_eq!(send(&header).await.status, 200);
    let again = send(&header).await;
    check(again, 400, "pep-authn/request-error", "Invalid nonce");
    world.stop().await;
}
