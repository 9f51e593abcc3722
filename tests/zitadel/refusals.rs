//! What is refused over REST, with which code and id, and that nothing is written then.

use std::sync::Arc;

use serde_json::{Value, json};

use super::levels::path;
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    refusals_have_their_codes_and_ids,
    the_two_versions_differ_in_what_they_need,
    a_header_keeps_a_call_to_one_organization,
);

async fn refusals_have_their_codes_and_ids(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    let path = path(&world, "v2beta");
    let instance = "/v2/features/instance".to_owned();
    let unknown = "/v2beta/features/organization/1";
    let stranger = "/v2/features/user/1";
    let long = format!("/v2beta/features/organization/{}", "x".repeat(201));
    let (admin, viewer) = (&world.credentials.bearer.admin, &world.credentials.bearer.viewer);
    for (token, path, body, status, code, id) in [
        (admin, path.as_str(), json!({"userSchema": "yes"}), 400, 3, None),
        (admin, &path, json!({"userSchema": true, "user_schema": true}), 400, 3, None),
        (admin, &path, json!({"improvedPerformance": [9]}), 400, 3, None),
        (admin, &path, json!({"improvedPerformance": [0]}), 400, 3, None),
        (admin, &path, json!({"improvedPerformance": [3, 3]}), 400, 3, None),
        (admin, &path, json!({"loginV2": {"baseUri": "nowhere"}}), 400, 3, None),
        (admin, &path, json!([]), 400, 3, None),
        (admin, &instance, json!({}), 400, 3, Some("COMMAND-Vigh1")),
        (admin, &instance, json!({"nothing": 1}), 400, 3, Some("COMMAND-Vigh1")),
        (admin, &long, json!({}), 400, 3, None),
        (admin, unknown, json!({}), 404, 5, Some("ORG-1p9wz")),
        (admin, stranger, json!({}), 404, 5, Some("USER-4m9gs")),
        (viewer, &path, json!({}), 403, 7, Some("AUTH-5mWD2")),
        (&"cht_a_b".to_owned(), &path, json!({}), 401, 16, Some("AUTH-7fs1e")),
    ] {
        let reply = world.bearer(token, "PUT", path, body).await;
        assert_eq!((reply.status, &reply.body["code"]), (status, &json!(code)), "{reply}");
        assert!(reply.body["message"].is_string());
        let detail = &reply.body["details"][0];
        assert_eq!(detail["id"].as_str(), id, "{reply}");
        if id.is_some() {
            assert_eq!(detail["@type"], "type.googleapis.com/zitadel.v1.ErrorDetail");
        }
    }
    let stranger = Reply::of(world.request("PUT", &path).json(&json!({}))).await;
    assert_eq!(stranger.body, json!({"code": 16, "message": "auth header missing", "details": []}));
    let broken = world.request("PUT", &path).bearer_auth(admin).body("{");
    assert_eq!(Reply::of(broken).await.status, 400);
    let neither = format!("{path}?inheritance=maybe");
    assert_eq!(world.admin("GET", &neither, Value::Null).await.status, 400);
    for (method, target, rpc) in [
        ("PUT", path.as_str(), "v2beta.FeatureService/SetOrganizationFeatures"),
        ("DELETE", "/v2/features/user/1", "v2.FeatureService/ResetUserFeatures"),
        ("GET", "/v2/features/instance", "v2.FeatureService/GetInstanceFeatures"),
    ] {
        for kind in ["application/grpc", "application/grpc-web+proto"] {
            let grpc =
                world.request(method, target).bearer_auth(admin).header("content-type", kind);
            let grpc = Reply::of(grpc).await;
            assert_eq!(grpc.status, 415, "{grpc}");
            let said = grpc.body["message"].as_str().unwrap();
            assert!(said.ends_with(&format!("/zitadel.feature.{rpc}")), "{grpc}");
        }
    }
    let wrong = world.admin("POST", &path, json!({})).await;
    assert_eq!((wrong.status, &wrong.body["code"]), (405, &json!(12)), "{wrong}");
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn token(world: &World, name: &str, rights: Value, organization: Option<&str>) -> String {
    let body = json!({"name": name, "rights": rights, "organization": organization});
    let issued = world.command("IssueToken", body).await;
    issued["secret"].as_str().unwrap().to_owned()
}

async fn the_two_versions_differ_in_what_they_need(database: Arc<Database>) {
    let world = World::start(&database).await;
    let organization = world.credentials.organization_id.as_str();
    let writer = token(&world, "writer", json!(["org.feature.write"]), None).await;
    let deleter = token(&world, "deleter", json!(["org.feature.delete"]), None).await;
    let member = token(&world, "member", json!([]), Some(organization)).await;
    let other = world.command("CreateOrganization", json!({"name": "Other"})).await;
    let outsider = token(&world, "outsider", json!([]), other["organization"].as_str()).await;
    let path = |version: &str| format!("{}?inheritance=true", path(&world, version));
    for (token, version, method, status) in [
        (&writer, "v2beta", "DELETE", 200),
        (&writer, "v2", "DELETE", 403),
        (&deleter, "v2beta", "DELETE", 403),
        (&deleter, "v2", "DELETE", 200),
        (&member, "v2beta", "GET", 403),
        (&member, "v2", "GET", 200),
        (&outsider, "v2", "GET", 404),
        (&writer, "v2", "GET", 403),
    ] {
        let reply = world.bearer(token, method, &path(version), Value::Null).await;
        assert_eq!(reply.status, status, "{method} {version}: {reply}");
    }
    let user = &world.credentials.user_id;
    let body = json!({"name": "self", "rights": [], "holder": {"user": user}});
    let myself = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    for (token, target, status) in [
        (&myself, format!("/v2/features/user/{user}?inheritance=true"), 200),
        (&myself, path("v2"), 200),
        (&myself, format!("/v2beta/features/user/{user}?inheritance=true"), 403),
        (&writer, format!("/v2/features/user/{user}?inheritance=true"), 403),
        (&writer, "/v2/features/instance".to_owned(), 200),
        (&writer, "/v2/features/system".to_owned(), 200),
        (&writer, "/v2beta/features/instance".to_owned(), 403),
        (&writer, "/v2beta/features/system".to_owned(), 403),
    ] {
        let reply = world.bearer(token, "GET", &target, Value::Null).await;
        assert_eq!(reply.status, status, "{target}: {reply}");
    }
    world.stop().await;
}

async fn a_header_keeps_a_call_to_one_organization(database: Arc<Database>) {
    let world = World::start(&database).await;
    let own = world.credentials.organization_id.as_str();
    let other = world.command("CreateOrganization", json!({"name": "Other"})).await;
    let other = other["organization"].as_str().unwrap().to_owned();
    let rights = json!(["org.feature.write", "iam.feature.write", "user.feature.write"]);
    let confined = token(&world, "confined", rights, Some(own)).await;
    let admin = &world.credentials.bearer.admin;
    let (path, user) =
        (path(&world, "v2"), format!("/v2/features/user/{}", world.credentials.user_id));
    let (instance, flags) = ("/v2/features/instance", json!({"userSchema": true}));
    for (token, scope, target, status) in [
        (admin, own, path.as_str(), 200),
        (admin, other.as_str(), &path, 404),
        (admin, "nobody", &path, 403),
        (admin, other.as_str(), &user, 404),
        (admin, other.as_str(), instance, 200),
        (&confined, own, &path, 200),
        (&confined, "", &user, 200),
        (&confined, other.as_str(), &path, 403),
        (&confined, "", instance, 403),
    ] {
        let request = world.request("PUT", target).bearer_auth(token);
        let reply = Reply::of(request.header("x-zitadel-orgid", scope).json(&flags)).await;
        assert_eq!(reply.status, status, "{scope} {target}: {reply}");
    }
    let foreign = format!("/v2/features/organization/{other}");
    let reply = world.bearer(&confined, "PUT", &foreign, json!({})).await;
    assert_eq!(reply.status, 404, "{reply}");
    world.stop().await;
}
