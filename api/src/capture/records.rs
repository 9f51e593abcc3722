//! Records of the people who sign in: `/entity*`, and which attributes a client may touch of them.
//!
//! A client reads with `direct_read_access`, writes with `direct_access`, lets people at their own
//! record with `login_client`, and touches what its access schemas have, where it has any.

mod access_schema;
mod change;
mod read;
mod scope;
mod select;

use async_trait::async_trait;
use axum::http::Method;
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::{AccessKind, ClientFeature, RECORD_TYPE};
use projections::access_schemas;
use projections::records::RecordRow;
use serde_json::{Value, json};

use super::error::CaptureError;
use super::parameters::Parameters;
use crate::app::App;
use crate::call::{Call, Incoming};
use crate::caller::{Caller, OnBehalf, record_token, secret};
use crate::dialect::{Dialect, Face, Needs};
use crate::fault::Fault;
use scope::Scope;
pub(super) use select::selected;

/// How it lets callers in: people come with their own tokens too.
pub(crate) struct Records;

#[async_trait]
impl Face for Records {
    type Error = CaptureError;

    async fn authenticate(app: &App, request: &Incoming) -> Result<Caller, CaptureError> {
        let parameters = Parameters::of(request);
        if let Some(token) = token(request, &parameters) {
            return Ok(record_token(app, request, token).await?);
        }
        Ok(secret(app, request, parameters.all(), false).await?)
    }

    fn refuse(request: &Incoming, error: CaptureError) -> Response {
        error.respond(request)
    }
}

/// The person's token that a request carries, where it carries nothing of a client's.
fn token<'a>(request: &'a Incoming, parameters: &'a Parameters) -> Option<&'a str> {
    let Some(header) = request.header("authorization") else {
        let named = parameters.get("access_token").or_else(|| parameters.get("token"));
        return named.filter(|_| parameters.get("client_secret").is_none());
    };
    let (scheme, token) = header.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("oauth").then(|| token.trim())
}

#[rustfmt::skip]
pub(crate) fn dialect() -> Dialect<Records> {
    let (owner, anybody) = (Needs::Feature(ClientFeature::Owner), Needs::SignedIn);
    let (get, post) = (Method::GET, Method::POST);
    Dialect::new("capture", "")
        .op("entity",                     get.clone(),  "/entity",                     anybody, read::handle)
        .op("entity",                     post.clone(), "/entity",                     anybody, read::handle)
        .op("entity.create",              post.clone(), "/entity.create",              anybody, change::create)
        .op("entity.update",              post.clone(), "/entity.update",              anybody, change::update)
        .op("entity.replace",             post.clone(), "/entity.replace",             anybody, change::replace)
        .op("entityType.setAccessSchema", post.clone(), "/entityType.setAccessSchema", owner,   access_schema::set)
        .op("entityType.getAccessSchema", get,          "/entityType.getAccessSchema", owner,   access_schema::get)
        .op("entityType.getAccessSchema", post,         "/entityType.getAccessSchema", owner,   access_schema::get)
}

/// What somebody wants of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aim {
    Read,
    Change,
    Create,
}

/// Which attributes the caller may touch, if it may do that at all. With a person's token, the
/// client needs what lets it sign people in, or what it would need without.
async fn allowed(call: &Call, aim: Aim) -> Result<Scope, CaptureError> {
    let caller = &call.caller;
    let direct = match aim {
        Aim::Read => ClientFeature::DirectReadAccess,
        Aim::Change | Aim::Create => ClientFeature::DirectAccess,
    };
    let holds = |feature| caller.holds(Needs::Feature(feature));
    let may = match (caller.on_behalf, aim) {
        (None, _) => holds(direct),
        (Some(OnBehalf::Of(_)), Aim::Read | Aim::Change)
        | (Some(OnBehalf::Creating), Aim::Create) => {
            holds(direct) || holds(ClientFeature::LoginClient)
        }
        (Some(OnBehalf::Of(_)), Aim::Create)
        | (Some(OnBehalf::Creating), Aim::Read | Aim::Change) => false,
    };
    if !may {
        return Err(CaptureError::permission());
    }
    scope(
        call,
        match (caller.on_behalf.is_some(), aim) {
            (false, Aim::Read) => AccessKind::Read,
            (false, Aim::Change | Aim::Create) => AccessKind::Write,
            (true, Aim::Read) => AccessKind::ReadWithToken,
            (true, Aim::Change | Aim::Create) => AccessKind::WriteWithToken,
        },
    )
    .await
}

/// The type that a call names must be the one there is.
pub(super) fn check_type(parameters: &Parameters) -> Result<(), CaptureError> {
    match parameters.required("type_name")? {
        RECORD_TYPE => Ok(()),
        other => Err(CaptureError::unknown_type(other)),
    }
}

/// What the calling client may touch in this way.
async fn scope(call: &Call, kind: AccessKind) -> Result<Scope, CaptureError> {
    let client = call.caller.client.as_ref().ok_or_else(CaptureError::permission)?;
    let schema = access_schemas::one(&call.views, &call.tenant, client.id, kind).await;
    Ok(Scope::of(schema.map_err(Fault::from)?))
}

/// All attributes of a record, with those it knows by itself. A person who was erased has none.
async fn attributes(
    call: &Call,
    row: &RecordRow,
) -> Result<serde_json::Map<String, Value>, CaptureError> {
    let keys = call.app.keyring.tenant(&call.tenant).await.map_err(Fault::from)?;
    if row.content.closed().is_some_and(|sealed| !keys.knows(&sealed.subject)) {
        // Another node may have drawn it since.
        call.app.keyring.load(&keys).await.map_err(Fault::from)?;
    }
    let content = keys.open_personal(&row.content);
    let content = content.known().ok_or_else(CaptureError::no_record)?;
    let own = [
        ("id", json!(row.record)),
        ("uuid", json!(row.uuid)),
        ("created", json!(instant(row.marks.created_at))),
        ("lastUpdated", json!(instant(row.marks.modified_at))),
    ];
    let said = content.attributes.iter().map(|(name, value)| (name.clone(), value.clone()));
    Ok(said.chain(own.map(|(name, value)| (name.to_owned(), value))).collect())
}

/// An instant as records show it.
fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S%.6f +0000").to_string()
}
