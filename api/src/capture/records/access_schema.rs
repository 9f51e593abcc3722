//! Which attributes a client may touch: `entityType.setAccessSchema` and `getAccessSchema`.

use std::collections::BTreeSet;

use axum::response::Response;
use commands::records::{SetAccessSchema, SetAccessSchemaRejection};
use domain::{AccessKind, Attribute, AttributeKind, ClientId, RECORD_ATTRIBUTES, RECORD_TYPE};
use projections::access_schemas;
use serde_json::{Map, Value, json};

use super::check_type;
use crate::call::Call;
use crate::capture::answer::ok;
use crate::capture::error::CaptureError;
use crate::capture::parameters::Parameters;
use crate::capture::target;
use crate::fault::Fault;

pub(super) async fn set(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    check_type(&parameters)?;
    let kind = kind(&parameters)?;
    let attributes = parameters.list("attributes")?.ok_or(CaptureError::missing("attributes"))?;
    let client = target(&call, &parameters).await?;
    let (call, _) = call.run(SetAccessSchema { client, kind, attributes }).await?;
    shown(&call, client, kind).await
}

pub(super) async fn get(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    check_type(&parameters)?;
    let kind = kind(&parameters)?;
    let client = target(&call, &parameters).await?;
    shown(&call, client, kind).await
}

fn kind(parameters: &Parameters) -> Result<AccessKind, CaptureError> {
    let name = parameters.required("access_type")?;
    AccessKind::from_name(name).ok_or_else(|| {
        CaptureError::invalid("access_type", format_args!("{name} is not a valid access type"))
    })
}

/// The attributes that the client may touch.
async fn shown(call: &Call, client: ClientId, kind: AccessKind) -> Result<Response, CaptureError> {
    let schema = access_schemas::one(&call.views, &call.tenant, client, kind).await;
    let all = || RECORD_ATTRIBUTES.iter().map(|attribute| attribute.name.to_owned());
    let paths: BTreeSet<String> = schema.map_err(Fault::from)?.unwrap_or_else(|| all().collect());
    let attributes = paths.iter().filter_map(|path| {
        let kind = word(Attribute::at(path)?.kind);
        Some(json!({"name": path, "type": kind}))
    });
    let attributes: Vec<Value> = attributes.collect();
    let schema = json!({"name": RECORD_TYPE, "attr_defs": attributes});
    Ok(ok(Map::from_iter([("schema".to_owned(), schema)])))
}

fn word(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Text(_) => "string",
        AttributeKind::Flag => "boolean",
        AttributeKind::Date => "date",
        AttributeKind::Instant => "dateTime",
        AttributeKind::Own => "reserved",
        AttributeKind::Object(_) => "object",
        AttributeKind::Plural => "plural",
    }
}

impl From<SetAccessSchemaRejection> for CaptureError {
    fn from(rejection: SetAccessSchemaRejection) -> Self {
        match rejection {
            SetAccessSchemaRejection::ClientUnknown(_) => Self::not_a_valid_id("for_client_id"),
            SetAccessSchemaRejection::AttributeUnknown(path) => Self::unknown_attribute(&path),
        }
    }
}
