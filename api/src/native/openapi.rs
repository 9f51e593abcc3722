//! The `OpenAPI` document of the native API and of the tenant clients, put together from the lists
//! of operations and of commands: what is routed is what is described.

use axum::response::Response;
use commands::list::{COMMANDS, Entry};
use serde_json::{Map, Value, json};

use super::ok;
use crate::call::Call;
use crate::dialect::{Operation, Served};
use crate::problem::Problem;
use crate::tenant_clients;

pub(super) async fn get(_: Call) -> Result<Response, Problem> {
    Ok(ok(document()))
}

/// The document. Every command has a path of its own, with its schema as the body's.
fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in super::dialect().listed().operations {
        if operation.id == "runCommand" {
            continue;
        }
        add(&mut paths, operation.path.to_owned(), &operation);
    }
    let [documented, ..] = tenant_clients::ROOTS;
    for operation in tenant_clients::dialect(documented).listed().operations {
        let described = tenant_clients::describe(&operation);
        let path = format!("{documented}{}", operation.path);
        put(&mut paths, path, &operation, described);
    }
    for entry in COMMANDS {
        let path = format!("/v1/tenants/{{tenant}}/commands/{}", entry.name);
        paths.insert(path, json!({"post": command(entry)}));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Chancery",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Identity administration with a permanent record.",
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "oauth2": sign_in(),
            },
            "schemas": {"Problem": problem(), "Details": details()},
        },
        "security": [{"bearer": []}, {"oauth2": []}],
    })
}

/// How tokens are had: people sign in at the identity provider, machines at this server.
fn sign_in() -> Value {
    let (authorize, token) = ("/oauth/v2/authorize", "/oauth/v2/token");
    let scopes = json!({
        "openid": "openid",
        "urn:zitadel:iam:org:project:id:zitadel:aud": "a token for Zitadel's services",
    });
    let flows = json!({
        "authorizationCode": {"authorizationUrl": authorize, "tokenUrl": token, "scopes": scopes},
        "clientCredentials": {"tokenUrl": token, "scopes": scopes},
    });
    json!({"type": "oauth2", "flows": flows})
}

fn add(paths: &mut Map<String, Value>, path: String, operation: &Operation) {
    let mut taken = parameters(&path);
    taken.extend(asked(operation.id));
    let described = json!({
        "operationId": operation.id,
        "description": format!("Needs {}.{}", operation.needs, confined(operation)),
        "parameters": taken,
        "responses": {
            "200": {"description": "OK", "content": content(operation)},
            "default": refusal(),
        },
    });
    put(paths, path, operation, described);
}

/// What of the record is shown to whoever holds rights in one organization only.
fn confined(operation: &Operation) -> &'static str {
    match operation.id {
        "listEvents" | "followEvents" | "getHistory" | "getDiff" | "listErasures"
        | "getErasure" | "proveEvent" | "proveInclusion" => {
            " Whoever holds it in one organization only is shown what that organization owns."
        }
        "exportEvents" | "listAccessRecords" => {
            " Refused to whoever holds it in one organization only."
        }
        _ => "",
    }
}

/// Signed notes and keys are plain text, as tools for them read it.
fn content(operation: &Operation) -> Value {
    match operation.id {
        "getCheckpoint" | "getInstallationCheckpoint" | "getProofKey" => {
            json!({"text/plain": {"schema": {"type": "string"}}})
        }
        _ => json!({"application/json": {"schema": {"type": "object"}}}),
    }
}

fn put(paths: &mut Map<String, Value>, path: String, operation: &Operation, described: Value) {
    let method = operation.method.as_str().to_ascii_lowercase();
    let item = paths.entry(path).or_insert_with(|| json!({}));
    if let Some(item) = item.as_object_mut() {
        item.insert(method, described);
    }
}

