//! Shows a record, as far as the calling client may see it.

use axum::response::Response;
use domain::Attribute;
use serde_json::{Map, Value, json};

use super::select::selected;
use super::{Aim, allowed, attributes, check_type, instant};
use crate::call::Call;
use crate::capture::answer::ok;
use crate::capture::error::CaptureError;
use crate::capture::parameters::Parameters;
use crate::capture::records::scope::Scope;

pub(super) async fn handle(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    check_type(&parameters)?;
    let wanted = parameters.list("attributes")?;
    let allowed = allowed(&call, Aim::Read).await?;
    for path in wanted.iter().flatten() {
        if Attribute::at(path).is_none() || !allowed.covers(path) {
            return Err(CaptureError::unknown_attribute(path));
        }
    }
    let record = selected(&call, &parameters).await?;
    let all = allowed.pruned(attributes(&call, &record).await?);
    let shown = match wanted {
        Some(wanted) => Scope::of(Some(wanted.into_iter().collect())).pruned(all),
        None => all,
    };
    Ok(ok(Map::from_iter([
        ("result".to_owned(), Value::Object(shown)),
        ("last_updated".to_owned(), json!(instant(record.marks.modified_at))),
    ])))
}
