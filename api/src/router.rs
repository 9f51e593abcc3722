//! All dialects in one router, and the replies for what is in none of them.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use chrono::Utc;

use crate::akamai::{self, Akamai};
use crate::app::App;
use crate::call::{Incoming, address, request_id};
use crate::capture::{self, Capture};
use crate::dialect::{Operation, Turned, turned_away};
use crate::native::{self, Native};
use crate::tenant_clients::{self, TenantClients};
use crate::zitadel::{self, Zitadel};

/// Everything that is served, without the edge around it.
pub fn router(app: App) -> Router {
    let dialects = Router::new()
        .merge(native::dialect().router())
        .merge(akamai::dialect().router())
        .merge(capture::dialect().router())
        .merge(zitadel::v2beta().router())
        .merge(zitadel::v2().router());
    let roots = tenant_clients::ROOTS.iter();
    let dialects =
        roots.fold(dialects, |all, root| all.merge(tenant_clients::dialect(root).router()));
    dialects.fallback(no_path).method_not_allowed_fallback(no_method).with_state(app)
}

/// A dialect's name, its root, and its list of operations.
#[derive(Debug, Clone)]
pub struct Listed {
    pub dialect: &'static str,
    pub root: &'static str,
    pub operations: Vec<Operation>,
}

/// Every operation of every dialect.
pub fn listed() -> Vec<Listed> {
    let listed = |dialect, root, operations| Listed { dialect, root, operations };
    let mut all = vec![
        listed("native", "", native::dialect().operations()),
        listed("akamai", akamai::ROOT, akamai::dialect().operations()),
        listed("capture", "", capture::dialect().operations()),
        listed("zitadel", "/v2beta", zitadel::v2beta().operations()),
        listed("zitadel", "/v2", zitadel::v2().operations()),
    ];
    for root in tenant_clients::ROOTS {
        all.push(listed("tenant_clients", root, tenant_clients::dialect(root).operations()));
    }
    all
}

async fn no_path(State(_): State<App>, request: Request) -> Response {
    refuse(request, Turned::NoSuchPath)
}

async fn no_method(State(_): State<App>, request: Request) -> Response {
    refuse(request, Turned::NoSuchMethod)
}

/// Refuses in the words of the dialect whose root the path lies below.
fn refuse(request: Request, why: Turned) -> Response {
    let (parts, _) = request.into_parts();
    let (id, address) = (request_id(&parts), address(&parts));
    let incoming = Incoming::new(id, address, Utc::now(), parts, axum::body::Bytes::new());
    let path = incoming.uri.path();
    let below = |roots: &[&str]| roots.iter().any(|root| path.starts_with(root));
    if below(&["/identity-management/"]) {
        turned_away::<Akamai>(&incoming, why)
    } else if below(&["/clients/v1/", "/clientms/", "/authsec/"]) {
        turned_away::<TenantClients>(&incoming, why)
    } else if below(&["/clients/", "/settings/", "/access/", "/config/"]) {
        turned_away::<Capture>(&incoming, why)
    } else if below(&["/v2/", "/v2beta/"]) {
        turned_away::<Zitadel>(&incoming, why)
    } else {
        turned_away::<Native>(&incoming, why)
    }
}
