//! An API client as the replies show one: as an item of a list, or in detail.

use commands::clients::access_token;
use domain::{ClientKind, Permission, UserId};
use projections::clients::{ClientRow, CredentialRow};
use projections::{clients, roles};
use serde_json::{Map, Value, json};

use super::reaches;
use crate::akamai::credentials;
use crate::akamai::forest::Forest;
use crate::akamai::names::Names;
use crate::akamai::wire::date;
use crate::call::Call;
use crate::fault::Fault;

/// What both forms show.
async fn common(
    call: &Call,
    client: &ClientRow,
    credentials: &[CredentialRow],
) -> Result<Map<String, Value>, Fault> {
    let user = client.authorized_user.as_ref().map(UserId::as_str);
    let actors = [client.marks.created_by.as_str()].into_iter().chain(user);
    let names = Names::of(call, actors).await?;
    let active = credentials.iter().filter(|held| held.state.is_live(call.request.received_at));
    let keys = call.app.keyring.tenant(&client.tenant).await?;
    let shown = json!({
        "accessToken": access_token(&keys, client.client)?,
        "activeCredentialCount": active.count(),
        "allowAccountSwitch": false,
        "authorizedUsers": user.map(|user| names.get(user)).as_slice(),
        "canAutoCreateCredential": false,
        "clientDescription": client.description,
        "clientId": client.akamai_id,
        "clientName": client.name,
        "clientType": client.kind,
        "createdBy": names.get(&client.marks.created_by),
        "createdDate": date(client.marks.created_at),
        // One that another dialect made inactive cannot call either.
        "isLocked": client.is_locked || !client.is_active,
        "notificationEmails": [],
    });
    Ok(shown.as_object().cloned().unwrap_or_default())
}

/// The form of lists, and of the replies to locking and unlocking.
pub(super) async fn item(call: &Call, client: &ClientRow) -> Result<Map<String, Value>, Fault> {
    let held = clients::credentials_of(&call.views, &client.tenant, client.client).await?;
    let mut shown = common(call, client, &held).await?;
    let token = format!("akaa-{}", client.akamai_id);
    shown.insert("serviceConsumerToken".to_owned(), json!(token));
    Ok(shown)
}

/// The form with sections, each shown where the request asks for it.
pub(super) async fn detail(call: &Call, client: &ClientRow) -> Result<Map<String, Value>, Fault> {
    let held = clients::credentials_of(&call.views, &client.tenant, client.client).await?;
    let mut shown = common(call, client, &held).await?;
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("baseURL", json!(call.request.origin()));
    let asked = |flag: &str| call.request.query_flag(flag);
    let forest = Forest::of(call).await?;
    if asked("groupAccess") {
        let groups = group_access(call, &forest, client).await?;
        put("groupAccess", json!({"cloneAuthorizedUserGroups": false, "groups": groups}));
    }
    if asked("apiAccess") {
        let all = client.kind != ClientKind::ServiceAccount;
        put("apiAccess", json!({"allAccessibleApis": all, "apis": []}));
    }
    if asked("ipAcl") {
        put("ipAcl", json!({"enable": false, "cidr": []}));
    }
    let actions = asked("actions").then(|| actions(call, &forest, client));
    if asked("credentials") {
        let may = credentials::may_change(call, &forest, client);
        let rows = held.iter().map(|held| credentials::show::one(call, held, may));
        put("credentials", rows.collect());
    }
    if let Some(mut actions) = actions {
        for more in ["editApis", "editAuth", "editGroups", "editIpAcl", "editSwitchAccount"] {
            actions.insert(more.to_owned(), json!(false));
        }
        put("actions", Value::Object(actions));
    }
    Ok(shown)
}

/// What the caller could do with the client, as lists show it.
pub(super) fn actions(call: &Call, forest: &Forest, client: &ClientRow) -> Map<String, Value> {
    let admin = reaches(call, forest, Permission::ClientAdmin, client);
    let mut shown = Map::new();
    for (action, may) in [
        ("deactivateAll", false),
        ("delete", admin && !client.is_default),
        ("edit", false),
        ("lock", admin && !client.is_locked),
        ("transfer", false),
        ("unlock", admin && client.is_locked),
    ] {
        shown.insert(action.to_owned(), json!(may));
    }
    shown
}

async fn group_access(
    call: &Call,
    forest: &Forest,
    client: &ClientRow,
) -> Result<Vec<Value>, Fault> {
    if client.access.is_empty() {
        return Ok(Vec::new());
    }
    let roles = roles::all(&call.views, &client.tenant).await?;
    let shown = client.access.iter().map(|held| {
        let role = roles.iter().find(|role| role.role == held.role);
        json!({
            "groupId": held.group,
            "groupName": forest.name(held.group),
            "isBlocked": false,
            "roleId": held.role,
            "roleName": role.map_or("", |role| &role.name),
            "roleDescription": role.map_or("", |role| &role.description),
            "subGroups": [],
        })
    });
    Ok(shown.collect())
}
