//! What users may do: set as a tree and shown as that tree, inherited, overridden and blocked.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{USERS, body, create, get, id, newest};
use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    a_tree_of_grants_comes_back_as_it_was_sent,
    grants_hold_below_until_something_else_is_said,
    grants_that_cannot_be_are_refused_and_write_nothing,
    nobody_grants_more_than_they_hold,
    grants_are_cloned_from_a_user_by_name,
);

/// The groups and roles of the default tenant that these cases use.
struct Ids {
    acme: Value,
    emea: Value,
    berlin: Value,
    globex: Value,
    admin: Value,
    viewer: Value,
    auditor: Value,
}

impl Ids {
    async fn of(world: &World) -> Self {
        let group = async |name| id(world, "groups", name).await;
        let role = async |name| id(world, "roles", name).await;
        Self {
            acme: group("Acme").await,
            emea: group("EMEA").await,
            berlin: group("Berlin").await,
            globex: group("Globex").await,
            admin: role("Administrator").await,
            viewer: role("Viewer").await,
            auditor: role("Auditor").await,
        }
    }
}

/// The tree as requests have it.
fn bare(tree: &Value) -> Value {
    let bare_one = |shown: &Value| {
        let mut bare_one = shown.clone();
        let members = bare_one.as_object_mut().unwrap();
        members.retain(|name, _| !name.ends_with("Name") && name != "roleDescription");
        if let Some(below) = members.get_mut("subGroups") {
            *below = bare(below);
        }
        bare_one
    };
    tree.as_array().unwrap().iter().map(bare_one).collect()
}

fn grant(group: &Value, role: &Value, below: Value) -> Value {
    json!({"groupId": group, "isBlocked": false, "roleId": role, "subGroups": below})
}

async fn a_tree_of_grants_comes_back_as_it_was_sent(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (path, _) = create(&world, "John", json!({})).await;
    let ids = Ids::of(&world).await;
    let below =
        json!([grant(&ids.emea, &Value::Null, json!([grant(&ids.berlin, &ids.admin, json!([]))]))]);
    let beside =
        [grant(&ids.acme, &ids.viewer, json!([])), grant(&ids.berlin, &ids.viewer, json!([]))];
    for tree in [
        json!([grant(&ids.acme, &ids.viewer, below), {"roleId": ids.auditor}]),
        json!(beside),
        json!([{"groupId": ids.acme, "isBlocked": true, "roleId": null, "subGroups": []},
            grant(&ids.globex, &ids.viewer, json!([]))]),
    ] {
        let reply = world.akamai("PUT", &format!("{path}/auth-grants"), tree.clone()).await;
        assert_eq!((reply.status, bare(&reply.body)), (200, tree), "{reply}");
        let shown = get(&world, &format!("{path}?authGrants=true")).await;
        assert_eq!(shown["authGrants"], reply.body);
        let event = newest(&world).await;
        assert_eq!(event["type"], "user.grants_set");
        assert_ne!(event["payload"]["before"], event["payload"]["after"], "{event}");
    }
    let events = world.events().await;
    let go = json!([{"groupId": ids.acme, "isBlocked": true}, {"groupId": ids.globex, "roleId": ids.viewer, "subGroups": null}]);
    let same = world.akamai("PUT", &format!("{path}/auth-grants"), go).await;
    assert_eq!((same.status, world.events().await), (200, events), "{same}");
    world.stop().await;
}

