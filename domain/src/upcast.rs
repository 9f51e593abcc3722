//! Older versions of events, brought up to the newest one. Pure, one function a step.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{GrantableRole, Permission};

/// The payload in the newest version's form; `None` for a version that never was.
pub(crate) fn upcast(name: &str, version: i32, payload: Value) -> Option<Value> {
    match (name, version) {
        ("group.created", 1) => Some(group_created_1(payload)),
        ("role.created", 1) => Some(role_created_1(payload)),
        ("client.deleted", 1) => Some(client_deleted_1(payload)),
        ("user.created", 1) => Some(user_created_1(payload)),
        // Version 2 says more, all of which may be absent: when a password expires, and of mails;
        // what a subject is.
        ("user.password_set" | "subject.held" | "subject.released", 1) => Some(payload),
        _ => None,
    }
}

/// Version 1 wrote `"parent": 0` for a root; version 2 writes `null`.
fn group_created_1(mut payload: Value) -> Value {
    if let Some(parent) = payload.get_mut("parent").filter(|parent| **parent == 0) {
        *parent = Value::Null;
    }
    payload
}

/// Version 1 had permissions only; version 2 has the grantable roles that come to them as well.
fn role_created_1(mut payload: Value) -> Value {
    let permissions = payload.get("permissions").cloned().map(serde_json::from_value);
    // Permissions that cannot be read make the whole payload unreadable, where it is decoded.
    let permissions: BTreeSet<Permission> = permissions.and_then(Result::ok).unwrap_or_default();
    if let Some(members) = payload.as_object_mut() {
        let granted = GrantableRole::covered_by(&permissions);
        members.insert("granted_roles".to_owned(), json!(granted));
    }
    payload
}

/// Version 1 did not say whether the client had been active; most are.
fn client_deleted_1(mut payload: Value) -> Value {
    if let Some(members) = payload.as_object_mut() {
        members.insert("was_active".to_owned(), true.into());
    }
    payload
}

/// Version 1 had roles on groups only; version 2 has roles on the account and blocked groups too.
fn user_created_1(mut payload: Value) -> Value {
    if let Some(grants) = payload.get_mut("grants") {
        let held = grants.as_array().into_iter().flatten();
        let groups: Vec<_> = held
            .map(|it| json!({"group": it["group"], "role": it["role"], "is_blocked": false}))
            .collect();
        *grants = json!({"groups": groups, "account_roles": []});
    }
    payload
}
