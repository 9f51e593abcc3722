//! Machines that sign in with a secret or a key of their own, as the published clients do.

use std::sync::Arc;

use chrono::Utc;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::client::{Client, Over};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, Robot, World};

on_both_stores!(
    a_secret_gets_a_token_with_the_rights_of_the_clients_roles,
    a_key_gets_a_token,
    bad_requests_get_no_token,
    a_client_finds_its_way_from_the_discovery_document,
);

pub(super) const PRIVATE_KEY: &str = include_str!("machine_key.pem");
const PUBLIC_KEY: &str = include_str!("machine_key.pub.pem");
const SCOPE: &str = "openid urn:zitadel:iam:org:project:id:zitadel:aud";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

async fn asked(world: &World, parameters: &[(&str, &str)]) -> Reply {
    Reply::of(world.request("POST", "/oauth/v2/token").form(parameters)).await
}

fn text(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{reply}");
    assert_eq!(reply.body["token_type"], "Bearer");
    reply.body["access_token"].as_str().unwrap().to_owned()
}

/// A token by the client's own secret.
async fn by_secret(world: &World, robot: &Robot, scope: &str) -> Reply {
    let (id, secret) = (&robot.capture.0, &robot.capture.1);
    let form = [("grant_type", "client_credentials"), ("scope", scope)];
    let request = world.request("POST", "/oauth/v2/token").basic_auth(id, Some(secret));
    Reply::of(request.form(&form)).await
}

async fn member(world: &World, robot: &Robot, organization: Option<&str>, roles: Value) {
    let member = json!({"client": robot.client});
    let body = json!({"member": member, "organization": organization, "roles": roles});
    world.command("SetMembership", body).await;
}

async fn a_secret_gets_a_token_with_the_rights_of_the_clients_roles(database: Arc<Database>) {
    let world = World::start(&database).await;
    let robot = world.robot("machine").await;
    let own = world.credentials.organization_id.as_str();
    let other = world.command("CreateOrganization", json!({"name": "Other"})).await;
    let token = text(&by_secret(&world, &robot, SCOPE).await);
    let put = async |token: &str, level: &str| {
        let path = format!("/v2/features/{level}");
        world.bearer(token, "PUT", &path, json!({"userSchema": true})).await.status
    };
    let own = format!("organization/{own}");
    let other = format!("organization/{}", other["organization"].as_str().unwrap());
    assert_eq!(put(&token, &own).await, 403);
    member(&world, &robot, Some(&world.credentials.organization_id), json!(["ORG_OWNER"])).await;
    assert_eq!(put(&token, &own).await, 200);
    assert_eq!(put(&token, &other).await, 404);
    assert_eq!(put(&token, "instance").await, 403);
    member(&world, &robot, None, json!(["IAM_OWNER"])).await;
    for level in [own.as_str(), &other, "instance"] {
        assert_eq!(put(&token, level).await, 200, "{level}");
    }
    assert_eq!(put(&token, "system").await, 403);

    // Without the scope it is meant for somebody else.
    let elsewhere = text(&by_secret(&world, &robot, "openid").await);
    assert_eq!(put(&elsewhere, &own).await, 401);
    member(&world, &robot, None, json!([])).await;
    assert_eq!(put(&token, "instance").await, 403);
    world.command("LockClient", json!({"client": robot.client})).await;
    assert_eq!(put(&token, &own).await, 401);
    assert_eq!(by_secret(&world, &robot, SCOPE).await.status, 401);
    world.stop().await;
}

/// What the client signs for a token, with members changed.
fn assertion(world: &World, robot: &Robot, key: &Value, change: Value) -> String {
    let now = Utc::now().timestamp();
    let audience = format!("http://{}", world.host());
    let mut claims = json!({"iss": robot.client, "sub": robot.client, "aud": audience,
        "iat": now, "exp": now + 600});
    claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let kid = key["key"].as_str().map(str::to_owned);
    let header = Header { kid, ..Header::new(Algorithm::RS256) };
    let signing = EncodingKey::from_rsa_pem(PRIVATE_KEY.as_bytes()).unwrap();
    jsonwebtoken::encode(&header, &claims, &signing).unwrap()
}

