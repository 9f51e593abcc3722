//! What the cases on API clients share: the owner with all its flags, bodies, and who is meant.

use serde_json::{Value, json};

use crate::world::World;

/// The id of the thing of that name in a native list.
pub(super) async fn id(world: &World, list: &str, name: &str) -> Value {
    let path = format!("/v1/tenants/default/{list}");
    let all = world.admin("GET", &path, Value::Null).await;
    all.named(list, name)[list.trim_end_matches('s')].clone()
}

/// The owner may switch accounts, and create credentials along with clients.
pub(super) async fn trust_owner(world: &World) {
    let client = id(world, "clients", "owner-client").await;
    let usage = json!({"allowsAccountSwitch": true, "createsCredentials": true});
    world.command("EditClient", json!({"client": client, "usage": usage})).await;
}

/// A body that creates or replaces a client: for that user, whose groups it clones, with all APIs.
pub(crate) fn body(name: &str, user: &str) -> Value {
    json!({
        "clientName": name, "clientDescription": "does", "clientType": "CLIENT",
        "authorizedUsers": [user],
        "apiAccess": {"allAccessibleApis": true, "apis": null},
        "groupAccess": {"cloneAuthorizedUserGroups": true, "groups": null},
        "notificationEmails": null,
    })
}

/// The same with other members.
pub(crate) fn with(mut body: Value, change: Value) -> Value {
    for (member, value) in change.as_object().unwrap() {
        body[member] = value.clone();
    }
    body
}

/// The newest events of the default tenant, by type, the newest last.
pub(super) async fn newest(world: &World, count: usize) -> Vec<Value> {
    let path = "/v1/tenants/default/events?limit=1000";
    let all = world.admin("GET", path, Value::Null).await;
    let events = all.body["events"].as_array().unwrap();
    events[events.len() - count..].to_vec()
}

pub(super) const ADA: &str = "ada@acme.example";
pub(super) const VERA: &str = "vera@acme.example";
