//! What the cases on assets share: ids of the start data, users of their own, something foreign.

use std::collections::BTreeMap;

use commands::assets::AddAsset;
use commands::{Command, Granted};
use domain::{AssetKind, GroupId, TenantId};
use serde_json::{Value, json};

use crate::world::{World, run_inside};

/// Groups and assets of the start data.
pub(super) struct Ids {
    pub(super) acme: i64,
    pub(super) emea: i64,
    pub(super) berlin: i64,
    pub(super) apac: i64,
    pub(super) globex: i64,
    /// In EMEA.
    pub(super) shop: i64,
    /// In Berlin.
    pub(super) berlin_site: i64,
    /// In APAC.
    pub(super) sydney: i64,
    roles: BTreeMap<String, i64>,
}

impl Ids {
    pub(super) async fn of(world: &World) -> Self {
        let list = async |list: &str, id: &str| {
            let path = format!("/v1/tenants/default/{list}");
            let all = world.admin("GET", &path, Value::Null).await;
            let items = all.body[list].as_array().unwrap_or_else(|| panic!("{all}")).clone();
            let named =
                |it: Value| (it["name"].as_str().unwrap().to_owned(), it[id].as_i64().unwrap());
            items.into_iter().map(named).collect::<BTreeMap<_, _>>()
        };
        let groups = list("groups", "group").await;
        let assets = list("assets", "asset").await;
        Self {
            acme: groups["Acme"],
            emea: groups["EMEA"],
            berlin: groups["Berlin"],
            apac: groups["APAC"],
            globex: groups["Globex"],
            shop: assets["shop.acme.example"],
            berlin_site: assets["berlin.acme.example"],
            sydney: assets["sydney.acme.example"],
            roles: list("roles", "role").await,
        }
    }

    /// A new user of that first name, with these roles on groups.
    pub(super) async fn user(&self, world: &World, name: &str, grants: &[(i64, &str)]) -> String {
        let grants =
            grants.iter().map(|(group, role)| json!({"group": group, "role": self.roles[*role]}));
        let body = json!({
            "organization": world.credentials.organization_id,
            "profile": {
                "firstName": name, "lastName": "Case", "country": "Germany",
                "email": format!("{name}@case.example"), "userName": format!("{name}@case.example"),
            },
            "grants": grants.collect::<Vec<_>>(),
        });
        world.command("CreateUser", body).await["user"].as_str().unwrap().to_owned()
    }
}

/// The newest event of the default tenant.
pub(super) async fn newest(world: &World) -> Value {
    let all = world.admin("GET", "/v1/tenants/default/events?limit=1000", Value::Null).await;
    all.body["events"].as_array().unwrap().last().unwrap().clone()
}

/// An asset of the other tenant, and its group.
pub(super) async fn foreign_asset(world: &World) -> (i64, i64) {
    let group = foreign_group(world).await;
    let (name, kind) = ("theirs.example".to_owned(), AssetKind::Property);
    let command = AddAsset { name, kind, group: GroupId(group) };
    (run(world, command).await.fresh.0, group)
}

/// A group of the other tenant.
pub(super) async fn foreign_group(world: &World) -> i64 {
    let views = world.app.reads.eventual();
    projections::groups::all(&views, &partner()).await.unwrap()[0].group.0
}

fn partner() -> TenantId {
    TenantId::new("partner").unwrap()
}

async fn run<C: Command>(world: &World, command: C) -> Granted<C::Fresh> {
    run_inside(&world.app.writer, &partner(), command).await.unwrap()
}
