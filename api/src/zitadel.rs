//! Zitadel's feature service, versions v2beta and v2: as gRPC, gRPC-web and Connect on the RPC
//! path, and as REST JSON below `/v2beta` and `/v2`. All transports lead to one implementation, and
//! the list of methods is what each of them serves. The instance is the token's tenant.
//!
//! Known quirks: unknown fields are ignored, zero values left out of JSON; a REST path's id wins
//! over the body's; `{}` is granted for an organization or a user, which upstream has no flags for,
//! and refused for the instance; flags of organizations and users have numbers of our own, above
//! 1000; the two versions differ in what reading and resetting need.

mod access;
mod audit;
mod connect;
mod deadline;
mod error;
mod flags;
mod grpc;
mod level;
mod messages;
mod methods;
mod oauth;
mod rest;
mod rpc;
mod service;
mod standard;

pub(crate) use deadline::keep as keep_deadline;
pub(crate) use oauth::{OAuth, dialect as oauth_dialect};
pub(crate) use rest::is_grpc;
pub(crate) use standard::services as standard_services;

use async_trait::async_trait;
use axum::http::Method as Verb;
use axum::response::Response;
use domain::{Right, TenantId};
use tonic::Code;

use crate::app::App;
use crate::call::Incoming;
use crate::caller::Caller;
use crate::dialect::{Dialect, Face, Needs, Turned};
use error::ZitadelError;
use methods::{METHODS, Of, Version};

/// How the REST form lets callers in and refuses.
pub(crate) struct Rest;

/// How the RPC path does.
pub(crate) struct Rpc;

#[async_trait]
impl Face for Rest {
    type Error = ZitadelError;

    async fn authenticate(app: &App, request: &Incoming) -> Result<Caller, ZitadelError> {
        if is_grpc(request) {
            return Err(rest::grpc_elsewhere(request));
        }
        access::bearer_of(app, request, rest::of(request)).await
    }

    fn tenant(caller: &Caller, request: &Incoming) -> Result<TenantId, ZitadelError> {
        Ok(tenant(caller, rest::of(request)))
    }

    fn refuse(_: &Incoming, error: ZitadelError) -> Response {
        rest::refuse(&error)
    }
}

#[async_trait]
impl Face for Rpc {
    type Error = ZitadelError;

    async fn authenticate(app: &App, request: &Incoming) -> Result<Caller, ZitadelError> {
        rpc::check(request)?;
        access::bearer_of(app, request, rpc::of(request)).await
    }

    fn tenant(caller: &Caller, request: &Incoming) -> Result<TenantId, ZitadelError> {
        Ok(tenant(caller, rpc::of(request)))
    }

    fn refuse(request: &Incoming, error: ZitadelError) -> Response {
        rpc::refuse(request, &error)
    }
}

/// The tenant a call is about: the system's flags are the same for all, and who may touch them the
/// gate has asked.
fn tenant(caller: &Caller, of: Option<Of>) -> TenantId {
    if of == Some(Of::System) { TenantId::system() } else { caller.tenant.clone() }
}

/// The REST form of a version.
fn rest_of(version: Version, root: &'static str) -> Dialect<Rest> {
    METHODS.iter().fold(Dialect::new("zitadel", root), |dialect, method| {
        let (path, needs) = (method.of.path(), method.needs(version));
        dialect.op(method.name(), method.verb(), path, needs, move |call| {
            rest::serve(call, method, version)
        })
    })
}

/// The RPC path of a version.
fn rpc_of(version: Version, root: &'static str) -> Dialect<Rpc> {
    METHODS.iter().fold(Dialect::new("zitadel rpc", root), |dialect, method| {
        let needs = method.needs(version);
        dialect.op(method.name(), Verb::POST, method.path, needs, move |call| {
            rpc::serve(call, method, version)
        })
    })
}

/// Refuses what lies on no path of the list, to a caller on the RPC path.
pub(crate) fn refuse_call(request: &Incoming, why: Turned) -> Response {
    let error = if why == Turned::NoSuchPath {
        let text = format!("there is no method {}", request.uri.path());
        ZitadelError::bare(Code::Unimplemented, text)
    } else {
        why.into()
    };
    rpc::refuse(request, &error)
}

/// The REST forms of both versions.
pub(crate) fn rest_dialects() -> [Dialect<Rest>; 2] {
    [rest_of(Version::V2beta, "/v2beta"), rest_of(Version::V2, "/v2")]
}

/// The part of the administrators' API that searches the log.
#[rustfmt::skip]
pub(crate) fn admin_dialect() -> Dialect<Rest> {
    let needs = Needs::Right(Right::EventsRead);
    Dialect::new("zitadel", "/admin/v1")
        .op("ListEvents",         Verb::POST, "/events/_search",           needs, audit::events)
        .op("ListEventTypes",     Verb::POST, "/events/types/_search",     needs, audit::event_types)
        .op("ListAggregateTypes", Verb::POST, "/aggregates/types/_search", needs, audit::aggregate_types)
}

/// The RPC paths of both versions.
pub(crate) fn rpc_dialects() -> [Dialect<Rpc>; 2] {
    [
        rpc_of(Version::V2beta, "/zitadel.feature.v2beta.FeatureService"),
        rpc_of(Version::V2, "/zitadel.feature.v2.FeatureService"),
    ]
}