async fn a_key_gets_a_token(database: Arc<Database>) {
    let world = World::start(&database).await;
    let robot = world.robot("machine").await;
    let body = json!({"client": robot.client, "publicKey": PUBLIC_KEY});
    let key = world.command("AddClientKey", body).await;
    let organization = &world.credentials.organization_id;
    member(&world, &robot, Some(organization), json!(["ORG_SETTINGS_MANAGER"])).await;
    let exchange = async |change: Value| {
        let assertion = assertion(&world, &robot, &key, change);
        let form = [("grant_type", JWT_BEARER), ("scope", SCOPE), ("assertion", &assertion)];
        asked(&world, &form).await
    };
    let token = text(&exchange(json!({})).await);
    let client = Client::of(&world).await;
    let flags = json!({"organizationId": organization, "userSchema": true});
    for over in Over::ALL {
        let outcome = client.call(over, ("v2", "SetOrganizationFeatures"), &token, &flags).await;
        assert_eq!(outcome.code, 0, "{over:?}: {outcome:?}");
    }
    let robot_2 = world.robot("another").await;
    for wrong in [
        json!({"aud": "https://elsewhere.example"}),
        json!({"exp": 1}),
        json!({"iat": 1}),
        json!({"iss": robot_2.client, "sub": robot_2.client}),
        json!({"sub": "somebody"}),
    ] {
        let reply = exchange(wrong.clone()).await;
        let expected = (400, &json!("invalid_grant"));
        assert_eq!((reply.status, &reply.body["error"]), expected, "{wrong}: {reply}");
    }
    let body = json!({"client": robot.client, "key": key["key"]});
    world.command("RemoveClientKey", body).await;
    assert_eq!(exchange(json!({})).await.body["error"], "invalid_grant");
    world.stop().await;
}

async fn bad_requests_get_no_token(database: Arc<Database>) {
    let world = World::start(&database).await;
    let robot = world.robot("machine").await;
    let events = world.events().await;
    let (id, secret) = (robot.capture.0.as_str(), robot.capture.1.as_str());
    let grant = ("grant_type", "client_credentials");
    let good = [grant, ("client_id", id), ("client_secret", secret), ("scope", SCOPE)];
    text(&asked(&world, &good).await);
    for (parameters, status, error) in [
        (vec![], 400, "invalid_request"),
        (vec![("grant_type", "password")], 400, "unsupported_grant_type"),
        (vec![("grant_type", JWT_BEARER)], 400, "invalid_request"),
        (vec![("grant_type", JWT_BEARER), ("assertion", "x.y.z")], 400, "invalid_grant"),
        (vec![grant], 401, "invalid_client"),
        (vec![grant, ("client_id", id), ("client_secret", "guess")], 401, "invalid_client"),
    ] {
        let reply = asked(&world, &parameters).await;
        assert_eq!((reply.status, &reply.body["error"]), (status, &json!(error)), "{reply}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn a_client_finds_its_way_from_the_discovery_document(database: Arc<Database>) {
    let world = World::start(&database).await;
    let get = async |path: &str| Reply::of(world.request("GET", path)).await;
    let found = get("/.well-known/openid-configuration").await;
    let issuer = format!("http://{}", world.host());
    assert_eq!(found.body["issuer"], issuer);
    assert_eq!(found.body["token_endpoint"], format!("{issuer}/oauth/v2/token"));
    assert_eq!(get("/oauth/v2/keys").await.body, json!({"keys": []}));
    let nowhere = get("/oauth/v2/authorize?client_id=x").await;
    assert_eq!(
        (nowhere.status, &nowhere.body["error"]),
        (400, &json!("unsupported_response_type"))
    );
    world.stop().await;
}
