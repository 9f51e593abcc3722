//! What the longest lists cost: the whole way of a signed request through the program, beside a
//! bare `SELECT` of the rows it rests on, turned into JSON, on the same PostgreSQL.

use std::sync::Arc;

use api::accesses::Accesses;
use api::app::App;
use api::credentials::AkamaiCredentials;
use api::edgegrid::Credential;
use api::live::Live;
use api::router::router;
use api::settings::Settings;
use api::start_data::{Planted, plant};
use api::user_names::UserNames;
use axum::Router;
use projections::{Projections, Views};

use crate::Result;
use crate::asking::{Get, Proof};
use crate::populous;
use crate::rows::Select;
use crate::world::World;

const ROOT: &str = "/identity-management/v3";

/// A program with many users and groups in its read models.
pub(crate) struct Reading {
    app: App,
    /// What is asked for, and the rows that the answer rests on.
    pub(crate) lists: Vec<(&'static str, Arc<Get>, Arc<Select>)>,
    service: Router,
    select: Select,
}

/// A tenant of so many API clients, and the lists that are asked for.
pub(crate) struct Sized {
    pub(crate) size: usize,
    pub(crate) gets: [(&'static str, Arc<Get>); 5],
}

/// The service on that database, without a socket.
async fn service(url: &str) -> Result<App> {
    let World { log, writer, keyring } = World::open(url).await?;
    let (committed, views) = (writer.committed(), Views::postgres(url).await?);
    let projections = Projections::start(Arc::clone(&log), views, committed, Vec::new()).await?;
    let (reads, projections) = (projections.reads(), Arc::new(projections));
    let (settings, user_names) = (Arc::<Settings>::default(), UserNames::default());
    let live = Live::new(settings.live);
    let accesses = Accesses::start(Arc::clone(&log), keyring.clone());
    Ok(App { log, keyring, writer, reads, projections, settings, live, accesses, user_names })
}

impl Reading {
    pub(crate) async fn prepare(
        url: &str,
        users: usize,
        groups: usize,
        clients: usize,
    ) -> Result<Self> {
        let app = service(url).await?;
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
            proof: Proof::Query,
            target: format!(
                "/clients/list?client_id={}&client_secret={}",
                credentials.capture.owner_client_id, credentials.capture.owner_client_secret
            ),
        });
        let select = Select::open(url).await?;
        let bare = |tables: &[(&str, &str, &str)]| Arc::new(select.of(tables));
        let of_user = format!("user_id = '{somebody}'");
        let lists = vec![
            (
                "list of API clients (Capture)",
                capture,
                bare(&[
                    ("clients_v", "client_id, capture_id, name, features, secret_generation", ""),
                    ("client_allow_lists_v", "*", ""),
                    ("vault", "public_id, encode(sealed, 'hex')", "kind = 'client_secret'"),
                ]),
            ),
            (
                "list of API clients (Akamai)",
                get("/api-clients"),
                bare(&[
                    (
                        "clients_v",
                        "client_id, akamai_id, name, description, kind, authorized_user, access, \
                         is_default, is_locked, is_active, created_by, created_at",
                        "",
                    ),
                    ("client_access_v", "*", ""),
                    ("client_credentials_v", "*", ""),
                    // Whose clients the caller may see.
                    ("groups_v", "group_id, parent_id", ""),
                ]),
            ),
            (
                "list of users",
                get("/user-admin/ui-identities"),
                bare(&[("users_v", "*", ""), ("user_sign_ins_v", "*", "")]),
            ),
            ("forest of groups", get("/user-admin/groups"), bare(&[("groups_v", "*", "")])),
            (
                "effective access of one user",
                get(&format!("/users/{}/group-access", populous::SOMEBODY)),
                bare(&[("groups_v", "*", ""), ("users_v", "*", &of_user)]),
            ),
        ];
        Ok(Self { app, lists, service, select })
    }

    /// What lists cost as their tenant grows: a tenant of each size, and what is asked in it.
    pub(crate) async fn sized(&self, sizes: &[usize]) -> Result<Vec<Sized>> {
        let mut all = Vec::new();
        for size in sizes {
            let token = populous::tenant_of(&self.app, *size).await?;
            let get = |query: &str| {
                let target = format!(
                    "/clients/v1/tenants/{}/clients?limit=20{query}",
                    populous::name(*size)
                );
                let (service, proof) = (self.service.clone(), Proof::Bearer(token.clone()));
                Arc::new(Get { service, proof, target })
            };
            let gets = [
                ("first page", get("")),
                ("active ones", get("&active=true")),
                ("by tag", get("&tags=t7")),
                ("by part of the name", get("&name=t%200001")),
                ("by tag and part of the name", get("&tags=t7&name=t%200001")),
            ];
            all.push(Sized { size: *size, gets });
        }
        self.select.settle().await?;
        Ok(all)
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
