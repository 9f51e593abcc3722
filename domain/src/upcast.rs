//! Older versions of events, brought up to the newest one. Pure, one function a step.

use serde_json::Value;

/// The payload in the newest version's form; `None` for a version that never was.
pub(crate) fn upcast(name: &str, version: i32, payload: Value) -> Option<Value> {
    match (name, version) {
        ("group.created", 1) => Some(group_created_1(payload)),
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
