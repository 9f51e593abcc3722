//! Tokens and codes for records: who hands them out, what they are good for, and when they die.

use std::sync::Arc;

use serde_json::{Value, json};

use super::records::{client, record};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    issuers_need_a_feature_that_says_so,
    a_token_works_on_its_own_record_only,
    a_token_dies_with_its_client,
    a_code_is_exchanged_once,
    creation_and_verification_have_their_own_tokens,
    what_cannot_be_issued_is_refused
);

const USER: (&str, &str) = ("type_name", "user");
const URI: (&str, &str) = ("redirect_uri", "https://app.example/back");

/// What an issuer hands out.
async fn issued(world: &World, endpoint: &str, uuid: &str, for_client: &str) -> String {
    let parameters = [USER, ("uuid", uuid), ("for_client_id", for_client), URI];
    let reply = world.capture(endpoint, &parameters).await;
    let members = ["accessToken", "authorizationCode", "creation_token", "verification_code"];
    let text = members.iter().find_map(|member| reply.body[*member].as_str());
    text.unwrap_or_else(|| panic!("{reply}")).to_owned()
}

/// A call with a person's token.
async fn with_token(
    world: &World,
    token: &str,
    endpoint: &str,
    parameters: &[(&str, &str)],
) -> Reply {
    let request = world.request("POST", endpoint).header("authorization", format!("OAuth {token}"));
    Reply::of(request.form(parameters)).await
}

async fn issuers_need_a_feature_that_says_so(database: Arc<Database>) {
    let world = World::start(&database).await;
    let uuid = record(&world, json!({"displayName": "Ada"})).await;
    let other = world.credentials.capture.plain_client_id.as_str();
    for (features, own, others, codes) in [
        (&[][..], false, false, false),
        (&["login_client"], false, false, false),
        (&["direct_read_access"], false, false, false),
        (&["direct_access"], true, false, false),
        (&["access_issuer"], true, true, true),
        (&["owner"], true, true, true),
    ] {
        let (id, secret) = client(&world, features).await;
        let asked = async |endpoint: &str, for_client: Option<&str>| {
            let mut parameters = vec![USER, ("uuid", uuid.as_str()), URI];
            parameters.extend(for_client.map(|id| ("for_client_id", id)));
            let reply = world.capture_as((&id, &secret), endpoint, &parameters).await;
            assert!(reply.body["stat"] == "ok" || reply.body["code"] == 403, "{reply}");
            reply.body["stat"] == "ok"
        };
        let token = "/access/getAccessToken";
        assert_eq!(asked(token, None).await, own, "{features:?}");
        assert_eq!(asked(token, Some(&id)).await, own, "{features:?}");
        assert_eq!(asked(token, Some(other)).await, others, "{features:?}");
        for endpoint in ["getAuthorizationCode", "getCreationToken", "getVerificationCode"] {
            let endpoint = format!("/access/{endpoint}");
            assert_eq!(asked(&endpoint, Some(other)).await, codes, "{endpoint} {features:?}");
        }
    }
    world.stop().await;
}

