//! The catalogue of an account, as native commands register it and as the dialect shows it.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    roles_are_granted_within_their_contract_type,
    an_account_has_grantable_roles_of_its_own,
    a_document_writes_only_what_is_new,
    what_cannot_be_registered_writes_nothing,
    switch_keys_are_listed_for_clients_that_may_use_them,
    a_catalogue_is_shown_as_the_document_it_was_registered_by,
);

const ROLES: &str = "/user-admin/roles";

async fn send(world: &World, command: &str, body: Value) -> Reply {
    let path = format!("/v1/tenants/default/commands/{command}");
    world.admin("POST", &path, body).await
}

fn names(reply: &Reply, member: &str) -> Vec<String> {
    let items = reply.body.as_array().unwrap_or_else(|| panic!("{reply}"));
    items.iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
}

/// The status of a refusal, and its code.
fn code(reply: &Reply) -> (u16, &str) {
    let kind = reply.body["type"].as_str().unwrap_or_default();
    (reply.status, kind.strip_prefix("urn:chancery:problem:").unwrap_or(kind))
}

/// The newest events of the default tenant, the last one first.
async fn newest(world: &World) -> Vec<Value> {
    let path = "/v1/tenants/default/events?limit=5&order=desc";
    let all = world.admin("GET", path, Value::Null).await;
    all.body["events"].as_array().unwrap().clone()
}

