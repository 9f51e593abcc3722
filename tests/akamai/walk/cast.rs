//! Who calls on the walk, and what there is to call about.

use api::edgegrid::Credential;
use chrono::{SecondsFormat, TimeDelta, Utc};
use commands::Request;
use commands::clients::CreateClientCredential;
use domain::{Actor, Authority, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::rows::{Kind, Names};
use crate::world::World;

/// A client that acts for a user of its own.
pub(crate) struct Caller {
    pub(crate) signer: Credential,
    /// As events name it.
    pub(super) client: String,
    pub(super) names: Names,
}

/// The text of an id or a name.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The id of the group or role of that name.
async fn id(world: &World, list: &str, name: &str) -> Value {
    let all = world.admin("GET", &format!("/v1/tenants/default/{list}"), Value::Null).await;
    all.named(list, name)[list.trim_end_matches('s')].clone()
}

async fn user(world: &World, name: &str, grants: &Value) -> String {
    let email = format!("{name}@acme.example");
    let body = json!({
        "organization": world.credentials.organization_id,
        "profile": {"firstName": name, "lastName": "Walk", "email": email, "country": "USA"},
        "grants": grants,
    });
    text(&world.command("CreateUser", body).await["user"])
}

/// A role on both hierarchies.
async fn grants(world: &World, role: Option<&str>) -> Value {
    let Some(role) = role else { return json!([]) };
    let role = id(world, "roles", role).await;
    let (acme, globex) = (id(world, "groups", "Acme").await, id(world, "groups", "Globex").await);
    json!([{"group": acme, "role": role}, {"group": globex, "role": role}])
}

/// A new client of that kind.
pub(crate) async fn caller(world: &World, kind: Kind) -> Caller {
    let role = match kind {
        Kind::Admin | Kind::ReadOnly => Some("Administrator"),
        Kind::Editor => Some("Editor"),
        Kind::Viewer => Some("Viewer"),
        Kind::Nobody => None,
    };
    let name = format!("c{}", Uuid::now_v7().simple());
    let access = grants(world, role).await;
    let user = user(world, &name, &access).await;
    let password = "0wn-secret-words";
    let body = json!({"user": user, "newPassword": password});
    world.command("SetUserPassword", body).await;
    let body = json!({
        "name": name, "kind": "CLIENT", "authorizedUser": user, "access": access,
    });
    let made = world.command("CreateClient", body).await;
    if kind == Kind::ReadOnly {
        let apis = json!([{"api": 3, "level": "READ-ONLY"}]);
        let access = json!({"apis": apis, "groups": access});
        world.command("EditClient", json!({"client": made["client"], "access": access})).await;
    }
    let names = [
        ("own-client", text(&made["akamaiId"])),
        ("own-username", format!("{name}@acme.example")),
        ("own-password", password.to_owned()),
    ];
    Caller {
        signer: world.signer(&made["client"]).await,
        client: text(&made["client"]),
        names: names.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}

impl Caller {
    /// The same with another credential beside the one it signs with.
    pub(super) async fn with_credential(mut self, world: &World) -> Self {
        let body = json!({"client": self.client});
        let made = world.command("CreateClientCredential", body).await;
        self.names.insert("own-credential".to_owned(), text(&made["credential"]));
        self
    }
}

/// What the walk begins with.
pub(crate) async fn stage(world: &World) -> Names {
    let mut names = Names::new();
    let mut put = |name: &str, value: String| drop(names.insert(name.to_owned(), value));
    for group in ["Acme", "EMEA", "Berlin", "APAC", "Globex"] {
        put(&group.to_lowercase(), text(&id(world, "groups", group).await));
    }
    let viewer = id(world, "roles", "Viewer").await;
    put("viewer", text(&viewer));
    let emea = id(world, "groups", "EMEA").await;
    let path = format!("/user-admin/properties?groupId={emea}");
    let assets = world.akamai("GET", &path, Value::Null).await;
    put("asset", text(&assets.body[0]["propertyId"]));
    let access = grants(world, Some("Viewer")).await;
    let walked = user(world, "walked", &access).await;
    let body = json!({
        "name": "busy", "kind": "CLIENT", "authorizedUser": walked, "access": access,
    });
    let busy = world.command("CreateClient", body.clone()).await;
    world.signer(&busy["client"]).await;
    put("busy-client", text(&busy["akamaiId"]));
    // Until the walk makes its own.
    let mut idle = body;
    idle["name"] = json!("idle");
    put("client", text(&world.command("CreateClient", idle).await["akamaiId"]));
    put("made", user(world, "idle", &json!([])).await);
    put("user", walked);
    put("username", "walked@acme.example".to_owned());
    let soon = Utc::now() + TimeDelta::days(9);
    put("soon", soon.to_rfc3339_opts(SecondsFormat::Millis, true));
    names
}

/// What the other account's owner signs with.
pub(super) async fn partner(world: &World) -> Credential {
    let tenant = TenantId::new("partner").unwrap();
    let views = world.app.reads.eventual();
    let clients = projections::clients::all(&views, &tenant).await.unwrap();
    let request = Request {
        tenant,
        actor: Actor::system(),
        authority: Authority::full(),
        command_id: Uuid::now_v7(),
        correlation: "walk".to_owned(),
        address: None,
        expected_sequence: None,
        idempotency: None,
        dry_run: false,
    };
    let command = CreateClientCredential { client: clients[0].client };
    let fresh = world.app.writer.run(request, command).await.unwrap().fresh;
    Credential {
        client_token: fresh.client_token,
        access_token: fresh.access_token,
        client_secret: fresh.secret.expose().to_owned(),
    }
}