async fn grants_hold_below_until_something_else_is_said(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (path, made) = create(&world, "John", json!({})).await;
    let ids = Ids::of(&world).await;
    let blocked = |group: &Value| json!({"groupId": group, "isBlocked": true});
    let unsaid = |group: &Value| grant(group, &Value::Null, json!([]));
    let top = |below| json!([grant(&ids.acme, &ids.viewer, below)]);
    for (tree, on) in [
        (top(json!([])), [true, true, true, false]),
        (top(json!([blocked(&ids.emea)])), [true, false, false, false]),
        (top(json!([blocked(&ids.berlin)])), [true, true, false, false]),
        (top(json!([unsaid(&ids.emea)])), [true, true, true, false]),
        (json!([grant(&ids.berlin, &ids.admin, json!([]))]), [false, false, true, false]),
        (
            json!([blocked(&ids.emea), grant(&ids.berlin, &ids.viewer, json!([]))]),
            [false, false, true, false],
        ),
    ] {
        let reply = world.akamai("PUT", &format!("{path}/auth-grants"), tree.clone()).await;
        assert_eq!(reply.status, 200, "{reply}");
        for (group, has_access) in
            [&ids.acme, &ids.emea, &ids.berlin, &ids.globex].into_iter().zip(on)
        {
            let list = get(&world, &format!("{USERS}?groupId={group}")).await;
            let mut items = list.as_array().unwrap().iter();
            let is_there = items.any(|it| it["uiIdentityId"] == made.body["uiIdentityId"]);
            assert_eq!(is_there, has_access, "group {group} of {tree}");
        }
    }
    world.stop().await;
}

async fn grants_that_cannot_be_are_refused_and_write_nothing(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (path, made) = create(&world, "John", json!({})).await;
    let ids = Ids::of(&world).await;
    let foreign = {
        let tenant = domain::TenantId::new("partner").unwrap();
        let views = world.app.reads.eventual();
        let group = projections::groups::all(&views, &tenant).await.unwrap()[0].group;
        let role = projections::roles::all(&views, &tenant).await.unwrap()[0].role;
        (json!(group), json!(role))
    };
    let plain = |group: &Value, role: &Value| grant(group, role, json!([]));
    let fine = plain(&ids.acme, &ids.viewer);
    let events = world.events().await;
    for bad in [
        json!([]),
        json!({}),
        json!([7]),
        json!([plain(&json!(1), &ids.viewer)]),
        json!([plain(&ids.acme, &json!(1))]),
        json!([plain(&foreign.0, &ids.viewer)]),
        json!([plain(&ids.acme, &foreign.1)]),
        json!([plain(&ids.acme, &ids.auditor)]),
        json!([fine, plain(&json!(0), &ids.viewer)]),
        json!([fine, {"roleId": ids.viewer}]),
        json!([{"roleId": ids.auditor}]),
        json!([fine, fine]),
        json!([grant(&ids.emea, &ids.viewer, json!([plain(&ids.acme, &ids.viewer)]))]),
        json!([grant(&ids.acme, &ids.viewer, json!([plain(&ids.globex, &ids.viewer)]))]),
    ] {
        let reply = world.akamai("PUT", &format!("{path}/auth-grants"), bad.clone()).await;
        assert_eq!(reply.status, 400, "{bad}: {reply}");
        assert_eq!(reply.body["errors"][0]["errorLocation"], "authGrants", "{reply}");
        let mut body = body(&world, "Jack", json!({})).await;
        body["authGrants"] = bad;
        assert_eq!(world.akamai("POST", USERS, body).await.status, 400);
    }
    let unknown = format!("{USERS}/A-B-1/auth-grants");
    assert_eq!(world.akamai("PUT", &unknown, json!([fine])).await.status, 404);
    assert_eq!(world.events().await, events);

    // A role of another contract type than the hierarchy's.
    let types = json!([{"id": "1-OTHER", "name": "Other"}]);
    world.command("RegisterCatalog", json!({"contractTypes": types})).await;
    let to = json!({"to": {"role": ids.viewer}, "contractType": "1-OTHER"});
    let assigned = world.admin("POST", "/v1/tenants/default/commands/AssignContractType", to).await;
    assert_eq!(assigned.status, 409, "it is held: {assigned}");
    let role = json!({"name": "Elsewhere", "description": "does", "permissions": ["read"]});
    let role = world.command("CreateRole", role).await["role"].clone();
    world
        .command("AssignContractType", json!({"to": {"role": role}, "contractType": "1-OTHER"}))
        .await;
    let reply =
        world.akamai("PUT", &format!("{path}/auth-grants"), json!([plain(&ids.acme, &role)])).await;
    assert_eq!(reply.status, 400, "{reply}");
    assert_eq!(
        made.body["authGrants"],
        get(&world, &format!("{path}?authGrants=true")).await["authGrants"]
    );
    world.stop().await;
}

