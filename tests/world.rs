//! The whole service on a database of its own and a free port, with the start data in it, and a
//! verb for each dialect.

pub(crate) mod published;
mod reply;

use std::sync::Arc;

use api::accesses::Accesses;
use api::app::App;
use api::credentials::Credentials;
use api::edge::{Edge, Limits, Listening, Timeouts};
use api::edgegrid::{Credential, Signed, sign};
use api::jwt::{self, AUDIENCE, Claims, ISSUERS};
use api::live::Live;
use api::router::router;
use api::settings::Settings;
use api::start_data::{Planted, plant};
use api::user_names::UserNames;
use chrono::Utc;
use commands::{Command, Failure, Granted, Request, SystemClock, Writer, WriterSettings};
use domain::{Actor, Authority, TenantId};
use eventlog::{EventLog, Key, Keyring, MasterKey};
use ipnet::IpNet;
use projections::{Projections, Views};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stores::{Database, Place};
pub(crate) use reply::Reply;

/// Where the Akamai dialect lives.
pub(crate) const IAM: &str = "/identity-management/v3";

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) credentials: Credentials,
    http: reqwest::Client,
    listening: Listening,
}

impl World {
    /// Starts the service, and plants the start data.
    pub(crate) async fn start(database: &Database) -> Self {
        Self::start_with(database, Settings::default()).await
    }

    pub(crate) async fn start_with(database: &Database, settings: Settings) -> Self {
        Self::start_behind(database, settings, Vec::new()).await
    }

    /// The same, where these proxies tell the truth about whom they speak for.
    pub(crate) async fn start_behind(
        database: &Database,
        settings: Settings,
        trusted_proxies: Vec<IpNet>,
    ) -> Self {
        let app = app(database, settings).await;
        let Planted::Ready(credentials) = plant(&app, true).await.unwrap() else {
            panic!("a fresh database has its start data already");
        };
        let browser_origins = app.settings.browser_origins.clone();
        let limits = Limits { timeouts: Timeouts::default(), trusted_proxies, browser_origins };
        let edge = Edge::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listening = edge.serve(router(app.clone()), limits, None).unwrap();
        let http = reqwest::Client::new();
        Self { app, credentials: *credentials, http, listening }
    }

    /// Another node on the same database, which was given the same master key.
    pub(crate) async fn beside(&self, database: &Database) -> Self {
        let master = self.app.keyring.master().clone();
        let app = app_under(database, Settings::default(), master).await;
        let limits = Limits {
            timeouts: Timeouts::default(),
            trusted_proxies: Vec::new(),
            browser_origins: Vec::new(),
        };
        let edge = Edge::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listening = edge.serve(router(app.clone()), limits, None).unwrap();
        let (credentials, http) = (self.credentials.clone(), reqwest::Client::new());
        Self { app, credentials, http, listening }
    }

    /// Lets everything finish.
    pub(crate) async fn stop(self) {
        self.app.live.stop();
        self.listening.stop().await;
        self.app.accesses.stop().await;
        self.app.writer.drain().await;
        self.app.projections.stop().await;
    }

    /// `127.0.0.1:<port>`.
    pub(crate) fn host(&self) -> String {
        self.listening.address().to_string()
    }

    /// A request to be sent as it is.
    pub(crate) fn request(&self, method: &str, target: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.http.request(method, format!("http://{}{target}", self.host()))
    }

    /// A call of the Akamai dialect, signed by the owner. A success must be what the published
    /// document promises.
    pub(crate) async fn akamai(&self, method: &str, path: &str, body: Value) -> Reply {
        self.akamai_as(&self.owner(), method, path, body).await
    }

    /// The same, signed by somebody else.
    pub(crate) async fn akamai_as(
        &self,
        signer: &Credential,
        method: &str,
        path: &str,
        body: Value,
    ) -> Reply {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let header = self.signature(signer, method, path, &body, 0);
        let reply = Reply::of(self.signed(method, path, body, header)).await;
        published::verify(method, path, &reply);
        reply
    }

