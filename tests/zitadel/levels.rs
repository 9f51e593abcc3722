//! What flags do on each level, over REST: merging, resetting, inheriting, and where it shows.

use std::sync::Arc;

use chrono::DateTime;
use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    flags_are_set_shown_inherited_and_reset,
    each_level_overrides_the_one_above_it,
    nothing_set_is_not_found_where_nothing_is_inherited,
    unset_flags_of_the_instance_are_shown_empty,
);

pub(super) fn path(world: &World, version: &str) -> String {
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
    assert!(date.ends_with('Z') && DateTime::parse_from_rfc3339(date).is_ok(), "{date}");

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

    let reset = world.admin("DELETE", &path, Value::Null).await;
    assert_eq!((reset.status, &reset.body["details"]["sequence"]), (200, &json!("4")), "{reset}");
    let reset = world.admin("DELETE", &path, Value::Null).await;
    assert_eq!(reset.body["details"]["sequence"], "4", "nothing was set");
    world.stop().await;
}

/// What holds for a flag, by level from the outermost, as `value source`.
async fn seen(world: &World, flag: &str) -> Vec<String> {
    let (organization, user) = (&world.credentials.organization_id, &world.credentials.user_id);
    let mut seen = Vec::new();
    for level in
        ["system", "instance", &format!("organization/{organization}"), &format!("user/{user}")]
    {
        let target = format!("/v2/features/{level}?inheritance=true");
        let shown = world.admin("GET", &target, Value::Null).await;
        assert_eq!(shown.status, 200, "{shown}");
        let flag = &shown.body[flag];
        let source = flag["source"].as_str().unwrap_or("SOURCE_UNSPECIFIED");
        let source = source.trim_start_matches("SOURCE_").to_ascii_lowercase();
        seen.push(format!("{} {source}", flag["enabled"].as_bool().unwrap_or_default()));
    }
    seen
}

async fn each_level_overrides_the_one_above_it(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (organization, user) = (&world.credentials.organization_id, &world.credentials.user_id);
    let change = async |method: &str, level: &str, on: bool| {
        let body = if method == "PUT" { json!({"userSchema": on}) } else { Value::Null };
        let reply = world.admin(method, &format!("/v2/features/{level}"), body).await;
        assert_eq!(reply.status, 200, "{level}: {reply}");
        reply.body["details"]["resourceOwner"].as_str().unwrap().to_owned()
    };
    let (of_organization, of_user) =
        (format!("organization/{organization}"), format!("user/{user}"));
    assert_eq!(seen(&world, "userSchema").await, ["false unspecified"; 4]);
    let system = "true system";
    assert_eq!(change("PUT", "system", true).await, "SYSTEM");
    assert_eq!(seen(&world, "userSchema").await, [system; 4]);
    assert_eq!(change("PUT", "instance", false).await, "default");
    let instance = "false instance";
    assert_eq!(seen(&world, "userSchema").await, [system, instance, instance, instance]);
    assert_eq!(&change("PUT", &of_user, false).await, user);
    let own = "false user";
    assert_eq!(seen(&world, "userSchema").await, [system, instance, instance, own]);
    assert_eq!(&change("PUT", &of_organization, true).await, organization);
    let middle = "true organization";
    assert_eq!(seen(&world, "userSchema").await, [system, instance, middle, own]);
    change("DELETE", &of_user, false).await;
    assert_eq!(seen(&world, "userSchema").await, [system, instance, middle, middle]);
    change("DELETE", "instance", false).await;
    assert_eq!(seen(&world, "userSchema").await, [system, system, middle, middle]);
    change("DELETE", &of_organization, false).await;
    assert_eq!(seen(&world, "userSchema").await, [system; 4]);
    change("DELETE", "system", false).await;
    assert_eq!(seen(&world, "userSchema").await, ["false unspecified"; 4]);
    world.stop().await;
}

async fn nothing_set_is_not_found_where_nothing_is_inherited(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (organization, user) = (&world.credentials.organization_id, &world.credentials.user_id);
    for level in [format!("organization/{organization}"), format!("user/{user}")] {
        let target = format!("/v2beta/features/{level}");
        let nothing = world.admin("DELETE", &target, Value::Null).await;
        assert_eq!(nothing.status, 200, "{nothing}");
        let shown = world.admin("GET", &target, Value::Null).await;
        assert_eq!((shown.status, &shown.body["code"]), (404, &json!(5)), "{shown}");
        let inherited = world.admin("GET", &format!("{target}?inheritance=1"), Value::Null).await;
        assert_eq!((inherited.status, &inherited.body["details"]), (200, &nothing.body["details"]));
        world.admin("PUT", &target, json!({"loginV2": {"required": true}})).await;
        let shown = world.admin("GET", &target, Value::Null).await;
        assert_eq!(shown.body["loginV2"]["required"], true, "{shown}");
        world.admin("DELETE", &target, Value::Null).await;
        assert_eq!(world.admin("GET", &target, Value::Null).await.status, 404);
    }
    world.stop().await;
}

async fn unset_flags_of_the_instance_are_shown_empty(database: Arc<Database>) {
    let world = World::start(&database).await;
    for (version, count) in [("v2beta", 6), ("v2", 11)] {
        let shown = world.admin("GET", &format!("/{version}/features/instance"), Value::Null).await;
        assert_eq!(shown.status, 200, "{shown}");
        let mut flags = shown.body.as_object().unwrap().clone();
        let details = flags.remove("details").unwrap();
        assert_eq!(details["resourceOwner"], "default", "{details}");
        assert_eq!(flags.len(), count);
        assert!(flags.values().all(|flag| *flag == json!({})), "{flags:?}");
    }
    // What a version does not publish it neither sets nor shows.
    let login = json!({"loginV2": {"required": true, "base_uri": "https://login.acme.com"}});
    let target = "/v2beta/features/instance";
    assert_eq!(world.admin("PUT", target, login.clone()).await.status, 400);
    assert_eq!(world.admin("PUT", "/v2/features/instance", login).await.status, 200);
    let shown = world.admin("GET", target, Value::Null).await;
    assert!(shown.body.get("loginV2").is_none(), "{shown}");
    let shown = world.admin("GET", "/v2/features/instance", Value::Null).await;
    let login = json!({"required": true, "baseUri": "https://login.acme.com",
        "source": "SOURCE_INSTANCE"});
    assert_eq!(shown.body["loginV2"], login);
    world.stop().await;
}