async fn a_token_works_on_its_own_record_only(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ada = record(&world, json!({"displayName": "Ada", "email": "ada@example.com"})).await;
    let bob = record(&world, json!({"displayName": "Bob"})).await;
    let attributes = ("attributes", r#"{"displayName":"Lady"}"#);
    for (features, reads, writes) in [
        (&[][..], false, false),
        (&["access_issuer"], false, false),
        (&["direct_read_access"], true, false),
        (&["direct_access"], true, true),
        (&["login_client"], true, true),
    ] {
        let (id, _) = client(&world, features).await;
        let token = issued(&world, "/access/getAccessToken", &ada, &id).await;
        let shown = with_token(&world, &token, "/entity", &[USER]).await;
        assert_eq!(shown.body["result"]["uuid"] == *ada, reads, "{features:?}: {shown}");
        let same = with_token(&world, &token, "/entity", &[USER, ("uuid", &ada)]).await;
        assert_eq!(same.body["stat"] == "ok", reads);
        let other = with_token(&world, &token, "/entity", &[USER, ("uuid", &bob)]).await;
        assert_eq!(other.body["code"], 403, "{other}");
        let changed = with_token(&world, &token, "/entity.update", &[USER, attributes]).await;
        assert_eq!(changed.body["stat"] == "ok", writes, "{features:?}: {changed}");
        let made = with_token(&world, &token, "/entity.create", &[USER, attributes]).await;
        assert_eq!(made.body["code"], 403, "{made}");
        // A token in a parameter is as good; never is it enough for clients and settings.
        let named = [USER, ("access_token", token.as_str())];
        let named = Reply::of(world.request("POST", "/entity").form(&named)).await;
        assert_eq!(named.body["stat"] == "ok", reads);
        for endpoint in ["/clients/list", "/settings/items", "/access/getAccessToken"] {
            let reply = with_token(&world, &token, endpoint, &[USER]).await;
            assert_eq!(reply.body["code"], 205, "{endpoint}: {reply}");
        }
    }
    // A schema for tokens narrows tokens, and no others.
    let (id, secret) = client(&world, &["direct_access"]).await;
    for (kind, paths) in [("read_with_token", r#"["displayName"]"#), ("write_with_token", "[]")] {
        let schema = [USER, ("for_client_id", &*id), ("access_type", kind), ("attributes", paths)];
        let set = world.capture("/entityType.setAccessSchema", &schema).await;
        assert_eq!(set.body["stat"], "ok", "{set}");
    }
    let token = issued(&world, "/access/getAccessToken", &ada, &id).await;
    let shown = with_token(&world, &token, "/entity", &[USER]).await;
    assert_eq!(shown.body["result"], json!({"displayName": "Lady"}));
    let changed = with_token(&world, &token, "/entity.update", &[USER, attributes]).await;
    assert_eq!(changed.body["code"], 223, "{changed}");
    let direct = [USER, ("uuid", ada.as_str()), attributes];
    let direct = world.capture_as((&id, &secret), "/entity.update", &direct).await;
    assert_eq!(direct.body, json!({"stat": "ok"}));
    world.stop().await;
}

async fn a_token_dies_with_its_client(database: Arc<Database>) {
    let world = World::start(&database).await;
    let uuid = record(&world, json!({})).await;
    for end in ["lock", "reset", "grace", "delete"] {
        let (id, _) = client(&world, &["login_client"]).await;
        let native = world.admin("GET", "/v1/tenants/default/clients", Value::Null).await;
        let all = native.body["clients"].as_array().unwrap();
        let native = all.iter().find(|it| it["captureId"] == *id).unwrap()["client"].clone();
        let token = issued(&world, "/access/getAccessToken", &uuid, &id).await;
        let works = async || {
            let reply = with_token(&world, &token, "/entity", &[USER]).await;
            assert!(reply.body["stat"] == "ok" || reply.body["code"] == 414, "{end}: {reply}");
            reply.body["stat"] == "ok"
        };
        assert!(works().await);
        let reset = [("for_client_id", id.as_str()), ("hours_to_live", "1")];
        match end {
            "lock" => drop(world.command("LockClient", json!({"client": native})).await),
            "delete" => {
                let named = [("client_id_for_deletion", id.as_str())];
                let gone = world.capture("/clients/delete", &named).await;
                assert_eq!(gone.body, json!({"stat": "ok"}));
            }
            "grace" => {
                world.capture("/clients/reset_secret", &reset).await;
                assert!(works().await, "as long as the former secret");
                world.capture("/clients/reset_secret", &reset[..1]).await;
            }
            _ => drop(world.capture("/clients/reset_secret", &reset[..1]).await),
        }
        assert!(!works().await, "{end}");
    }
    for wrong in ["x", &"a".repeat(48), &"ä".repeat(24), "cht_0123456789abcdef_x"] {
        let request = world.request("POST", "/entity").form(&[USER, ("access_token", wrong)]);
        let reply = Reply::of(request).await;
        assert_eq!(reply.body["code"], 402, "{wrong}: {reply}");
    }
    world.stop().await;
}

async fn exchanged(
    world: &World,
    (id, secret): (&str, &str),
    parameters: &[(&str, &str)],
) -> Reply {
    let request = world.request("POST", "/oauth/token").basic_auth(id, Some(secret));
    Reply::of(request.form(parameters)).await
}

async fn a_code_is_exchanged_once(database: Arc<Database>) {
    let world = World::start(&database).await;
    let uuid = record(&world, json!({"displayName": "Ada"})).await;
    let (id, secret) = client(&world, &["login_client"]).await;
    let held = (id.as_str(), secret.as_str());
    let other = client(&world, &["login_client"]).await;
    let code = issued(&world, "/access/getAuthorizationCode", &uuid, &id).await;
    let grant = ("grant_type", "authorization_code");
    let events = world.events().await;
    let with = |code, uri| [grant, ("code", code), ("redirect_uri", uri)];
    for (client, parameters, status, code, error, sub_error) in [
        (held, with("x", URI.1), 400, 413, "invalid_grant", "no_access_grant"),
        (held, with(&code, "https://x"), 400, 420, "invalid_grant", "redirect_uri_mismatch"),
        ((&other.0, &*other.1), with(&code, URI.1), 400, 413, "invalid_grant", "no_access_grant"),
        (held, with(&code, ""), 400, 100, "invalid_request", "missing_argument"),
        (
            held,
            [("grant_type", "password"), ("code", &code), URI],
            400,
            200,
            "unsupported_grant_type",
            "invalid_argument",
        ),
        (
            (&id, "guess"),
            with(&code, URI.1),
            401,
            402,
            "invalid_client",
            "invalid_client_credentials",
        ),
    ] {
        let reply = exchanged(&world, client, &parameters).await;
        let found = (reply.status, &reply.body["code"], &reply.body["error"]);
        assert_eq!(found, (status, &json!(code), &json!(error)), "{reply}");
        assert_eq!(reply.body["sub_error"], sub_error, "{reply}");
        if code == 420 {
            let values = (&reply.body["expected_value"], &reply.body["supplied_value"]);
            assert_eq!(values, (&json!(URI.1), &json!("https://x")));
        }
    }
    assert_eq!(world.events().await, events);
    // The client may come with its id and secret as parameters, too.
    let mut all = with(&code, URI.1).to_vec();
    all.extend([("client_id", held.0), ("client_secret", held.1)]);
    let reply = Reply::of(world.request("POST", "/oauth/token").form(&all)).await;
    assert_eq!((reply.status, &reply.body["expires_in"]), (200, &json!(3600)), "{reply}");
    let token = reply.body["access_token"].as_str().unwrap();
    let shown = with_token(&world, token, "/entity", &[USER]).await;
    assert_eq!(shown.body["result"]["displayName"], "Ada", "{shown}");
    let again = exchanged(&world, held, &with(&code, URI.1)).await;
    assert_eq!(again.body["code"], 413, "{again}");
    // A code is no token.
    let code = issued(&world, "/access/getAuthorizationCode", &uuid, &id).await;
    assert_eq!(with_token(&world, &code, "/entity", &[USER]).await.body["code"], 402);
    world.stop().await;
}

async fn creation_and_verification_have_their_own_tokens(database: Arc<Database>) {
    let world = World::start(&database).await;
    let uuid = record(&world, json!({})).await;
    let (id, _) = client(&world, &["login_client"]).await;
    let token = issued(&world, "/access/getCreationToken", &uuid, &id).await;
    let attributes = ("attributes", r#"{"displayName":"New"}"#);
    let made = with_token(&world, &token, "/entity.create", &[USER, attributes]).await;
    assert_eq!(made.body["stat"], "ok", "{made}");
    for endpoint in ["/entity", "/entity.update"] {
        let parameters = [USER, ("uuid", uuid.as_str()), attributes];
        let reply = with_token(&world, &token, endpoint, &parameters[..2]).await;
        assert_eq!(reply.body["code"], if endpoint == "/entity" { 403 } else { 100 }, "{reply}");
        let reply = with_token(&world, &token, "/entity.update", &parameters).await;
        assert_eq!(reply.body["code"], 403, "{reply}");
    }
    let code = issued(&world, "/access/getVerificationCode", &uuid, &id).await;
    let named = [("verification_code", code.as_str())];
    let used = world.capture("/access/useVerificationCode", &named).await;
    assert_eq!(used.body, json!({"stat": "ok", "uuid": uuid}));
    for wrong in [code.as_str(), "x", token.as_str()] {
        let named = [("verification_code", wrong)];
        let reply = world.capture("/access/useVerificationCode", &named).await;
        assert_eq!(reply.body["argument_name"], "verification_code", "{reply}");
    }
    world.stop().await;
}

async fn what_cannot_be_issued_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let uuid = record(&world, json!({})).await;
    let (events, of) = (world.events().await, ("uuid", uuid.as_str()));
    let nobody = ("uuid", "0195a1b2-c3d4-4e5f-8a6b-7c8d9e0f1a2c");
    for (endpoint, parameters, code) in [
        ("getAccessToken", vec![of], 100),
        ("getAccessToken", vec![USER], 100),
        ("getAccessToken", vec![("type_name", "animal"), of], 222),
        ("getAccessToken", vec![USER, of, ("id", "1")], 201),
        ("getAccessToken", vec![USER, nobody], 310),
        ("getAccessToken", vec![USER, of, ("for_client_id", "nobody")], 200),
        ("getAuthorizationCode", vec![USER, of], 100),
        ("getAuthorizationCode", vec![USER, of, URI, ("transaction_state", "{oops")], 200),
        ("getAuthorizationCode", vec![USER, of, URI, ("lifetime", "soon")], 200),
        ("getAuthorizationCode", vec![USER, of, URI, ("lifetime", "0")], 200),
        ("getCreationToken", vec![USER, ("lifetime", "99999999999")], 200),
        ("getVerificationCode", vec![USER, nobody], 310),
        ("useVerificationCode", vec![], 100),
    ] {
        let reply = world.capture(&format!("/access/{endpoint}"), &parameters).await;
        let found = (reply.status, &reply.body["code"]);
        assert_eq!(found, (200, &json!(code)), "{endpoint} {parameters:?}: {reply}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}
