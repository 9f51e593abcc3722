//! Roles, and what they can be put together from.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{IAM, Reply, World};

on_both_stores!(
    roles_are_created_shown_edited_and_deleted,
    lists_count_and_show_who_holds_a_role,
    roles_that_cannot_be_are_refused_and_write_nothing,
    an_edit_holds_at_once_for_clients_with_the_role,
    nobody_puts_into_a_role_what_they_do_not_hold,
);

const ROLES: &str = "/user-admin/roles";

fn granted(ids: &[i64]) -> Value {
    ids.iter().map(|id| json!({"grantedRoleId": id})).collect()
}

/// A custom role of that name that grants these.
async fn create(world: &World, name: &str, ids: &[i64]) -> Reply {
    let body = json!({"roleName": name, "roleDescription": "does", "grantedRoles": granted(ids)});
    let made = world.akamai("POST", ROLES, body).await;
    assert_eq!(made.status, 201, "{made}");
    made
}

fn path_of(role: &Value) -> String {
    format!("{ROLES}/{}", role["roleId"])
}

fn ids(role: &Value) -> Vec<i64> {
    let granted = role["grantedRoles"].as_array().unwrap();
    granted.iter().map(|entry| entry["grantedRoleId"].as_i64().unwrap()).collect()
}

async fn named(world: &World, name: &str) -> Value {
    let path = format!("{ROLES}?actions=true&users=true&ignoreContext=true");
    let all = world.akamai("GET", &path, Value::Null).await;
    let roles = all.body.as_array().unwrap_or_else(|| panic!("{all}"));
    roles.iter().find(|role| role["roleName"] == name).unwrap_or(&Value::Null).clone()
}

/// The newest event of the default tenant.
async fn newest(world: &World) -> Value {
    let all = world.admin("GET", "/v1/tenants/default/events?limit=1000", Value::Null).await;
    all.body["events"].as_array().unwrap().last().unwrap().clone()
}

async fn roles_are_created_shown_edited_and_deleted(database: Arc<Database>) {
    let world = World::start(&database).await;
    let catalogue = format!("{ROLES}/grantable-roles");
    let catalogue = world.akamai("GET", &catalogue, Value::Null).await;
    let entries = catalogue.body.as_array().unwrap();
    assert!(catalogue.status == 200 && entries.len() >= 5, "{catalogue}");
    assert!(entries.is_sorted_by_key(|entry| entry["grantedRoleId"].as_i64()));
    for member in ["grantedRoleName", "grantedRoleDescription"] {
        assert!(
            entries.iter().all(|entry| entry[member].as_str().is_some_and(|it| !it.is_empty()))
        );
    }

    let made = create(&world, "Planner", &[1005, 1001, 1005]).await;
    let role = path_of(&made.body);
    assert_eq!(made.header("location"), format!("{IAM}{role}"));
    assert_eq!((&made.body["type"], ids(&made.body)), (&json!("custom"), vec![1001, 1005]));
    assert_eq!(made.body["createdBy"], "ada@acme.example", "{made}");
    assert_eq!(made.body["grantedRoles"][0], entries[0]);
    assert_eq!(made.body["actions"], json!({"edit": true, "delete": true}));
    assert_eq!(newest(&world).await["type"], "role.created");

    let shown = world.akamai("GET", &role, Value::Null).await;
    assert_eq!((shown.status, &shown.body["roleName"]), (200, &json!("Planner")), "{shown}");
    for section in ["actions", "grantedRoles", "users"] {
        assert!(shown.body.get(section).is_none(), "{section} only when asked for: {shown}");
    }
    let all = format!("{role}?actions=true&grantedRoles=true&users=true");
    let shown = world.akamai("GET", &all, Value::Null).await;
    assert_eq!((ids(&shown.body), &shown.body["users"]), (vec![1001, 1005], &json!([])));

    let edited = world.akamai("PUT", &role, json!({"grantedRoles": granted(&[1002])})).await;
    assert_eq!((edited.status, ids(&edited.body)), (200, vec![1002]), "{edited}");
    assert_eq!(edited.body["roleName"], "Planner", "what is left out stays");
    let event = newest(&world).await;
    assert_eq!(event["type"], "role.edited");
    let payload = &event["payload"];
    assert_eq!(payload["before"]["granted_roles"], json!([1001, 1005]), "{event}");
    assert_eq!(payload["after"]["permissions"], json!(["group.admin"]));
    let renamed = json!({"roleName": "Mapper", "roleDescription": "maps", "grantedRoles": null});
    let renamed = world.akamai("PUT", &role, renamed).await;
    assert_eq!((&renamed.body["roleName"], ids(&renamed.body)), (&json!("Mapper"), vec![1002]));
    let events = world.events().await;
    assert_eq!(world.akamai("PUT", &role, json!({"roleName": "Mapper"})).await.status, 200);
    assert_eq!(world.events().await, events, "what is so already does not change");

    let gone = world.akamai("DELETE", &role, Value::Null).await;
    assert_eq!((gone.status, &gone.body), (204, &Value::Null), "{gone}");
    assert_eq!(newest(&world).await["payload"]["before"]["name"], "Mapper");
    for (method, title) in [("GET", "Role ID not found"), ("DELETE", "Role not found")] {
        let gone = world.akamai(method, &role, Value::Null).await;
        let kind = "/useradmin-api/error-types/1311";
        assert_eq!((gone.status, &gone.body["type"]), (404, &json!(kind)), "{gone}");
        assert_eq!((&gone.body["title"], &gone.body["httpStatus"]), (&json!(title), &json!(404)));
    }
    assert_eq!(named(&world, "Mapper").await, Value::Null);
    world.stop().await;
}

