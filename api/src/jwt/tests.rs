//! Cases of tokens that are taken and of tokens that are not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::*;

const NOW: i64 = 1_767_268_800;
const SECRET: &str = "the tenant's own secret";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

fn claims() -> Claims {
    Claims {
        iss: ISSUERS[0].to_owned(),
        exp: NOW + 60,
        sub: Some("u-1".to_owned()),
        tenant_id: Some("default".to_owned()),
        roles: vec!["Admin".to_owned()],
        permissions: vec!["clients:list".to_owned()],
        ..Claims::default()
    }
}

fn check(claims: &Claims, expected: Result<(), JwtError>) {
    let token = mint(claims, SECRET).unwrap();
    assert_eq!(verify(&token, SECRET, Some("own"), now()).map(|_| ()), expected, "{claims:?}");
}

/// A token with any payload, signed as it should be.
fn signed(payload: &serde_json::Value) -> String {
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), payload, &key).unwrap()
}

#[test]
fn what_was_minted_is_read_back() {
    let token = mint(&claims(), SECRET).unwrap();
    let read = verify(&token, SECRET, None, now()).unwrap();
    assert_eq!(read, claims());
    assert!(read.has_role("admin") && !read.has_role("administrator"));
    assert!(read.has_permission("clients:list") && !read.has_permission("clients"));
    assert_eq!(claimed_tenant(&token).as_deref(), Ok("default"));
}

#[test]
fn time_issuer_and_audience_are_checked() {
    check(&claims(), Ok(()));
    check(&Claims { exp: NOW, ..claims() }, Err(JwtError::Expired));
    check(&Claims { nbf: Some(NOW), ..claims() }, Ok(()));
    check(&Claims { nbf: Some(NOW + 1), ..claims() }, Err(JwtError::NotYetValid));
    check(&Claims { iss: ISSUERS[1].to_owned(), ..claims() }, Ok(()));
    check(&Claims { iss: "own".to_owned(), ..claims() }, Ok(()));
    check(&Claims { iss: "elsewhere".to_owned(), ..claims() }, Err(JwtError::UntrustedIssuer));
    check(&Claims { aud: Some(json!("authsec-api")), ..claims() }, Ok(()));
    check(&Claims { aud: Some(json!(["x", "authsec-api"])), ..claims() }, Ok(()));
    check(&Claims { aud: Some(json!(["x"])), ..claims() }, Err(JwtError::OtherAudience));
}

#[test]
fn a_tenant_may_be_spelled_two_ways_but_not_contradict_itself() {
    let with = |tenant: Option<&str>, workspace: Option<&str>| Claims {
        tenant_id: tenant.map(str::to_owned),
        workspace_id: workspace.map(str::to_owned),
        ..claims()
    };
    check(&with(None, Some("default")), Ok(()));
    check(&with(Some(""), Some("default")), Ok(()));
    check(&with(Some("default"), Some("DEFAULT")), Ok(()));
    check(&with(Some("default"), Some("partner")), Err(JwtError::NoTenant));
    check(&with(None, None), Err(JwtError::NoTenant));
}

#[test]
fn missing_and_malformed_claims_are_refused() {
    for payload in [
        json!({"iss": ISSUERS[0], "tenant_id": "default"}),
        json!({"exp": NOW + 60, "tenant_id": "default"}),
        json!({"iss": ISSUERS[0], "exp": "soon", "tenant_id": "default"}),
        json!({"iss": ISSUERS[0], "exp": NOW + 60, "tenant_id": "default", "roles": "admin"}),
        json!(["not", "an", "object"]),
    ] {
        let result = verify(&signed(&payload), SECRET, None, now());
        assert_eq!(result, Err(JwtError::Malformed), "{payload}");
    }
    for garbage in ["", "a.b", "a.b.c", "....", "🐟.🐟.🐟"] {
        assert_eq!(verify(garbage, SECRET, None, now()), Err(JwtError::Malformed), "{garbage}");
        assert_eq!(claimed_tenant(garbage), Err(JwtError::Malformed), "{garbage}");
    }
}

#[test]
fn null_lists_and_both_spellings_of_scopes_are_read() {
    let payload = json!({
        "iss": ISSUERS[0], "exp": NOW + 60, "workspace_id": "default", "user_id": "u-2",
        "email_id": "a@b.example", "roles": null, "scopes": ["one"], "scope": "two three",
    });
    let read = verify(&signed(&payload), SECRET, None, now()).unwrap();
    assert_eq!(read.subject(), Some("u-2"));
    assert_eq!(read.email(), Some("a@b.example"));
    assert_eq!(read.scopes().collect::<Vec<_>>(), ["one", "two", "three"]);
}

#[test]
fn only_the_secret_and_the_algorithm_agreed_on_count() {
    let token = mint(&claims(), SECRET).unwrap();
    assert_eq!(verify(&token, "another", None, now()), Err(JwtError::SignatureMismatch));

    let (_, rest) = token.split_once('.').unwrap();
    let (payload, _) = rest.split_once('.').unwrap();
    let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    assert!(verify(&format!("{unsigned}.{payload}."), SECRET, None, now()).is_err());

    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let wider = jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims(), &key).unwrap();
    assert_eq!(verify(&wider, SECRET, None, now()), Err(JwtError::OtherAlgorithm));
}
