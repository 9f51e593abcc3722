//! What a client may call and do where: its APIs, its groups and its user's, and its addresses.

use std::sync::Arc;

use api::edgegrid::Credential;
use api::settings::Settings;
use commands::Request;
use commands::allow_list::EnableAllowList;
use domain::{Actor, Authority, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::client_sample::{ADA, VERA, body, id, trust_owner, with};
use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    a_client_calls_only_what_it_was_given,
    a_client_may_no_more_than_its_user_at_this_moment,
    calls_come_from_the_addresses_of_their_client,
    calls_keep_to_the_accounts_list_where_a_setting_says_so,
);

/// A new client of that body, and what it signs with.
async fn made(world: &World, body: Value) -> (String, Credential) {
    let made =
        world.akamai("POST", "/api-clients", with(body, json!({"createCredential": true}))).await;
    assert_eq!(made.status, 201, "{made}");
    let credential = &made.body["credentials"][0];
    let signer = Credential {
        client_token: credential["clientToken"].as_str().unwrap().to_owned(),
        access_token: made.body["accessToken"].as_str().unwrap().to_owned(),
        client_secret: credential["clientSecret"].as_str().unwrap().to_owned(),
    };
    (format!("/api-clients/{}", made.body["clientId"].as_str().unwrap()), signer)
}

fn deny(kind: &Value) -> bool {
    kind.as_str().is_some_and(|kind| kind.ends_with("/-/pep-authz/deny"))
}

async fn a_client_calls_only_what_it_was_given(database: Arc<Database>) {
    let world = World::start(&database).await;
    trust_owner(&world).await;
    let apis = world.akamai("GET", &format!("/users/{ADA}/allowed-apis"), Value::Null).await;
    let only = |place: usize, level: &str| {
        let api = json!({"apiId": apis.body[place]["apiId"], "accessLevel": level});
        with(
            body(&format!("{place} {level}"), ADA),
            json!({"apiAccess": {"allAccessibleApis": false, "apis": [api]}}),
        )
    };
    assert_eq!(apis.body[0]["endPoint"], "/identity-management", "{apis}");
    let (path, reader) = made(&world, only(0, "READ-ONLY")).await;
    let (_, purger) = made(&world, only(1, "READ-WRITE")).await;
    let acme = format!("/user-admin/groups/{}", id(&world, "groups", "Acme").await);
    let events = world.events().await;
    for get in ["/user-admin/groups", "/user-admin/common/countries", "/api-clients/self", &acme] {
        let reply = world.akamai_as(&reader, "GET", get, Value::Null).await;
        assert_eq!(reply.status, 200, "{get}: {reply}");
        let reply = world.akamai_as(&purger, "GET", get, Value::Null).await;
        assert!(reply.status == 403 && deny(&reply.body["type"]), "{get}: {reply}");
    }
    let asked = json!({"clientType": "CLIENT", "groups": []});
    let codes =
        world.akamai_as(&reader, "POST", &format!("/users/{ADA}/allowed-cpcodes"), asked).await;
    assert_eq!(codes.status, 200, "it only asks: {codes}");
    for (method, path) in [
        ("POST", acme.as_str()),
        ("PUT", &acme),
        ("DELETE", &acme),
        ("PUT", "/api-clients/self/lock"),
    ] {
        let reply = world.akamai_as(&reader, method, path, json!({"groupName": "x"})).await;
        assert!(reply.status == 403 && deny(&reply.body["type"]), "{method} {path}: {reply}");
        let said = "The client does not have the grant needed for the request: READ-WRITE";
        assert!(reply.body["detail"].as_str().unwrap().starts_with(said), "{reply}");
    }
    assert_eq!(world.events().await, events);
    let wider = world.akamai("PUT", &path, with(body("wide", ADA), json!({}))).await;
    assert_eq!(wider.status, 200, "{wider}");
    let reply = world.akamai_as(&reader, "POST", &acme, json!({"groupName": "x"})).await;
    assert_eq!(reply.status, 201, "at the next call: {reply}");
    world.stop().await;
}