async fn lists_count_and_show_who_holds_a_role(database: Arc<Database>) {
    let world = World::start(&database).await;
    create(&world, "Planner", &[]).await;
    let groups = world.admin("GET", "/v1/tenants/default/groups", Value::Null).await;
    let acme = &groups.named("groups", "Acme")["group"];
    let path = format!("{ROLES}?groupId={acme}");
    let plain = world.akamai("GET", &path, Value::Null).await;
    let items = plain.body.as_array().unwrap_or_else(|| panic!("{plain}"));
    let names: Vec<_> = items.iter().map(|role| role["roleName"].clone()).collect();
    let planted = ["Administrator", "Editor", "Viewer", "Auditor", "Asset mover"];
    assert_eq!(names, [&planted[..], &["Planner"]].concat(), "by id");
    assert!(items.is_sorted_by_key(|role| role["roleId"].as_i64()));
    for role in items {
        assert!(role.get("actions").is_none() && role.get("users").is_none(), "{role}");
        assert!(role["roleDescription"].as_str().is_some_and(|it| !it.is_empty()), "{role}");
    }
    let wrong = world.akamai("GET", &format!("{ROLES}?groupId=1"), Value::Null).await;
    assert_eq!(wrong.status, 404, "{wrong}");
    let wrong = world.akamai("GET", &format!("{ROLES}?groupId=x"), Value::Null).await;
    assert_eq!(wrong.status, 400, "{wrong}");

    let (admin, planner) = (named(&world, "Administrator").await, named(&world, "Planner").await);
    assert_eq!((&admin["type"], &admin["numUsers"]), (&json!("standard"), &json!(1)));
    assert_eq!(admin["actions"], json!({"edit": false, "delete": false}));
    let user = &admin["users"][0];
    assert_eq!(user["email"], "ada@acme.example", "{admin}");
    assert_eq!(user["uiIdentityId"], world.credentials.user_id);
    assert_eq!((&planner["numUsers"], &planner["users"]), (&json!(0), &json!([])));
    assert_eq!(planner["actions"], json!({"edit": true, "delete": true}));

    let viewer = world.restricted("looks at EMEA", "EMEA", "Viewer").await;
    let path = format!("{ROLES}?users=true&actions=true");
    let seen = world.akamai_as(&viewer, "GET", &path, Value::Null).await;
    let admin = &seen.body[0];
    assert_eq!((seen.status, &admin["users"]), (200, &json!([])), "who is above is not shown");
    let planner = &seen.body[5];
    assert_eq!(planner["actions"], json!({"edit": false, "delete": false}), "{seen}");
    world.stop().await;
}

