//! The Zitadel dialect as REST JSON.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    flags_are_set_shown_inherited_and_reset,
    refusals_have_their_codes_and_ids,
    the_two_versions_differ_in_what_they_need,
);

fn path(world: &World, version: &str) -> String {
    format!("/{version}/features/organization/{}", world.credentials.organization_id)
}

async fn flags_are_set_shown_inherited_and_reset(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = path(&world, "v2beta");
    let organization = world.credentials.organization_id.clone();
    let nothing = world.admin("PUT", &path, json!({})).await;
    assert_eq!(nothing.status, 200, "{nothing}");
    let details = &nothing.body["details"];
    assert_eq!(
        (&details["sequence"], &details["resourceOwner"]),
        (&json!("1"), &json!(organization))
    );
    let date = details["changeDate"].as_str().unwrap();
    assert!(date.len() == "2026-01-01T00:00:00.000000Z".len() && date.ends_with('Z'), "{date}");

    let flags = json!({
        "loginDefaultOrg": true, "user_schema": false, "unknown": 7, "organizationId": "other",
        "improvedPerformance": [3, "IMPROVED_PERFORMANCE_USER_GRANT"],
    });
    let set = world.admin("PUT", &path, flags.clone()).await;
    assert_eq!((set.status, &set.body["details"]["sequence"]), (200, &json!("3")), "{set}");
    let again = world.admin("PUT", &path, flags).await;
    assert_eq!(again.body, set.body, "nothing changed");
    let shown = world.admin("GET", &path, Value::Null).await;
    assert_eq!(shown.body["details"], set.body["details"]);
    let own = "SOURCE_ORGANIZATION";
    assert_eq!(shown.body["loginDefaultOrg"], json!({"enabled": true, "source": own}));
    assert_eq!(shown.body["userSchema"], json!({"source": own}));
    let paths = json!(["IMPROVED_PERFORMANCE_PROJECT", "IMPROVED_PERFORMANCE_USER_GRANT"]);
    assert_eq!(shown.body["improvedPerformance"]["executionPaths"], paths);

    let above = json!({"level": "instance", "flags": {"loginV2": {"required": true}}});
    world.command("SetFeatures", above).await;
    let above = json!({"level": "system", "flags": {"debugOidcParentError": true}});
    let system = "/v1/tenants/system/commands/SetFeatures";
    assert_eq!(world.admin("POST", system, above).await.status, 200);
    let all = world.admin("GET", &format!("{path}?inheritance=true"), Value::Null).await;
    assert_eq!(
        all.body["loginV2"],
        json!({"required": true, "source": "SOURCE_INSTANCE"}),
        "{all}"
    );
    assert_eq!(all.body["debugOidcParentError"]["source"], "SOURCE_SYSTEM");
    assert_eq!(all.body["loginDefaultOrg"]["source"], own);

    let reset = world.admin("DELETE", &path, Value::Null).await;
    assert_eq!((reset.status, &reset.body["details"]["sequence"]), (200, &json!("4")), "{reset}");
    let reset = world.admin("DELETE", &path, Value::Null).await;
    assert_eq!(reset.body["details"]["sequence"], "4", "nothing was set");
    let shown = world.admin("GET", &path, Value::Null).await;
    assert_eq!(shown.body, json!({"details": reset.body["details"]}));
    world.stop().await;
}

async fn refusals_have_their_codes_and_ids(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    let path = path(&world, "v2beta");
    let unknown = "/v2beta/features/organization/1";
    let long = format!("/v2beta/features/organization/{}", "x".repeat(201));
    let (admin, viewer) = (&world.credentials.bearer.admin, &world.credentials.bearer.viewer);
    for (token, path, body, status, code, id) in [
        (admin, path.as_str(), json!({"userSchema": "yes"}), 400, 3, None),
        (admin, &path, json!({"userSchema": true, "user_schema": true}), 400, 3, None),
        (admin, &path, json!({"improvedPerformance": [9]}), 400, 3, None),
        (admin, &path, json!({"loginV2": {"baseUri": "nowhere"}}), 400, 3, None),
        (admin, &path, json!([]), 400, 3, None),
        (admin, &long, json!({}), 400, 3, None),
        (admin, unknown, json!({}), 404, 5, Some("ORG-1p9wz")),
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
    for kind in ["application/grpc", "application/grpc-web+proto"] {
        let grpc = world.request("PUT", &path).bearer_auth(admin).header("content-type", kind);
        let grpc = Reply::of(grpc).await;
        let rpc = "/zitadel.feature.v2beta.FeatureService/SetOrganizationFeatures";
        assert_eq!(grpc.status, 415, "{grpc}");
        assert!(grpc.body["message"].as_str().unwrap().contains(rpc), "{grpc}");
    }
    let wrong = world.admin("POST", &path, json!({})).await;
    assert_eq!((wrong.status, &wrong.body["code"]), (405, &json!(12)), "{wrong}");
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn the_two_versions_differ_in_what_they_need(database: Arc<Database>) {
    let world = World::start(&database).await;
    let organization = world.credentials.organization_id.as_str();
    let token = async |name: &str, rights: Value, organization: Option<&str>| {
        let body = json!({"name": name, "rights": rights, "organization": organization});
        let issued = world.command("IssueToken", body).await;
        issued["secret"].as_str().unwrap().to_owned()
    };
    let writer = token("writer", json!(["org.feature.write"]), None).await;
    let deleter = token("deleter", json!(["org.feature.delete"]), None).await;
    let member = token("member", json!([]), Some(organization)).await;
    let other = world.command("CreateOrganization", json!({"name": "Other"})).await;
    let outsider = token("outsider", json!([]), other["organization"].as_str()).await;
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
        let reply = world.bearer(token, method, &path(&world, version), Value::Null).await;
        assert_eq!(reply.status, status, "{method} {version}: {reply}");
    }
    world.stop().await;
}
