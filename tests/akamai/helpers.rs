//! Helpers: what an API client could be given, looked at through its user.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    users_are_listed_for_whoever_may_know_of_them,
    apis_are_listed_in_the_order_of_the_catalogue,
    cp_codes_follow_the_groups_that_are_listed,
    groups_come_as_trees_of_what_is_held,
    whoever_is_not_there_is_not_found,
);

/// The id of the thing of that name in a native list.
async fn id(world: &World, list: &str, name: &str) -> Value {
    let path = format!("/v1/tenants/default/{list}");
    let all = world.admin("GET", &path, Value::Null).await;
    all.named(list, name)[list.trim_end_matches('s')].clone()
}

/// Another user, with these roles on groups.
async fn user(world: &World, email: &str, grants: &[(&str, &str)]) {
    let mut held = Vec::new();
    for (group, role) in grants {
        let (group, role) = (id(world, "groups", group).await, id(world, "roles", role).await);
        held.push(json!({"group": group, "role": role}));
    }
    let profile =
        json!({"firstName": "Emma", "lastName": "Else", "email": email, "country": "Germany"});
    let organization = &world.credentials.organization_id;
    let body = json!({"organization": organization, "profile": profile, "grants": held});
    world.command("CreateUser", body).await;
}

fn texts<'a>(reply: &'a Reply, member: &str) -> Vec<&'a str> {
    let items = reply.body.as_array().unwrap_or_else(|| panic!("{reply}"));
    items.iter().map(|item| item[member].as_str().unwrap()).collect()
}

async fn users_are_listed_for_whoever_may_know_of_them(database: Arc<Database>) {
    let world = World::start(&database).await;
    user(&world, "emma@acme.example", &[("Berlin", "Viewer")]).await;
    user(&world, "nobody@acme.example", &[]).await;
    let all = world.akamai("GET", "/users", Value::Null).await;
    let names =
        ["ada@acme.example", "vera@acme.example", "emma@acme.example", "nobody@acme.example"];
    assert_eq!(texts(&all, "username"), names, "by id, the administrator first");
    let ada = json!({
        "uiIdentityId": world.credentials.user_id, "username": "ada@acme.example",
        "firstName": "Ada", "lastName": "Admin", "email": "ada@acme.example",
    });
    assert_eq!(all.body[0], ada);
    let viewer = world.restricted("looks at EMEA", "EMEA", "Viewer").await;
    let seen = world.akamai_as(&viewer, "GET", "/users", Value::Null).await;
    assert_eq!(texts(&seen, "username"), ["emma@acme.example"], "the others are above");
    let path = "/users/ada@acme.example/group-access";
    assert_eq!(world.akamai_as(&viewer, "GET", path, Value::Null).await.status, 404);
    world.stop().await;
}

async fn apis_are_listed_in_the_order_of_the_catalogue(database: Arc<Database>) {
    let world = World::start(&database).await;
    user(&world, "no+body@acme.example", &[]).await;
    let path = "/users/ada@acme.example/allowed-apis";
    let all = world.akamai("GET", path, Value::Null).await;
    assert_eq!(texts(&all, "endPoint")[..2], ["/identity-management", "/ccu"]);
    assert_eq!(texts(&all, "apiName")[..2], ["API Client Administration", "CCU APIs"]);
    assert_eq!(all.body[0]["accessLevels"], json!(["READ-WRITE", "READ-ONLY"]));
    let items = all.body.as_array().unwrap();
    assert!(items.iter().all(|api| api["hasAccess"] == true), "{all}");
    for kind in ["CLIENT", "USER_CLIENT", "SERVICE_ACCOUNT"] {
        let path = format!("{path}?clientType={kind}&allowAccountSwitch=true");
        assert_eq!(world.akamai("GET", &path, Value::Null).await.body, all.body);
    }
    let wrong = world.akamai("GET", &format!("{path}?clientType=ROBOT"), Value::Null).await;
    assert_eq!(wrong.status, 400, "{wrong}");
    assert_eq!(wrong.body["errors"][0]["errorLocation"], "clientType", "{wrong}");
    let nobody = "/users/no+body@acme.example/allowed-apis";
    let none = world.akamai("GET", nobody, Value::Null).await;
    let items = none.body.as_array().unwrap_or_else(|| panic!("{none}"));
    assert!(items.len() > 4 && items.iter().all(|api| api["hasAccess"] == false), "{none}");
    world.stop().await;
}