    /// The header that signs a call, by a clock that is `seconds` off.
    pub(crate) fn signature(
        &self,
        signer: &Credential,
        method: &str,
        path: &str,
        body: &[u8],
        seconds: i64,
    ) -> String {
        let (host, target) = (self.host(), format!("{IAM}{path}"));
        let request = Signed { method, host: &host, target: &target, body };
        let now = Utc::now() + chrono::TimeDelta::seconds(seconds);
        sign(signer, "https", &request, now, &Uuid::now_v7().to_string()).unwrap()
    }

    /// A call of the Akamai dialect under a given header.
    pub(crate) fn signed(
        &self,
        method: &str,
        path: &str,
        body: Vec<u8>,
        header: String,
    ) -> RequestBuilder {
        let request = self.request(method, &format!("{IAM}{path}"));
        request
            .header("authorization", header)
            .header("content-type", "application/json")
            .body(body)
    }

    /// What the owner signs with.
    pub(crate) fn owner(&self) -> Credential {
        let held = &self.credentials.akamai;
        Credential {
            client_token: held.client_token.clone(),
            access_token: held.access_token.clone(),
            client_secret: held.client_secret.clone(),
        }
    }

    /// A call of the Capture dialect by the owner, its parameters in a form.
    pub(crate) async fn capture(&self, endpoint: &str, parameters: &[(&str, &str)]) -> Reply {
        let held = &self.credentials.capture;
        let owner = (held.owner_client_id.as_str(), held.owner_client_secret.as_str());
        self.capture_as(owner, endpoint, parameters).await
    }

    pub(crate) async fn capture_as(
        &self,
        (id, secret): (&str, &str),
        endpoint: &str,
        parameters: &[(&str, &str)],
    ) -> Reply {
        let request = self.request("POST", endpoint).basic_auth(id, Some(secret));
        Reply::of(request.form(parameters)).await
    }

    /// A call with a bearer token.
    pub(crate) async fn bearer(&self, token: &str, method: &str, path: &str, body: Value) -> Reply {
        let request = self.request(method, path).bearer_auth(token);
        let request = if body.is_null() { request } else { request.json(&body) };
        Reply::of(request).await
    }

    /// A call by the administrator's token.
    pub(crate) async fn admin(&self, method: &str, path: &str, body: Value) -> Reply {
        self.bearer(&self.credentials.bearer.admin, method, path, body).await
    }

    /// A call by the viewer's token.
    pub(crate) async fn viewer(&self, method: &str, path: &str, body: Value) -> Reply {
        self.bearer(&self.credentials.bearer.viewer, method, path, body).await
    }

    /// A command that must be granted, by the administrator.
    pub(crate) async fn command(&self, name: &str, body: Value) -> Value {
        let path = format!("/v1/tenants/default/commands/{name}");
        let reply = self.admin("POST", &path, body).await;
        assert_eq!(reply.status, 200, "{name}: {reply}");
        reply.body
    }

    /// A web token of the default tenant that holds these claims besides the usual ones.
    pub(crate) fn web_token(&self, more: Claims) -> String {
        let now = Utc::now().timestamp();
        let claims = Claims {
            iss: ISSUERS[0].to_owned(),
            aud: Some(AUDIENCE.into()),
            iat: Some(now),
            exp: now + 3600,
            sub: more.sub.clone().or_else(|| Some("somebody".to_owned())),
            tenant_id: more.tenant_id.clone().or_else(|| Some("default".to_owned())),
            ..more
        };
        jwt::mint(&claims, &self.credentials.clients_jwt_secret).unwrap()
    }

    /// A web token of an administrator of the tenant.
    pub(crate) fn admin_web_token(&self) -> String {
        self.web_token(Claims { roles: vec!["admin".to_owned()], ..Claims::default() })
    }

    /// How many events the default tenant has.
    pub(crate) async fn events(&self) -> usize {
        let path = "/v1/tenants/default/events?limit=1000";
        self.admin("GET", path, Value::Null).await.body["events"].as_array().unwrap().len()
    }

    /// What another client signs with that has one role on one group, and nothing else.
    pub(crate) async fn restricted(&self, name: &str, group: &str, role: &str) -> Credential {
        let groups = self.admin("GET", "/v1/tenants/default/groups", Value::Null).await;
        let roles = self.admin("GET", "/v1/tenants/default/roles", Value::Null).await;
        let group = &groups.named("groups", group)["group"];
        let role = &roles.named("roles", role)["role"];
        let body = json!({
            "name": name, "kind": "CLIENT", "authorizedUser": self.credentials.user_id,
            "access": [{"group": group, "role": role}],
        });
        let made = self.command("CreateClient", body).await;
        self.signer(&made["client"]).await
    }