fn command(entry: &Entry) -> Value {
    let header = |name: &str, what: &str| {
        let schema = json!({"type": "string"});
        json!({"name": name, "in": "header", "description": what, "schema": schema})
    };
    json!({
        "operationId": entry.name,
        "parameters": [
            {"name": "tenant", "in": "path", "required": true, "schema": {"type": "string"}},
            header("If-Match", "Sequence that the command's target must stand at."),
            header("Idempotency-Key", "The same key and body get the same answer for 24 hours."),
            header("Prefer", "`dry-run` shows the events and records none."),
        ],
        "requestBody": {"content": {"application/json": {"schema": (entry.schema)()}}},
        "responses": {
            "200": {
                "description": "Granted, or nothing had to change; new ids and a secret stand beside `details`.",
                "content": {"application/json": {"schema": {
                    "type": "object",
                    "properties": {"details": {"$ref": "#/components/schemas/Details"}},
                }}},
            },
            "default": refusal(),
        },
    })
}

fn parameters(path: &str) -> Vec<Value> {
    let named = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let schema = json!({"type": "string"});
    named
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": schema}))
        .collect()
}

/// What the queries of the record take, and what for.
#[rustfmt::skip]
const ASKED: &[(&str, &[(&str, &str)])] = &[
    ("listEvents", &[
        ("actor", "Id of who did it."),
        ("aggregate", "A kind, as `group`, or a kind and an id, as `group:12`."),
        ("thing", "A kind and an id: its own events, and all others that are about it."),
        ("type", "Type of the event. As any filter, up to 16 times: any of them."),
        ("command", "Name of the command."),
        ("commandId", "Id of the command, a UUID."),
        ("correlation", "Id of the request."),
        ("address", "IP address of the caller; takes the right user.read."),
        ("owner", "Resource owner: an organization, the tenant, or `SYSTEM`."),
        ("since", "RFC 3339 instant: recorded then or later."),
        ("until", "RFC 3339 instant: recorded then or earlier."),
        ("after", "An ordinal: only what lies behind it in the order of the page. Or a cursor."),
        ("before", "An ordinal: only what lies before it in the order of the page."),
        ("order", "`asc`, as usual, or `desc`."),
        ("sort", "`ordinal`, the order of the log, as usual; or `time`."),
        ("cursor", "`next` or `resume` of another page of the same search."),
        ("limit", "1 to 1000; 100, as usual. A page may have fewer and still a `next`."),
    ]),
    ("getHistory", &[
        ("order", "`asc`, as usual, or `desc`."),
        ("after", "`next` of another page."),
        ("limit", "1 to 1000; 100, as usual."),
    ]),
    ("getDiff", &[
        ("from", "An RFC 3339 instant, or an ordinal."),
        ("to", "The same; now, if absent."),
        ("cursor", "`next` of another page of the same comparison."),
        ("limit", "1 to 1000; 100, as usual."),
    ]),
];

fn asked(operation: &str) -> Vec<Value> {
    let asked = ASKED.iter().find(|(id, _)| *id == operation).map_or(&[][..], |(_, asked)| asked);
    let schema = json!({"type": "string"});
    let shown = asked.iter().map(
        |(name, what)| json!({"name": name, "in": "query", "description": what, "schema": schema}),
    );
    shown.collect()
}

fn refusal() -> Value {
    let schema = json!({"$ref": "#/components/schemas/Problem"});
    json!({"description": "Refused", "content": {"application/problem+json": {"schema": schema}}})
}

fn details() -> Value {
    json!({
        "type": "object",
        "properties": {
            "sequence": {"type": "string"},
            "changeDate": {"type": "string", "format": "date-time"},
            "resourceOwner": {"type": "string"},
        },
    })
}

fn problem() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "properties": {
            "type": text, "title": text, "detail": text, "instance": text, "requestId": text,
            "status": {"type": "integer"},
            "member": text,
            "blocking": {"type": "array", "items": {
                "type": "object", "properties": {"kind": text, "id": text},
            }},
        },
    })
}