async fn roles_that_cannot_be_are_refused_and_write_nothing(database: Arc<Database>) {
    let world = World::start(&database).await;
    let planner = create(&world, "Planner", &[1001]).await.body;
    let held = create(&world, "Held", &[1001]).await.body;
    let viewer = world.restricted("looks on", "Acme", "Viewer").await;
    world.restricted("holds", "Acme", "Held").await;
    let (planner, held) = (path_of(&planner), path_of(&held));
    let standard = path_of(&named(&world, "Viewer").await);
    let partners = world.app.reads.eventual();
    let partner = domain::TenantId::new("partner").unwrap();
    let foreign = projections::roles::all(&partners, &partner).await.unwrap()[0].role;
    let foreign = format!("{ROLES}/{foreign}");
    let events = world.events().await;

    let full = json!({"roleName": "x", "roleDescription": "x", "grantedRoles": granted(&[1001])});
    let with = |member: &str, value: Value| {
        let mut body = full.clone();
        body[member] = value;
        body
    };
    let bad = [
        ("roleName", Value::Null),
        ("roleName", json!(7)),
        ("roleName", json!(" ")),
        ("roleName", json!("x".repeat(71))),
        ("roleDescription", Value::Null),
        ("roleDescription", json!("")),
        ("roleDescription", json!("x".repeat(251))),
        ("grantedRoles", Value::Null),
        ("grantedRoles", json!([1001])),
        ("grantedRoles", json!({"grantedRoleId": 1001})),
        ("grantedRoles", json!([{"grantedRoleId": "1001"}])),
        ("grantedRoles", granted(&[7])),
    ];
    for (member, value) in bad {
        let mut asked = vec![("POST", ROLES)];
        if !value.is_null() {
            asked.push(("PUT", planner.as_str()));
        }
        for (method, path) in asked {
            let reply = world.akamai(method, path, with(member, value.clone())).await;
            assert_eq!(reply.status, 400, "{method} {member} {value}: {reply}");
            assert_eq!(reply.body["errors"][0]["errorLocation"], member, "{reply}");
        }
    }
    for (method, path) in [("POST", ROLES), ("PUT", &planner)] {
        let taken = world.akamai(method, path, with("roleName", json!("Held"))).await;
        let kind = "/useradmin-api/error-types/1301";
        assert_eq!((taken.status, &taken.body["type"]), (400, &json!(kind)), "{taken}");
    }
    for (method, path, status) in [
        ("PUT", standard.as_str(), 403),
        ("DELETE", &standard, 403),
        ("DELETE", &held, 409),
        ("GET", &foreign, 404),
        ("PUT", &foreign, 404),
        ("DELETE", &foreign, 404),
        ("GET", "/user-admin/roles/planner", 400),
    ] {
        let reply = world.akamai(method, path, with("roleName", json!("New"))).await;
        assert_eq!(reply.status, status, "{method} {path}: {reply}");
    }
    let in_use = world.akamai("DELETE", &held, Value::Null).await;
    assert!(in_use.body["errors"][0]["detail"].as_str().unwrap().starts_with("client "));
    for (method, path) in [("POST", ROLES), ("PUT", &planner), ("DELETE", &planner)] {
        let reply = world.akamai_as(&viewer, method, path, full.clone()).await;
        assert_eq!(reply.status, 403, "{method} {path}: {reply}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn an_edit_holds_at_once_for_clients_with_the_role(database: Arc<Database>) {
    let world = World::start(&database).await;
    let role = path_of(&create(&world, "Gardener", &[1001, 1002]).await.body);
    let gardener = world.restricted("gardens", "EMEA", "Gardener").await;
    let groups = world.admin("GET", "/v1/tenants/default/groups", Value::Null).await;
    let emea = format!("/user-admin/groups/{}", groups.named("groups", "EMEA")["group"]);
    let plant = async |name: &str| {
        let body = json!({"groupName": name});
        world.akamai_as(&gardener, "POST", &emea, body).await.status
    };
    for round in 0..3 {
        assert_eq!(plant(&format!("tree {round}")).await, 201);
        let edited = world.akamai("PUT", &role, json!({"grantedRoles": granted(&[1001])})).await;
        assert_eq!(edited.status, 200, "{edited}");
        assert_eq!(plant("weed").await, 403, "group.admin is gone at the next call");
        let seen = world.akamai_as(&gardener, "GET", &emea, Value::Null).await;
        assert_eq!(seen.status, 200, "{seen}");
        let both = granted(&[1002, 1001]);
        let edited = world.akamai("PUT", &role, json!({"grantedRoles": both})).await;
        assert_eq!(ids(&edited.body), [1001, 1002]);
    }
    world.stop().await;
}

async fn nobody_puts_into_a_role_what_they_do_not_hold(database: Arc<Database>) {
    let world = World::start(&database).await;
    let own = create(&world, "Warden", &[1001, 1004]).await.body;
    let wide = create(&world, "Wide", &[1001, 1006]).await.body;
    let (own, wide) = (path_of(&own), path_of(&wide));
    let warden = world.restricted("wards", "Acme", "Warden").await;
    let asked = async |method: &str, path: &str, ids: &[i64]| {
        let name = format!("{method} {ids:?}");
        let body = json!({"roleName": name, "roleDescription": "x", "grantedRoles": granted(ids)});
        world.akamai_as(&warden, method, path, body).await
    };
    let events = world.events().await;
    let beyond: [(&str, &str, &[i64]); 3] = [
        ("POST", ROLES, &[1001, 1006]),
        ("PUT", &own, &[1004, 1003]),
        ("PUT", &wide, &[1001, 1002, 1006]),
    ];
    for (method, path, ids) in beyond {
        let refused = asked(method, path, ids).await;
        let kind = "/useradmin-api/error-types/1001";
        assert_eq!((refused.status, &refused.body["type"]), (403, &json!(kind)), "{refused}");
        let says = refused.body["errors"][0]["detail"].as_str().unwrap();
        assert!(says.contains(".admin"), "names what is lacking: {refused}");
    }
    assert_eq!(world.events().await, events);
    assert_eq!(asked("POST", ROLES, &[1004, 1001]).await.status, 201, "what is held");
    assert_eq!(asked("PUT", &wide, &[1006, 1004]).await.status, 200, "what the role had stays");
    assert_eq!(asked("PUT", &wide, &[]).await.status, 200, "less is always granted");
    world.stop().await;
}
