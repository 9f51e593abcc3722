//! Creates and changes records, as far as the calling client may.

use axum::response::Response;
use commands::records::{
    ClearAttributes, ContentFault, CreateRecord, CreateRecordRejection, ReplaceRecord,
    ReplaceRecordRejection,
};
use domain::AttributeFault;
use serde_json::{Map, Value, json};

use super::scope::{Scope, at, merged};
use super::select::selected;
use super::{Aim, allowed, attributes, check_type};
use crate::app::Terms;
use crate::call::Call;
use crate::capture::answer::ok;
use crate::capture::error::CaptureError;
use crate::capture::parameters::Parameters;
use crate::fault::{Denied, Fault};

/// How often a change is tried that others keep getting in the way of.
const TRIES: usize = 5;

/// Attributes that are the record's own, and stay what they are.
const OWN: [&str; 4] = ["id", "uuid", "created", "lastUpdated"];

pub(super) async fn create(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    check_type(&parameters)?;
    let given: Map<_, _> = parameters.object("attributes")?.unwrap_or_default();
    if let Some(own) = ["id", "uuid"].into_iter().find(|own| given.contains_key(*own)) {
        return Err(CaptureError::id_in_new_record(own));
    }
    check_inside(&allowed(&call, Aim::Create).await?, &given)?;
    let attributes = ClearAttributes(given.into_iter().collect());
    let (_, granted) = call.run(CreateRecord { attributes }).await?;
    Ok(ok(Map::from_iter([
        ("id".to_owned(), json!(granted.fresh.record)),
        ("uuid".to_owned(), json!(granted.fresh.uuid)),
    ])))
}

/// Changes some attributes and leaves the others.
pub(super) async fn update(call: Call) -> Result<Response, CaptureError> {
    change(call, merged).await
}

/// Changes all attributes that the client may write: what is not given is gone.
pub(super) async fn replace(call: Call) -> Result<Response, CaptureError> {
    change(call, |_, given| given).await
}

type Attributes = Map<String, Value>;

/// The record is read, changed and written on the condition that nobody else did meanwhile.
async fn change(
    mut call: Call,
    how: fn(Attributes, Attributes) -> Attributes,
) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    check_type(&parameters)?;
    let given = given(&parameters)?;
    let scope = allowed(&call, Aim::Change).await?;
    check_inside(&scope, &given)?;
    for _ in 0..TRIES {
        let row = selected(&call, &parameters).await?;
        let mut held = attributes(&call, &row).await?;
        held.retain(|name, _| !OWN.contains(&name.as_str()));
        // What may not be written stays under what comes of the rest.
        let changed = how(scope.pruned(held.clone()), given.clone());
        let kept = scope.without(held);
        let attributes = ClearAttributes(merged(kept, changed).into_iter().collect());
        let terms = Terms { expected_sequence: Some(row.marks.sequence), ..Terms::default() };
        let uuid = row.uuid.to_string();
        let command = ReplaceRecord { record: row.record, uuid, attributes };
        match call.run_on(terms, command).await {
            Err(Denied::Fault(Fault::Stale { .. })) => {
                let views = call.app.reads.current(&call.tenant).await.map_err(Fault::from)?;
                call.views = views.views;
            }
            ran => {
                ran?;
                return Ok(ok(Map::new()));
            }
        }
    }
    Err(Fault::Overloaded { retry_after_seconds: 1 }.into())
}

/// What a call says: `attributes`, or a `value` for the one that `attribute_name` is the path of.
fn given(parameters: &Parameters) -> Result<Map<String, Value>, CaptureError> {
    let name = if parameters.get("value").is_some() { "value" } else { "attributes" };
    let Some(path) = parameters.get("attribute_name") else {
        return parameters.object(name)?.ok_or(CaptureError::missing("attributes"));
    };
    let value = parameters.object::<Value>(name)?.ok_or(CaptureError::missing(name))?;
    Ok(at(path, value))
}

fn check_inside(scope: &Scope, given: &Map<String, Value>) -> Result<(), CaptureError> {
    match scope.first_outside(given) {
        Some(path) => Err(CaptureError::unknown_attribute(&path)),
        None => Ok(()),
    }
}

impl From<ContentFault> for CaptureError {
    fn from(fault: ContentFault) -> Self {
        let text = fault.to_string();
        match fault {
            ContentFault::Attribute(AttributeFault::Unknown(path)) => {
                Self::unknown_attribute(&path)
            }
            ContentFault::Attribute(AttributeFault::Own(path)) => {
                Self::of_attribute(234, "reserved_attribute", text, &path)
            }
            ContentFault::Attribute(AttributeFault::OtherType(path)) => {
                Self::of_attribute(341, "invalid_json_type", text, &path)
            }
            ContentFault::Attribute(AttributeFault::NoDate(path)) => {
                Self::of_attribute(342, "invalid_date_time", text, &path)
            }
            ContentFault::Attribute(AttributeFault::TooLong(path)) => {
                Self::of_attribute(363, "length_violation", text, &path)
            }
            ContentFault::EmailTaken(_) => {
                let text = "another record has this email";
                Self::of_attribute(361, "unique_violation", text, "email")
            }
        }
    }
}

impl From<CreateRecordRejection> for CaptureError {
    fn from(rejection: CreateRecordRejection) -> Self {
        match rejection {
            CreateRecordRejection::Content(fault) => fault.into(),
        }
    }
}

impl From<ReplaceRecordRejection> for CaptureError {
    fn from(rejection: ReplaceRecordRejection) -> Self {
        match rejection {
            ReplaceRecordRejection::RecordUnknown(_) | ReplaceRecordRejection::Erased(_) => {
                Self::no_record()
            }
            ReplaceRecordRejection::Content(fault) => fault.into(),
        }
    }
}