    /// A new signing credential of a client.
    pub(crate) async fn signer(&self, client: &Value) -> Credential {
        let made = self.command("CreateClientCredential", json!({"client": client})).await;
        let text = |member: &str| made[member].as_str().unwrap().to_owned();
        Credential {
            client_token: text("clientToken"),
            access_token: text("accessToken"),
            client_secret: text("clientSecret"),
        }
    }

    /// Another client with everything that a client can have: administrator's access, the owner
    /// feature, a signing credential, a bearer token, and a web token.
    pub(crate) async fn robot(&self, name: &str) -> Robot {
        let groups = self.admin("GET", "/v1/tenants/default/groups", Value::Null).await;
        let acme = groups.named("groups", "Acme")["group"].clone();
        let roles = self.admin("GET", "/v1/tenants/default/roles", Value::Null).await;
        let role = roles.named("roles", "Administrator")["role"].clone();
        let made = self
            .command(
                "CreateClient",
                json!({
                    "name": name, "kind": "CLIENT", "features": ["owner"],
                    "authorizedUser": self.credentials.user_id,
                    "access": [{"group": acme, "role": role}],
                }),
            )
            .await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let client = text(&made["client"]);
        let signer = self.signer(&made["client"]).await;
        let rights = ["group.read", "org.feature.read", "org.feature.write", "client.read"];
        let body = json!({"name": name, "holder": {"client": client}, "rights": rights});
        let token = self.command("IssueToken", body).await;
        let claims = Claims {
            client_id: Some(client.clone()),
            roles: vec!["admin".to_owned()],
            ..Claims::default()
        };
        Robot {
            akamai_id: text(&made["akamaiId"]),
            capture: (text(&made["captureId"]), text(&made["secret"])),
            signer,
            token: text(&token["secret"]),
            web_token: self.web_token(claims),
            client,
        }
    }
}

/// A client under all its names, with all it can call with.
pub(crate) struct Robot {
    pub(crate) client: String,
    pub(crate) akamai_id: String,
    pub(crate) capture: (String, String),
    pub(crate) signer: Credential,
    pub(crate) token: String,
    pub(crate) web_token: String,
}

/// The service without a socket.
pub(crate) async fn app(database: &Database, settings: Settings) -> App {
    app_under(database, settings, MasterKey(Key::draw().unwrap())).await
}

pub(crate) async fn app_under(database: &Database, settings: Settings, master: MasterKey) -> App {
    let log: Arc<dyn EventLog> = database.log().await;
    let keyring = Keyring::new(Arc::clone(&log), master);
    let views = match &database.place {
        Place::DataDir(dir) => Views::sqlite(dir).await,
        Place::Url(url) => Views::postgres(url).await,
    };
    let writer = Writer::start(
        Arc::clone(&log),
        keyring.clone(),
        WriterSettings::default(),
        Arc::new(SystemClock),
    );
    let committed = writer.committed();
    let projections =
        Projections::start(Arc::clone(&log), views.unwrap(), committed, vec![]).await.unwrap();
    let (reads, projections) = (projections.reads(), Arc::new(projections));
    let (live, user_names) = (Live::new(settings.live), UserNames::default());
    let settings = Arc::new(settings);
    let accesses = Accesses::start(Arc::clone(&log), keyring.clone());
    App { log, keyring, writer, reads, projections, settings, live, accesses, user_names }
}

/// Runs a command of the installation itself in a tenant.
pub(crate) async fn run_inside<C: Command>(
    writer: &Writer,
    tenant: &TenantId,
    command: C,
) -> Result<Granted<C::Fresh>, Failure<C::Rejection>> {
    let request = Request {
        tenant: tenant.clone(),
        actor: Actor::system(),
        authority: Authority::full(),
        command_id: Uuid::now_v7(),
        correlation: String::new(),
        address: None,
        expected_sequence: None,
        idempotency: None,
        dry_run: false,
    };
    writer.run(request, command).await
}
