//! Web tokens of an issuer that the operator trusts, checked with its keys or with a secret.

use std::sync::Arc;

use api::jwt::{TrustedIssuer, TrustedKeys};
use api::settings::Settings;
use chrono::Utc;
use domain::TenantId;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::machines::PRIVATE_KEY;
use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(a_key_set_vouches_for_people, a_secret_vouches_for_people);

const ISSUER: &str = "https://id.acme.com";
const SECRET: &str = "a secret that is long enough, surely";

fn settings(algorithm: Algorithm, keys: TrustedKeys) -> Settings {
    let (issuer, audience) = (ISSUER.to_owned(), "zitadel".to_owned());
    let tenant = TenantId::new("default").unwrap();
    let trusted = TrustedIssuer { issuer, audience, tenant, algorithm, keys };
    Settings { trusted_issuer: Some(trusted), ..Settings::default() }
}

fn signed(header: &Header, key: &EncodingKey, change: Value) -> String {
    let exp = Utc::now().timestamp() + 600;
    let roles = json!({"IAM_OWNER": {"1": "acme.com"}});
    let mut claims = json!({"iss": ISSUER, "sub": "ada", "aud": ["zitadel", "7"], "exp": exp,
        "urn:zitadel:iam:org:project:roles": roles});
    claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    jsonwebtoken::encode(header, &claims, key).unwrap()
}

/// Answers of setting an instance's flag.
async fn check(world: &World, header: &Header, key: &EncodingKey) {
    for (change, status) in [
        (json!({}), 200),
        (json!({"urn:zitadel:iam:org:project:roles": {}}), 403),
        (json!({"urn:zitadel:iam:org:project:roles": {}, "roles": ["IAM_OWNER"]}), 200),
        (json!({"aud": "other"}), 401),
        (json!({"exp": 1}), 401),
        (json!({"iss": "https://id.evil.com"}), 401),
        (json!({"sub": null}), 401),
    ] {
        let token = signed(header, key, change.clone());
        let set = json!({"userSchema": true});
        let reply = world.bearer(&token, "PUT", "/v2/features/instance", set).await;
        assert_eq!(reply.status, status, "{change}: {reply}");
    }
    let beyond = signed(header, key, json!({"roles": ["SYSTEM_OWNER"]}));
    let set = json!({"userSchema": true});
    let reply = world.bearer(&beyond, "PUT", "/v2/features/system", set.clone()).await;
    assert_eq!(reply.status, 403, "{reply}");

    // A subject that the tenant knows has its own roles beside those of the claims.
    let user = &world.credentials.user_id;
    let organization = &world.credentials.organization_id;
    let body = json!({"member": {"user": user}, "organization": organization,
        "roles": ["ORG_USER_MANAGER"]});
    world.command("SetMembership", body).await;
    let change = json!({"sub": user, "urn:zitadel:iam:org:project:roles": {}});
    let token = signed(header, key, change);
    let path = format!("/v2/features/user/{user}");
    assert_eq!(world.bearer(&token, "PUT", &path, set).await.status, 200);
}

async fn a_key_set_vouches_for_people(database: Arc<Database>) {
    let key = EncodingKey::from_rsa_pem(PRIVATE_KEY.as_bytes()).unwrap();
    let mut jwk = Jwk::from_encoding_key(&key, Algorithm::RS256).unwrap();
    jwk.common.key_id = Some("k1".to_owned());
    let keys = TrustedKeys::Set(JwkSet { keys: vec![jwk] });
    let world = World::start_with(&database, settings(Algorithm::RS256, keys)).await;
    let header = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::RS256) };
    check(&world, &header, &key).await;
    let other = Header { kid: Some("k2".to_owned()), ..header };
    let token = signed(&other, &key, json!({}));
    let reply = world.bearer(&token, "GET", "/v2/features/instance", Value::Null).await;
    assert_eq!(reply.status, 401, "{reply}");
    world.stop().await;
}

async fn a_secret_vouches_for_people(database: Arc<Database>) {
    let keys = TrustedKeys::Secret(SECRET.to_owned());
    let world = World::start_with(&database, settings(Algorithm::HS256, keys)).await;
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    check(&world, &Header::new(Algorithm::HS256), &key).await;
    let other = signed(&Header::new(Algorithm::HS512), &key, json!({}));
    let reply = world.bearer(&other, "GET", "/v2/features/instance", Value::Null).await;
    assert_eq!(reply.status, 401, "{reply}");
    world.stop().await;
}
