//! What the `OpenAPI` document says of this dialect: parameters, bodies, and every status that can
//! be answered.

use axum::http::Method;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::error::ClientsError;
use super::{ROOTS, ok};
use crate::call::Call;
use crate::dialect::{Needs, Operation, Served};

/// The document of this dialect alone, as its readers look for it.
pub(super) async fn handle(_: Call) -> Result<Response, ClientsError> {
    let [root, ..] = ROOTS;
    let mut paths: Map<String, Value> = Map::new();
    for operation in super::dialect(root).listed().operations {
        let item = paths.entry(format!("{root}{}", operation.path)).or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(operation.method.as_str().to_ascii_lowercase(), describe(&operation));
        }
    }
    Ok(ok(json!({
        "openapi": "3.1.0",
        "info": {"title": "Tenant clients", "version": env!("CARGO_PKG_VERSION")},
        "paths": paths,
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}],
    })))
}

/// One operation.
pub(crate) fn describe(operation: &Operation) -> Value {
    let mut shown = json!({
        "operationId": operation.id,
        "description": format!("Needs {}.", operation.needs),
        "parameters": parameters(operation),
        "responses": responses(operation),
    });
    if let (Some(body), Some(members)) = (body(operation.id), shown.as_object_mut()) {
        let content = json!({"content": {"application/json": {"schema": body}}, "required": true});
        members.insert("requestBody".to_owned(), content);
    }
    if operation.needs == Needs::Nothing
        && let Some(members) = shown.as_object_mut()
    {
        members.insert("security".to_owned(), json!([]));
    }
    shown
}

fn is_list(id: &str) -> bool {
    matches!(id, "listClients" | "getClients" | "adminListClients" | "adminListClientsSlash")
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let named = operation.path.split('/');
    let named = named.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let mut all: Vec<_> = named.map(in_path).collect();
    let query = |name: &str, what: &str| {
        let schema = json!({"type": "string"});
        json!({"name": name, "in": "query", "description": what, "schema": schema})
    };
    if is_list(operation.id) {
        let flag =
            "One of 1, t, T, true, True, TRUE, 0, f, F, false, False, FALSE; anything else is 400.";
        all.extend([
            query("status", "Exactly this status."),
            query("active", flag),
            query("active_only", &format!("`true` means `active=true`, which wins. {flag}")),
            query("deleted", &format!("`true` shows deleted clients too. {flag}")),
            query("name", "Part of the name, whatever its case."),
            query("email", "Part of the e-mail address, whatever its case."),
            query("tags", "Any of these, separated by commas; at most 16."),
            query("client_type", "Exactly this type."),
            query("owner_id", "Exactly this owner."),
            query("page", "Counts from 1. What is no number, or below 1, counts as 1."),
            query("limit", "1 to 100. What is no number, or out of range, counts as 10."),
        ]);
    }
    if operation.id.starts_with("adminList") {
        all.push(query("tenant_id", "Only this tenant's clients."));
    }
    if operation.id == "platformSelectors" {
        all.push(query("platform", "kubernetes, docker or unix."));
    }
    all
}

fn body(id: &str) -> Option<Value> {
    let text = json!({"type": ["string", "null"]});
    let flag = json!({"type": ["boolean", "null"]});
    let texts = json!({"type": ["array", "null"], "items": {"type": "string"}});
    let client = json!({
        "name": text, "email": text, "active": flag, "status": text, "tags": texts,
        "hydra_client_id": text, "oidc_enabled": flag,
    });
    let object = |properties: Value, required: &[&str]| json!({"type": "object", "properties": properties, "required": required});
    let of_tenant = json!({"tenant_id": {"type": "string"}, "client_id": {"type": "string"}});
    Some(match id {
        "createClient" | "registerClient" => {
            let mut all = client;
            if let Some(members) = all.as_object_mut() {
                for more in [
                    "tenant_id",
                    "project_id",
                    "owner_id",
                    "org_id",
                    "description",
                    "client_type",
                    "agent_type",
                ] {
                    members.insert(more.to_owned(), text.clone());
                }
            }
            object(all, &["name"])
        }
        "putClient" | "patchClient" => object(client, &[]),
        "listClientsLegacy" => object(json!({"tenant_id": text, "active_only": flag}), &[]),
        "setClientStatus" => {
            let mut all = of_tenant;
            if let Some(members) = all.as_object_mut() {
                members.insert("active".to_owned(), json!({"type": "boolean"}));
            }
            object(all, &["client_id", "active"])
        }
        "deleteClientComplete" | "oocDeleteComplete" => {
            object(of_tenant, &["tenant_id", "client_id"])
        }
        "enrollClientMfa" => {
            let methods = json!({"type": "array", "items": {"enum": ["totp", "sms", "webauthn"]}});
            object(json!({"methods": methods, "default_method": text}), &["methods"])
        }
        _ => return None,
    })
}

/// Every status that the operation can answer, with the one shape that refusals have.
fn responses(operation: &Operation) -> Value {
    let success =
        if matches!(operation.id, "createClient" | "registerClient") { "201" } else { "200" };
    let object = json!({"type": "object"});
    let mut all = Map::new();
    let granted =
        json!({"description": "Done", "content": {"application/json": {"schema": object}}});
    all.insert(success.to_owned(), granted);
    let text = json!({"type": "string"});
    let schema = json!({"type": "object", "properties": {
        "error": text, "message": text, "code": text, "timestamp": text, "request_id": text,
    }});
    let mut refuse = |status: &str, what: &str| {
        let content = json!({"application/json": {"schema": schema}});
        all.insert(status.to_owned(), json!({"description": what, "content": content}));
    };
    refuse("400", "Something about the request cannot be taken");
    if operation.needs != Needs::Nothing {
        refuse("401", "No token, or one that works no longer");
        refuse("403", "Another tenant's path, or a permission is missing");
        refuse("404", "There is no such client or role");
        refuse("503", "Too much is waiting, or the store is away");
    }
    refuse("429", "Too many requests");
    refuse("408", "The body stopped coming");
    refuse("413", "The body is too long");
    if operation.method != Method::GET {
        refuse("409", "It does not go with what stands");
    }
    if matches!(operation.id, "deleteClientComplete" | "oocDeleteComplete") {
        refuse("415", "The body is not sent as JSON");
    }
    refuse("500", "Something went wrong here");
    Value::Object(all)
}
