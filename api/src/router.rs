//! All dialects in one router, and the replies for what is in none of them.

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn;
use axum::response::Response;
use chrono::Utc;

use crate::akamai::{self, Akamai};
use crate::app::App;
use crate::call::{Incoming, address, request_id};
use crate::capture::{self, Capture, Config, OAuth};
use crate::dialect::{Face, Listed, Served, Turned};
use crate::native::{self, Native};
use crate::tenant_clients::{self, TenantClients};
use crate::zitadel;

/// Every dialect there is, at each of its roots.
fn dialects() -> Vec<Box<dyn Served>> {
    let mut all: Vec<Box<dyn Served>> = vec![
        Box::new(native::dialect()),
        Box::new(akamai::dialect()),
        Box::new(capture::dialect()),
        Box::new(capture::config()),
        Box::new(capture::records()),
        Box::new(capture::oauth()),
    ];
    for dialect in zitadel::rest_dialects() {
        all.push(Box::new(dialect));
    }
    all.push(Box::new(zitadel::admin_dialect()));
    all.push(Box::new(zitadel::oauth_dialect()));
    for dialect in zitadel::rpc_dialects() {
        all.push(Box::new(dialect));
    }
    for root in tenant_clients::ROOTS {
        all.push(Box::new(tenant_clients::dialect(root)));
    }
    all
}

/// Everything that is served, without the edge around it.
pub fn router(app: App) -> Router {
    let all = dialects().into_iter().fold(Router::new(), |all, it| all.merge(it.router()));
    let no_path = |request: Request| async { refuse(request, Turned::NoSuchPath) };
    let no_method = |request: Request| async { refuse(request, Turned::NoSuchMethod) };
    let all = all.merge(zitadel::standard_services(app.clone()));
    let all = all.fallback(no_path).method_not_allowed_fallback(no_method).with_state(app);
    all.layer(from_fn(zitadel::keep_deadline))
}

/// Every operation of every dialect.
pub fn listed() -> Vec<Listed> {
    dialects().iter().map(|dialect| dialect.listed()).collect()
}

/// Refuses in the words of the dialect whose root the path lies below.
fn refuse(request: Request, why: Turned) -> Response {
    let (parts, _) = request.into_parts();
    let (id, address) = (request_id(&parts), address(&parts));
    let incoming = Incoming::new(id, address, Utc::now(), parts, axum::body::Bytes::new());
    let path = incoming.uri.path();
    let below = |roots: &[&str]| roots.iter().any(|root| path.starts_with(root));
    if below(&["/identity-management/"]) {
        Akamai::refuse(&incoming, why.into())
    } else if below(&["/clients/v1/", "/clientms/", "/authsec/"]) {
        TenantClients::refuse(&incoming, why.into())
    } else if below(&["/config/"]) {
        Config::refuse(&incoming, why.into())
    } else if below(&["/oauth/"]) {
        OAuth::refuse(&incoming, why.into())
    } else if below(&["/clients/", "/settings/", "/access/", "/entity"]) {
        Capture::refuse(&incoming, why.into())
    } else if below(&["/oauth/v2/"]) {
        zitadel::OAuth::refuse(&incoming, why.into())
    } else if below(&["/v2/", "/v2beta/", "/admin/v1/"]) {
        zitadel::Rest::refuse(&incoming, why.into())
    } else if below(&["/zitadel."]) || zitadel::is_grpc(&incoming) {
        zitadel::refuse_call(&incoming, why)
    } else {
        Native::refuse(&incoming, why.into())
    }
}
