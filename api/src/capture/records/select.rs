//! Which record a call is about: `id`, `uuid`, or an attribute that tells records apart.

use domain::RecordId;
use projections::records::{self, RecordRow};
use uuid::Uuid;

use crate::call::Call;
use crate::caller::OnBehalf;
use crate::capture::error::CaptureError;
use crate::capture::parameters::Parameters;
use crate::fault::Fault;

/// How a call names a record.
#[derive(Debug, PartialEq, Eq)]
enum Named {
    Id(RecordId),
    Uuid(Uuid),
    /// By what is no id at all, so that it is nobody's.
    Nobody,
}

/// The record that a call names.
pub(in crate::capture) async fn selected(
    call: &Call,
    parameters: &Parameters,
) -> Result<RecordRow, CaptureError> {
    let own = match call.caller.on_behalf {
        Some(OnBehalf::Of(own)) => Some(own),
        Some(OnBehalf::Creating) | None => None,
    };
    let wanted = match own {
        // Who comes with a person's token need not say whose record is meant.
        Some(own) if !names_one(parameters) => Named::Id(own),
        _ => named(parameters)?,
    };
    let found = match wanted {
        Named::Id(id) => records::one(&call.views, &call.tenant, id).await,
        Named::Uuid(uuid) => records::by_uuid(&call.views, &call.tenant, uuid).await,
        Named::Nobody => Ok(None),
    };
    let found = found.map_err(Fault::from)?;
    if own.is_some_and(|own| found.as_ref().is_none_or(|found| found.record != own)) {
        return Err(CaptureError::permission());
    }
    found.ok_or_else(CaptureError::no_record)
}

fn names_one(parameters: &Parameters) -> bool {
    ["id", "uuid", "key_attribute"].iter().any(|name| parameters.get(name).is_some())
}

fn named(parameters: &Parameters) -> Result<Named, CaptureError> {
    let (id, uuid) = (parameters.get("id"), parameters.get("uuid"));
    let key = parameters.get("key_attribute");
    if [id, uuid, key].iter().flatten().count() > 1 {
        return Err(CaptureError::duplicate("id, uuid and key_attribute exclude each other"));
    }
    match (id, uuid, key) {
        (Some(id), ..) => Ok(by_id(id)),
        (_, Some(uuid), _) => Ok(by_uuid(uuid)),
        (_, _, Some(key)) => {
            let value = parameters.required("key_value")?;
            // It is JSON text, which clients do not always know.
            let value = serde_json::from_str::<serde_json::Value>(value).map_or_else(
                |_| value.to_owned(),
                |json| json.as_str().map_or_else(|| json.to_string(), str::to_owned),
            );
            match key {
                "id" => Ok(by_id(&value)),
                "uuid" => Ok(by_uuid(&value)),
                _ => Err(CaptureError::invalid(
                    "key_attribute",
                    format_args!("{key} does not tell records apart"),
                )),
            }
        }
        (None, None, None) => Err(CaptureError::missing("uuid")),
    }
}

fn by_id(text: &str) -> Named {
    text.parse().map_or(Named::Nobody, |id| Named::Id(RecordId(id)))
}

fn by_uuid(text: &str) -> Named {
    text.parse().map_or(Named::Nobody, Named::Uuid)
}
