//! A writer and its read models over one store, with a clock that ticks once a question.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use commands::list::{Asked, Desk, Done, Undone, dispatch};
use commands::{Clock, Command, Failure, Granted, Rejection, Writer, WriterSettings};
use domain::{Level, OrganizationId, TenantId};
use eventlog::{EventLog, Key, Keyring, MasterKey};
use projections::{
    Projections, Until, Views, assets, catalog, clients, features, groups, organizations,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::acts::Act;
use crate::stores::{Database, Place};
use crate::world::run_inside;

pub(super) struct Node {
    log: Arc<dyn EventLog>,
    writer: Writer,
    projections: Projections,
    tenant: TenantId,
    made: Mutex<Made>,
}

/// What was made so far, in order; a deleted thing stays, so that acts name it again.
#[derive(Default)]
struct Made {
    groups: Vec<i64>,
    clients: Vec<String>,
    organizations: Vec<String>,
    /// Texts that are drawn at random, by what they are called instead.
    drawn: Vec<(String, String)>,
}

/// A millisecond passes whenever somebody asks.
struct Ticks(AtomicI64);

impl Clock for Ticks {
    fn now(&self) -> DateTime<Utc> {
        let ticks = self.0.fetch_add(1, Ordering::Relaxed);
        DateTime::from_timestamp_millis(1_767_225_600_000 + ticks).unwrap()
    }
}

impl Node {
    pub(super) async fn start(database: &Database) -> Self {
        let log = database.log().await;
        let keyring = Keyring::new(Arc::clone(&log), MasterKey(Key::draw().unwrap()));
        let views = match &database.place {
            Place::DataDir(dir) => Views::sqlite(dir).await,
            Place::Url(url) => Views::postgres(url).await,
        };
        let clock = Arc::new(Ticks(AtomicI64::new(0)));
        let writer = Writer::start(Arc::clone(&log), keyring, WriterSettings::default(), clock);
        let committed = writer.committed();
        let projections =
            Projections::start(Arc::clone(&log), views.unwrap(), committed, vec![]).await.unwrap();
        let tenant = TenantId::new("acme").unwrap();
        let node = Self { log, writer, projections, tenant, made: Mutex::default() };
        node.send("CreateTenant", json!({ "name": "Acme" })).await.unwrap();
        for parent in [None, Some(0), Some(0)] {
            node.play(&Act::CreateGroup { parent, name: "first".to_owned() }).await;
        }
        node
    }

    /// Plays an act; says how it ended in words that are the same on every store.
    pub(super) async fn play(&self, act: &Act) -> String {
        let (name, body) = self.made.lock().unwrap().spell(act);
        match self.send(name, body).await {
            Ok(done) => {
                self.made.lock().unwrap().note(&done);
                let names: Vec<_> = done.events.iter().map(domain::Event::name).collect();
                let sequence = done.details.map(|details| details.sequence);
                format!("{name} {names:?} {sequence:?}")
            }
            Err(Undone::Desk(code)) => format!("{name} {code}"),
            Err(Undone::Body(error)) => format!("{name} {error:?}"),
            Err(Undone::NoCommand) => panic!("there is no command {name}"),
        }
    }

    async fn send(&self, name: &str, body: Value) -> Result<Done, Undone<String>> {
        dispatch(self, name, body.to_string().as_bytes()).await
    }

    /// All rows of the tenant that anybody can ask for.
    pub(super) async fn rows(&self) -> String {
        let current = self.projections.reads().current(&self.tenant).await.unwrap();
        self.shown(&current.views).await
    }

    /// The same, of a fold from the first event in memory.
    pub(super) async fn folded(&self) -> String {
        let reads = self.projections.reads();
        let past = reads.as_of(&self.tenant, Until::Now).await.unwrap();
        self.shown(&past.views).await
    }

    async fn shown(&self, views: &Views) -> String {
        let (tenant, mut shown) = (&self.tenant, String::new());
        writeln!(shown, "{:#?}", groups::all(views, tenant).await.unwrap()).unwrap();
        writeln!(shown, "{:#?}", assets::all(views, tenant).await.unwrap()).unwrap();
        writeln!(shown, "{:#?}", clients::all(views, tenant).await.unwrap()).unwrap();
        let types = catalog::contract_types(views, tenant).await.unwrap();
        let codes = catalog::cp_codes(views, tenant).await.unwrap();
        let products = catalog::products(views, tenant).await.unwrap();
        writeln!(shown, "{types:#?} {codes:#?} {products:#?}").unwrap();
        let organizations = organizations::all(views, tenant).await.unwrap();
        writeln!(shown, "{organizations:#?}").unwrap();
        let levels = organizations.into_iter().map(|row| Level::Organization(row.organization));
        for level in levels.chain([Level::Instance]) {
            let flags = features::on_level(views, tenant, &level).await.unwrap();
            writeln!(shown, "{flags:#?}").unwrap();
        }
        shown
    }

    /// Builds every read model anew.
    pub(super) async fn rebuild(&self) {
        for projection in projections::all() {
            self.projections.rebuild(projection.name(), |_| {}).await.unwrap();
        }
    }

    /// Text with what was drawn at random under names that are the same everywhere.
    pub(super) fn anonymous(&self, text: &str) -> String {
        let drawn = &self.made.lock().unwrap().drawn;
        drawn.iter().fold(text.to_owned(), |text, (drawn, name)| text.replace(drawn, name))
    }

    pub(super) async fn stop(self) {
        self.writer.drain().await;
        self.projections.stop().await;
        drop(self.log);
    }
}

impl Desk for Node {
    /// Why not, in one word.
    type Error = String;

    fn allow(&self, _: &Asked<'_>) -> Result<(), String> {
        Ok(())
    }

    async fn run<C: Command>(&self, command: C) -> Result<Granted<C::Fresh>, String> {
        run_inside(&self.writer, &self.tenant, command).await.map_err(|failure| match failure {
            Failure::Rejected(rejection) => rejection.refusal().code.to_owned(),
            other => panic!("{other}"),
        })
    }
}

impl Made {
    /// The command as the native API takes it.
    fn spell(&self, act: &Act) -> (&'static str, Value) {
        let group = |n: usize| self.groups.get(n % self.groups.len().max(1)).copied().unwrap_or(1);
        let nobody = || Uuid::nil().to_string();
        let client = |n: usize| {
            let known = self.clients.get(n % self.clients.len().max(1)).cloned();
            known.unwrap_or_else(nobody)
        };
        let level = |organization: &Option<usize>| match organization {
            None => json!({ "level": "instance" }),
            Some(n) => {
                let known = self.organizations.get(n % self.organizations.len().max(1));
                json!({ "level": "organization", "id": known.cloned().unwrap_or_else(nobody) })
            }
        };
        match act {
            Act::CreateGroup { parent, name } => {
                ("CreateGroup", json!({ "parent": parent.map(group), "name": name }))
            }
            Act::RenameGroup { group: n, name } => {
                ("RenameGroup", json!({ "group": group(*n), "name": name }))
            }
            Act::MoveGroup { group: n, to } => {
                ("MoveGroup", json!({ "group": group(*n), "to": group(*to) }))
            }
            Act::DeleteGroup { group: n } => ("DeleteGroup", json!({ "group": group(*n) })),
            Act::AddAsset { group: n } => {
                let name = format!("asset in {n}");
                ("AddAsset", json!({ "name": name, "kind": "property", "group": group(*n) }))
            }
            Act::RegisterCatalog { group: n, number } => {
                let (id, name) = (number, format!("{number} in {n}"));
                let document = json!({
                    "contractTypes": [{"id": name.replace(' ', "-"), "name": name}],
                    "assignments":
                        [{"to": {"group": group(*n)}, "contractType": name.replace(' ', "-")}],
                    "cpCodes": [{"id": id, "name": name, "group": group(*n)}],
                    "products": [{"name": name}],
                });
                ("RegisterCatalog", document)
            }
            Act::CreateOrganization { name } => ("CreateOrganization", json!({ "name": name })),
            Act::CreateClient { name, features } => {
                ("CreateClient", json!({ "name": name, "features": features }))
            }
            Act::Client { how, client: n } => (how, json!({ "client": client(*n) })),
            Act::SetClientFeatures { client: n, features } => {
                ("SetClientFeatures", json!({ "client": client(*n), "features": features }))
            }
            Act::ResetClientSecret { client: n, hours } => {
                ("ResetClientSecret", json!({ "client": client(*n), "hoursToLive": hours }))
            }
            Act::SetFlag { organization, flag, value } => {
                let mut body = level(organization);
                body["flags"] = json!({ *flag: value });
                ("SetFeatures", body)
            }
            Act::ResetFlags { organization } => ("ResetFeatures", level(organization)),
        }
    }

    /// Notes what was made.
    fn note(&mut self, done: &Done) {
        let text = |member: &str| done.reply.get(member).and_then(Value::as_str).map(str::to_owned);
        for event in &done.events {
            match event {
                domain::Event::GroupCreated(fact) => self.groups.push(fact.group.0),
                domain::Event::OrganizationCreated(fact) => {
                    let OrganizationId(id) = fact.organization.clone();
                    self.organizations.push(id);
                }
                domain::Event::ClientCreated(fact) => self.clients.push(fact.client.to_string()),
                _ => {}
            }
        }
        for member in ["client", "akamaiId", "captureId", "secret", "clientToken", "accessToken"] {
            if let Some(drawn) = text(member) {
                let name = format!("<{member} {}>", self.drawn.len());
                self.drawn.push((drawn, name));
            }
        }
    }
}
