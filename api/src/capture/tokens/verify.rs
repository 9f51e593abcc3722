//! Takes a verification code back, once, and says whose it is.

use axum::response::Response;
use commands::records::{UseRecordCode, UseRecordCodeRejection};
use domain::RecordTokenKind;
use projections::{record_tokens, records};
use serde_json::{Map, json};

use crate::call::Call;
use crate::caller::known_token;
use crate::capture::answer::ok;
use crate::capture::error::CaptureError;
use crate::capture::parameters::Parameters;
use crate::fault::Fault;

const ARGUMENT: &str = "verification_code";

pub(super) async fn handle(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let text = parameters.required(ARGUMENT)?;
    let unknown = || CaptureError::invalid(ARGUMENT, "it is not a valid verification code");
    let known = known_token(&call.app, text).await?.filter(|(tenant, _)| *tenant == call.tenant);
    let (_, code) = known.ok_or_else(unknown)?;
    let row = record_tokens::one(&call.views, &call.tenant, &code).await.map_err(Fault::from)?;
    let record = row.and_then(|row| row.record).ok_or_else(unknown)?;
    let record = records::one(&call.views, &call.tenant, record).await.map_err(Fault::from)?;
    let uuid = record.ok_or_else(unknown)?.uuid;
    let kind = RecordTokenKind::Verification;
    call.run(UseRecordCode { code, kind, client: None, redirect_uri: None }).await.map_err(
        |denied| {
            denied.map(|rejection| match rejection {
                UseRecordCodeRejection::CodeExpired(_) => {
                    CaptureError::ended(416, "verification_code_expired")
                }
                UseRecordCodeRejection::CodeUnknown(_)
                | UseRecordCodeRejection::RedirectUriMismatch { .. } => unknown(),
            })
        },
    )?;
    Ok(ok(Map::from_iter([("uuid".to_owned(), json!(uuid))])))
}