async fn nobody_grants_more_than_they_hold(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let role =
        json!({"name": "Clerk", "description": "does", "permissions": ["read", "user.admin"]});
    let clerk = world.command("CreateRole", role).await["role"].clone();
    let signer = world.restricted("clerk of EMEA", "EMEA", "Clerk").await;
    let (john, _) = create(&world, "John", json!({})).await;
    let above = json!({"authGrants": [grant(&ids.acme, &ids.viewer, json!([]))]});
    let (jack, _) = create(&world, "Jack", above).await;
    let events = world.events().await;
    let plain = |group: &Value, role: &Value| json!([grant(group, role, json!([]))]);
    for (path, tree, status) in [
        (&john, plain(&ids.acme, &ids.viewer), 403),
        (&john, plain(&ids.berlin, &ids.admin), 403),
        (&john, json!([grant(&ids.emea, &ids.viewer, json!([])), {"roleId": ids.auditor}]), 403),
        (&jack, plain(&ids.emea, &ids.viewer), 403),
        (&john, plain(&ids.berlin, &clerk), 200),
    ] {
        let path = format!("{path}/auth-grants");
        let reply = world.akamai_as(&signer, "PUT", &path, tree.clone()).await;
        assert_eq!(reply.status, status, "{tree}: {reply}");
        if status == 403 {
            let detail = reply.body["errors"][0]["detail"].as_str().unwrap();
            assert!(detail.starts_with("it takes "), "{reply}");
        }
    }
    assert_eq!(world.events().await, events + 1);
    let info = json!({"firstName": "J", "lastName": "D", "country": "USA", "timeZone": "GMT",
        "preferredLanguage": "English", "sessionTimeOut": 900});
    for (method, suffix) in [("PUT", "/basic-info"), ("DELETE", "")] {
        let path = format!("{jack}{suffix}");
        let reply = world.akamai_as(&signer, method, &path, info.clone()).await;
        assert_eq!(reply.status, 403, "{method} {path}: {reply}");
    }
    let seen = world.akamai_as(&signer, "GET", &format!("{john}?actions=true"), Value::Null).await;
    let actions = &seen.body["actions"];
    assert_eq!((&actions["edit"], &actions["apiClient"]), (&json!(true), &json!(false)), "{seen}");
    let body =
        body(&world, "Joe", json!({"cloneFrom": "jack@example.com", "authGrants": null})).await;
    assert_eq!(world.akamai_as(&signer, "POST", USERS, body).await.status, 403);
    assert_eq!(world.events().await, events + 1);
    world.stop().await;
}

async fn grants_are_cloned_from_a_user_by_name(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let tree = json!([grant(&ids.acme, &ids.viewer, json!([])), {"roleId": ids.auditor}]);
    let (_, john) = create(&world, "John", json!({"uiUserName": "jdoe", "authGrants": tree})).await;
    let clone = |from: &str| json!({"cloneFrom": from, "authGrants": null});
    let (_, jack) = create(&world, "Jack", clone("JDoe")).await;
    assert_eq!(jack.body["authGrants"], john.body["authGrants"], "{jack}");
    let events = world.events().await;
    for change in [
        clone("nobody"),
        clone("pat@partner.example"),
        json!({"cloneFrom": 7, "authGrants": null}),
        json!({"authGrants": null}),
        json!({"cloneFrom": "jdoe"}),
    ] {
        let body = body(&world, "Joe", change.clone()).await;
        let reply = world.akamai("POST", USERS, body).await;
        assert_eq!(reply.status, 400, "{change}: {reply}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}
