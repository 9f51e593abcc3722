//! What the longest lists cost: the whole way of a signed request through the program, beside a
//! bare `SELECT` of the rows it rests on, turned into JSON, on the same PostgreSQL.

use std::sync::Arc;

use api::app::App;
use api::credentials::AkamaiCredentials;
use api::edgegrid::{Credential, Signed, sign};
use api::router::router;
use api::settings::Settings;
use api::start_data::{Planted, plant};
use api::user_names::UserNames;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use chrono::Utc;
use projections::{Projections, Views};
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::Result;
use crate::cell::Contender;
use crate::populous;
use crate::rows::Select;
use crate::world::World;

const HOST: &str = "chancery.example";
const ROOT: &str = "/identity-management/v3";

/// A program with many users and groups in its read models.
pub(crate) struct Reading {
    app: App,
    /// What is asked for, and the rows that the answer rests on.
    pub(crate) lists: Vec<(&'static str, Arc<Get>, Arc<Select>)>,
}

impl Reading {
    pub(crate) async fn prepare(
        url: &str,
        users: usize,
        groups: usize,
        clients: usize,
    ) -> Result<Self> {
        let World { log, writer, keyring } = World::open(url).await?;
        let committed = writer.committed();
        let views = Views::postgres(url).await?;
        let projections =
            Projections::start(Arc::clone(&log), views, committed, Vec::new()).await?;
        let (reads, projections) = (projections.reads(), Arc::new(projections));
        let settings = Arc::new(Settings::default());
        let user_names = UserNames::default();
        let app = App { log, keyring, writer, reads, projections, settings, user_names };
        let Planted::Ready(credentials) = plant(&app, true).await? else {
            return Err("the database is not empty".into());
        };
        let somebody = populous::fill(&app, users, groups).await?;
        let signer = signer(&credentials.akamai);
        let service = router(app.clone());
        let get = |path: &str| {
            let (service, proof) = (service.clone(), Proof::EdgeGrid(signer.clone()));
            Arc::new(Get { service, proof, target: format!("{ROOT}{path}") })
        };
        populous::add_clients(&app, clients).await?;
        let capture = Arc::new(Get {
            service: service.clone(),
            proof: Proof::Capture,
            target: format!(
                "/clients/list?client_id={}&client_secret={}",
                credentials.capture.owner_client_id, credentials.capture.owner_client_secret
            ),
        });
        let bare = Select::open(url).await?;
        let of_user = format!("user_id = '{somebody}'");
        let lists = vec![
            ("list of API clients (Capture)", capture, Arc::new(bare.of(&[("clients_v", "")]))),
            (
                "list of users",
                get("/user-admin/ui-identities"),
                Arc::new(bare.of(&[("users_v", ""), ("user_sign_ins_v", "")])),
            ),
            ("forest of groups", get("/user-admin/groups"), Arc::new(bare.of(&[("groups_v", "")]))),
            (
                "effective access of one user",
                get(&format!("/users/{}/group-access", populous::SOMEBODY)),
                Arc::new(bare.of(&[("groups_v", ""), ("users_v", &of_user)])),
            ),
        ];
        Ok(Self { app, lists })
    }

    pub(crate) async fn stop(&self) {
        self.app.writer.drain().await;
        self.app.projections.stop().await;
    }
}

fn signer(held: &AkamaiCredentials) -> Credential {
    Credential {
        client_token: held.client_token.clone(),
        access_token: held.access_token.clone(),
        client_secret: held.client_secret.clone(),
    }
}

/// How a request shows whose it is.
enum Proof {
    EdgeGrid(Credential),
    /// By what stands in its query.
    Capture,
}

/// A request with proof of whose it is, from its arrival to the last byte of the answer.
pub(crate) struct Get {
    service: Router,
    proof: Proof,
    target: String,
}

impl Contender for Get {
    async fn act(&self, _: usize) -> Result<()> {
        let mut request = Request::get(&self.target).header("host", HOST);
        if let Proof::EdgeGrid(signer) = &self.proof {
            let signed = Signed { method: "GET", host: HOST, target: &self.target, body: b"" };
            let nonce = Uuid::now_v7().to_string();
            let header = sign(signer, "https", &signed, Utc::now(), &nonce)?;
            request = request.header("authorization", header);
        }
        let request = request.body(Body::empty())?;
        let response = self.service.clone().oneshot(request).await?;
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await?;
        if !status.is_success() {
            let text = String::from_utf8_lossy(&body).into_owned();
            return Err(format!("{}: {status} {text}", self.target).into());
        }
        Ok(())
    }
}