async fn cp_codes_follow_the_groups_that_are_listed(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    let (acme, emea) = (id(&world, "groups", "Acme").await, id(&world, "groups", "EMEA").await);
    let (berlin, globex) =
        (id(&world, "groups", "Berlin").await, id(&world, "groups", "Globex").await);
    let role = id(&world, "roles", "Viewer").await;
    let ask = async |name: &str, groups: Value| {
        let path = format!("/users/{name}@acme.example/allowed-cpcodes");
        world.akamai("POST", &path, json!({"clientType": "CLIENT", "groups": groups})).await
    };
    let listed = |group: &Value| json!({"groupId": group, "roleId": role, "subGroups": []});
    let values = |reply: &Reply| {
        let items = reply.body.as_array().unwrap_or_else(|| panic!("{reply}"));
        items.iter().map(|item| item["value"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    let all = ask("ada", json!([listed(&acme), listed(&globex)])).await;
    assert_eq!(values(&all), [36_915, 373_118, 866_797, 933_076, 933_077]);
    assert_eq!(all.body[0]["name"], "acme-site (36915)", "{all}");
    assert_eq!(values(&ask("vera", json!([listed(&emea)])).await), [373_118, 866_797]);
    let blocked = json!({"groupId": berlin, "isBlocked": true});
    let part = json!([{"groupId": emea, "roleId": role, "subgroups": [blocked]}]);
    assert_eq!(values(&ask("vera", part).await), [373_118]);
    assert_eq!(values(&ask("vera", Value::Null).await), [0_i64; 0]);

    let refused = ask("vera", json!([listed(&acme), listed(&globex)])).await;
    let kind = json!("/identity-management/error-types/7");
    assert_eq!((refused.status, &refused.body["type"]), (403, &kind), "{refused}");
    assert_eq!(refused.body["title"], "No access on groups");
    let unknown = ask("vera", json!([listed(&json!(1))])).await;
    assert_eq!(unknown.status, 404, "{unknown}");
    for groups in [json!({}), json!([7]), json!([{"roleId": 1}]), json!([{"groupId": "1"}])] {
        let wrong = ask("vera", groups.clone()).await;
        assert_eq!(wrong.status, 400, "{groups}: {wrong}");
        assert_eq!(wrong.body["errors"][0]["errorLocation"], "groups", "{wrong}");
    }
    let path = "/users/vera@acme.example/allowed-cpcodes";
    for (body, member) in [
        (json!({"groups": []}), "clientType"),
        (json!({"clientType": "ROBOT", "groups": []}), "clientType"),
        (json!({"clientType": "CLIENT"}), "groups"),
        (Value::Null, "clientType"),
    ] {
        let wrong = world.akamai("POST", path, body).await;
        assert_eq!(
            (wrong.status, &wrong.body["errors"][0]["errorLocation"]),
            (400, &json!(member))
        );
    }
    assert_eq!(world.events().await, events, "a query writes nothing");
    world.stop().await;
}

async fn groups_come_as_trees_of_what_is_held(database: Arc<Database>) {
    let world = World::start(&database).await;
    let held = [("EMEA", "Editor"), ("Berlin", "Viewer"), ("Labs", "Viewer")];
    user(&world, "emma@acme.example", &held).await;
    let path = "/users/EMMA@acme.example/group-access";
    let shown = world.akamai("GET", path, Value::Null).await;
    assert_eq!(texts(&shown, "groupName"), ["EMEA", "Labs"], "{shown}");
    let (emea, berlin) = (&shown.body[0], &shown.body[0]["subGroups"][0]);
    assert_eq!((&emea["roleName"], &emea["isBlocked"]), (&json!("Editor"), &json!(false)));
    assert!(emea.get("parentGroupId").is_none(), "{emea}");
    assert_eq!((&berlin["groupName"], &berlin["roleName"]), (&json!("Berlin"), &json!("Viewer")));
    assert_eq!(berlin["parentGroupId"], emea["groupId"]);
    assert_eq!(berlin["roleDescription"], "Looks, and changes nothing");
    assert_eq!(berlin["subGroups"], json!([]));

    let ada = world.akamai("GET", "/users/ada@acme.example/group-access", Value::Null).await;
    assert_eq!(texts(&ada, "groupName"), ["Acme", "Globex"]);
    assert_eq!(ada.body[0]["subGroups"][0]["subGroups"][0]["roleName"], "Administrator");
    let viewer = world.restricted("looks at Berlin", "Berlin", "Viewer").await;
    let part = world.akamai_as(&viewer, "GET", path, Value::Null).await;
    assert_eq!(texts(&part, "groupName"), ["Berlin"], "what may not be read is left out");
    world.stop().await;
}

async fn whoever_is_not_there_is_not_found(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    for name in ["pat@partner.example", "nobody", "A-B-1", "%20", "ada@acme.example.org"] {
        let body = json!({"clientType": "CLIENT", "groups": []});
        for (method, what, body) in [
            ("GET", "allowed-apis", Value::Null),
            ("POST", "allowed-cpcodes", body),
            ("GET", "group-access", Value::Null),
        ] {
            let reply = world.akamai(method, &format!("/users/{name}/{what}"), body).await;
            let kind = json!("/useradmin-api/error-types/1100");
            assert_eq!((reply.status, &reply.body["type"]), (404, &kind), "{name} {what}: {reply}");
        }
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}