async fn roles_are_granted_within_their_contract_type(database: Arc<Database>) {
    let world = World::start(&database).await;
    let types = json!([{"id": "1-USUAL", "name": "Usual"}, {"id": "1-OTHER", "name": "Other"}]);
    world.command("RegisterCatalog", json!({"contractTypes": types})).await;
    let root = world.command("CreateGroup", json!({"name": "Initech"})).await["group"].clone();
    let below = world.command("CreateGroup", json!({"name": "Lab", "parent": root})).await;
    let role = json!({"name": "Tester", "description": "tests", "permissions": ["read"]});
    let role = world.command("CreateRole", role).await["role"].clone();
    let access = json!({"name": "tester", "access": [{"group": below["group"], "role": role}]});
    let tester = world.command("CreateClient", access).await;
    let groups = json!([{"group": below["group"], "role": role}]);
    let access = json!({"allApis": true, "groups": groups});
    world.command("EditClient", json!({"client": tester["client"], "access": access})).await;
    let tester = world.signer(&tester["client"]).await;

    let on_lab = format!("{ROLES}?groupId={}", below["group"]);
    let before = names(&world.akamai_as(&tester, "GET", &on_lab, Value::Null).await, "roleName");
    assert!(before.len() > 3, "all belong to the first contract type: {before:?}");
    let assigned = json!([
        {"to": {"group": root}, "contractType": "1-OTHER"},
        {"to": {"role": role}, "contractType": "1-OTHER"},
    ]);
    let alone = send(&world, "AssignContractType", assigned[0].clone()).await;
    assert_eq!(code(&alone), (409, "held_across"), "{alone}");
    world.command("RegisterCatalog", json!({"assignments": assigned})).await;
    let event = &newest(&world).await[0];
    assert_eq!(event["type"], "catalog.contract_type_assigned", "{event}");
    assert_eq!(event["payload"]["to"]["role"], role);
    assert!(event["payload"]["before"].is_string(), "{event}");

    let shown = world.akamai_as(&tester, "GET", &on_lab, Value::Null).await;
    assert_eq!(names(&shown, "roleName"), ["Tester"], "a group below has its root's");
    let lifted = format!("{on_lab}&ignoreContext=true");
    let lifted = world.akamai_as(&tester, "GET", &lifted, Value::Null).await;
    assert_eq!(names(&lifted, "roleName"), before);
    let plain = world.akamai_as(&tester, "GET", ROLES, Value::Null).await;
    assert_eq!(names(&plain, "roleName"), before, "no group, no contract type");

    let roles = world.admin("GET", "/v1/tenants/default/roles", Value::Null).await;
    let viewer = &roles.named("roles", "Viewer")["role"];
    let events = world.events().await;
    let across = json!({"name": "x", "access": [{"group": below["group"], "role": viewer}]});
    let refused = send(&world, "CreateClient", across).await;
    assert_eq!(code(&refused), (400, "contract_type_differs"), "{refused}");
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn an_account_has_grantable_roles_of_its_own(database: Arc<Database>) {
    let world = World::start(&database).await;
    let entry = json!({
        "id": 77_001, "name": "Edge - Manage", "description": "Moves assets at the edge",
        "permissions": ["asset.move", "read"],
    });
    let body = json!({"roleName": "Edger", "roleDescription": "x",
        "grantedRoles": [{"grantedRoleId": 77_001}]});
    let early = world.akamai("POST", ROLES, body.clone()).await;
    assert_eq!(early.status, 400, "{early}");
    world.command("RegisterGrantableRole", entry.clone()).await;
    let listed = world.akamai("GET", &format!("{ROLES}/grantable-roles"), Value::Null).await;
    let shown = json!({"grantedRoleId": 77_001, "grantedRoleName": "Edge - Manage",
        "grantedRoleDescription": "Moves assets at the edge"});
    assert_eq!(listed.body.as_array().unwrap().last(), Some(&shown), "{listed}");
    let made = world.akamai("POST", ROLES, body).await;
    assert_eq!((made.status, &made.body["grantedRoles"]), (201, &json!([shown])), "{made}");
    let event = &newest(&world).await[0];
    assert_eq!(event["payload"]["permissions"], json!(["read", "asset.move"]), "{event}");

    let events = world.events().await;
    let other = json!({"id": 77_001, "name": "Edge - Manage", "description": "x",
        "permissions": ["client.admin"]});
    let refused = send(&world, "RegisterGrantableRole", other).await;
    assert_eq!(code(&refused), (409, "granted"), "{refused}");
    let again = send(&world, "RegisterGrantableRole", entry).await;
    assert_eq!((again.status, world.events().await), (200, events), "{again}");
    world.stop().await;
}

async fn a_document_writes_only_what_is_new(database: Arc<Database>) {
    let world = World::start(&database).await;
    let document = json!({
        "apis": [{"id": 77_001, "name": "Edge", "description": "Edges", "endPoint": "/edge",
            "documentationUrl": "https://techdocs.example/edge", "accessLevels": ["READ-ONLY"]}],
        "products": [{"name": "Edge Cookies"}, {"name": "Edge Biscuits"}],
    });
    let events = world.events().await;
    let first = world.command("RegisterCatalog", document.clone()).await;
    assert_eq!(world.events().await, events + 3);
    let again = world.command("RegisterCatalog", document.clone()).await;
    assert_eq!((world.events().await, &again["details"]), (events + 3, &first["details"]));
    let mut changed = document;
    changed["apis"][0]["name"] = json!("Edges");
    world.command("RegisterCatalog", changed).await;
    let event = &newest(&world).await[0];
    assert_eq!(event["type"], "catalog.api_registered", "{event}");
    assert_eq!(event["payload"]["before"]["name"], "Edge", "{event}");
    assert_eq!(event["payload"]["after"]["name"], "Edges", "{event}");
    assert_eq!(world.events().await, events + 4);
    world.stop().await;
}

async fn what_cannot_be_registered_writes_nothing(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    let key = json!({"key": "1-X", "accountName": "X", "tenant": "partner"});
    for (command, body, status, kind) in [
        ("RegisterCpCode", json!({"id": 7, "name": "x", "group": 1}), 404, "group_unknown"),
        ("RegisterCpCode", json!({"id": 0, "name": "x", "group": 1}), 400, "number_invalid"),
        ("RegisterProduct", json!({"name": " "}), 400, "text_invalid"),
        ("RegisterContractType", json!({"id": "a b", "name": "x"}), 400, "code_invalid"),
        ("RegisterSwitchKey", key.clone(), 403, "not_operator"),
        ("RegisterCatalog", json!({"switchKeys": [key]}), 403, "not_operator"),
    ] {
        let refused = send(&world, command, body).await;
        assert_eq!(code(&refused), (status, kind), "{command}: {refused}");
    }
    let unknown = send(&world, "RegisterCatalog", json!({"product": []})).await;
    assert_eq!(unknown.status, 400, "{unknown}");
    for (tenant, status) in [("default", 403), ("partner", 404)] {
        let path = format!("/v1/tenants/{tenant}/commands/RegisterProduct");
        let refused = world.viewer("POST", &path, json!({"name": "x"})).await;
        assert_eq!(refused.status, status, "{refused}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn switch_keys_are_listed_for_clients_that_may_use_them(database: Arc<Database>) {
    let world = World::start(&database).await;
    let own = "/api-clients/self/account-switch-keys";
    let owner = format!("/api-clients/{}/account-switch-keys", world.credentials.akamai.client_id);
    let partner = json!([{"accountSwitchKey": "1-PRTNR:1-2RBL", "accountName": "Partner"}]);
    for path in [own, &owner] {
        let keys = world.akamai("GET", path, Value::Null).await;
        assert_eq!((keys.status, &keys.body), (200, &partner), "{path}: {keys}");
        for part in ["PART", "artn", "1-prt"] {
            let found = world.akamai("GET", &format!("{path}?search={part}"), Value::Null).await;
            assert_eq!(found.body, partner, "{part}");
        }
        let none = world.akamai("GET", &format!("{path}?search=acme"), Value::Null).await;
        assert_eq!((none.status, &none.body), (200, &json!([])), "{none}");
        let short = world.akamai("GET", &format!("{path}?search=pa"), Value::Null).await;
        assert_eq!(short.status, 400, "{short}");
        assert_eq!(short.body["errors"][0]["errorLocation"], "search", "{short}");
    }
    let viewer = world.restricted("looks on", "Acme", "Viewer").await;
    let none = world.akamai_as(&viewer, "GET", own, Value::Null).await;
    assert_eq!((none.status, &none.body), (200, &json!([])), "{none}");
    let unknown = "/api-clients/abcd1234efgh5678/account-switch-keys";
    let unknown = world.akamai("GET", unknown, Value::Null).await;
    let kind = json!("/identity-management/error-types/2");
    assert_eq!((unknown.status, &unknown.body["type"]), (404, &kind), "{unknown}");
    let local = world.restricted("looks at Labs", "Labs", "Viewer").await;
    let plain = world.akamai("GET", "/api-clients", Value::Null).await;
    let plain = plain.body.as_array().unwrap().iter().find(|it| it["clientName"] == "plain-client");
    let path = format!(
        "/api-clients/{}/account-switch-keys",
        plain.unwrap()["clientId"].as_str().unwrap()
    );
    assert_eq!(world.akamai_as(&local, "GET", &path, Value::Null).await.status, 403);
    world.stop().await;
}

async fn a_catalogue_is_shown_as_the_document_it_was_registered_by(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = "/v1/tenants/default/catalog";
    let role = json!({"id": 9, "name": "Edge", "description": "x", "permissions": ["read"]});
    world.command("RegisterGrantableRole", role.clone()).await;
    let groups = world.admin("GET", "/v1/tenants/default/groups", Value::Null).await;
    let shown = world.viewer("GET", path, Value::Null).await;
    assert_eq!(shown.status, 200, "{shown}");
    assert_eq!(shown.body["contractTypes"][0]["name"], "Direct Customer");
    assert_eq!(shown.body["cpCodes"][0]["group"], groups.named("groups", "Acme")["group"]);
    assert_eq!(shown.body["switchKeys"][0]["tenant"], "partner");
    assert_eq!(shown.body["grantableRoles"], json!([role]));
    assert_eq!(shown.body["apis"][1]["endPoint"], "/ccu");
    let mut document = shown.body;
    document["switchKeys"] = json!([]);
    let events = world.events().await;
    world.command("RegisterCatalog", document).await;
    assert_eq!(world.events().await, events, "all of it stands");
    let foreign = world.viewer("GET", "/v1/tenants/partner/catalog", Value::Null).await;
    assert_eq!(foreign.status, 404, "{foreign}");
    world.stop().await;
}