async fn a_client_may_no_more_than_its_user_at_this_moment(database: Arc<Database>) {
    let world = World::start(&database).await;
    trust_owner(&world).await;
    let acme = id(&world, "groups", "Acme").await;
    let globex = id(&world, "groups", "Globex").await;
    let admin = id(&world, "roles", "Administrator").await;
    let own = json!({"groupAccess": {"cloneAuthorizedUserGroups": false, "groups": [{"groupId": acme, "roleId": admin}]}});
    let (path, wide) = made(&world, with(body("wide", VERA), own.clone())).await;
    let (_, clone) = made(&world, body("clone", VERA)).await;
    let (on_acme, on_globex) =
        (format!("/user-admin/groups/{acme}"), format!("/user-admin/groups/{globex}"));
    let status = async |signer: &Credential, method: &str, path: &str| {
        world.akamai_as(signer, method, path, json!({"groupName": "x"})).await.status
    };
    for signer in [&wide, &clone] {
        assert_eq!(status(signer, "GET", &on_acme).await, 200, "vera may look");
        assert_eq!(status(signer, "POST", &on_acme).await, 403, "and no more than that");
        assert_eq!(status(signer, "GET", &on_globex).await, 403);
    }
    let taken = world.akamai("PUT", &path, with(body("wide", ADA), own)).await;
    assert_eq!((taken.status, &taken.body["authorizedUsers"]), (200, &json!([ADA])), "{taken}");
    assert_eq!(status(&wide, "POST", &on_acme).await, 201, "ada may, and so does her client");
    assert_eq!(status(&wide, "POST", &on_globex).await, 403, "not where it was given nothing");
    let cloning = world.akamai("PUT", &path, body("wide", ADA)).await;
    assert_eq!(cloning.status, 200, "{cloning}");
    assert_eq!(status(&wide, "POST", &on_globex).await, 201, "all that ada may");
    world.stop().await;
}

async fn calls_come_from_the_addresses_of_their_client(database: Arc<Database>) {
    let world = World::start(&database).await;
    trust_owner(&world).await;
    let (path, signer) = made(&world, body("robot", ADA)).await;
    let acl = |enable: bool, cidr: &str| {
        with(body("robot", ADA), json!({"ipAcl": {"enable": enable, "cidr": [cidr]}}))
    };
    for (enable, cidr, status) in [
        (true, "192.0.2.0/24", 403),
        (false, "192.0.2.0/24", 200),
        (true, "127.0.0.0/8", 200),
        (true, "::ffff:127.0.0.1", 200),
    ] {
        assert_eq!(world.akamai("PUT", &path, acl(enable, cidr)).await.status, 200);
        let reply = world.akamai_as(&signer, "GET", "/user-admin/groups", Value::Null).await;
        assert_eq!(reply.status, status, "{enable} {cidr}: {reply}");
        assert!(status == 200 || deny(&reply.body["type"]), "{reply}");
    }
    world.stop().await;
}

async fn calls_keep_to_the_accounts_list_where_a_setting_says_so(database: Arc<Database>) {
    let settings = Settings { edgegrid_keeps_to_allow_list: true, ..Settings::default() };
    let world = World::start_with(&database, settings).await;
    let see = async || world.akamai("GET", "/user-admin/groups", Value::Null).await;
    assert_eq!(see().await.status, 200, "the list is off");
    let block = |cidr: &str| json!({"cidr": cidr, "enabled": true});
    world.command("AddCidrBlock", block("127.0.0.0/8")).await;
    world.akamai("POST", "/user-admin/ip-acl/allowlist/enable", Value::Null).await;
    assert_eq!(see().await.status, 200, "it covers the caller");
    world.command("DisableAllowList", json!({})).await;
    let blocks = world.akamai("GET", "/user-admin/ip-acl/allowlist", Value::Null).await;
    let first = &blocks.body[0]["cidrBlockId"];
    world.command("AddCidrBlock", block("192.0.2.0/24")).await;
    world.akamai("DELETE", &format!("/user-admin/ip-acl/allowlist/{first}"), Value::Null).await;
    // Nobody shuts themselves out, so somebody at the listed address turns it on.
    let request = Request {
        tenant: TenantId::new("default").unwrap(),
        actor: Actor::system(),
        authority: Authority::full(),
        command_id: Uuid::now_v7(),
        correlation: "elsewhere".to_owned(),
        address: Some([192, 0, 2, 1].into()),
        expected_sequence: None,
        idempotency: None,
        dry_run: false,
    };
    world.app.writer.run(request, EnableAllowList {}).await.unwrap();
    let refused = see().await;
    assert!(refused.status == 403 && deny(&refused.body["type"]), "{refused}");
    world.stop().await;
}
