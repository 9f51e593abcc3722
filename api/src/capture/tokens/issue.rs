//! Hands out tokens and codes.

use axum::response::Response;
use commands::records::{IssueRecordToken, IssueRecordTokenRejection};
use domain::{ClientFeature, RecordTokenKind};
use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::capture::answer::ok;
use crate::capture::error::CaptureError;
use crate::capture::parameters::Parameters;
use crate::capture::records::{check_type, selected};
use crate::capture::target;
use crate::dialect::Needs;

const HOUR: i64 = 3600;
const TEN_MINUTES: i64 = 600;
const DAY: i64 = 24 * 3600;

pub(super) async fn access_token(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let may = |feature| call.caller.holds(Needs::Feature(feature));
    if !may(ClientFeature::AccessIssuer) {
        // Whether another client is there is not for everybody to know.
        let own = call.caller.client.as_ref().map(|client| client.id);
        let is_own = target(&call, &parameters).await.is_ok_and(|client| Some(client) == own);
        if !may(ClientFeature::DirectAccess) || !is_own {
            return Err(CaptureError::permission());
        }
    }
    issue(call, RecordTokenKind::Access, HOUR, "accessToken").await
}

pub(super) async fn authorization_code(call: Call) -> Result<Response, CaptureError> {
    issue(call, RecordTokenKind::AuthorizationCode, TEN_MINUTES, "authorizationCode").await
}

pub(super) async fn creation_token(call: Call) -> Result<Response, CaptureError> {
    issue(call, RecordTokenKind::Creation, HOUR, "creation_token").await
}

pub(super) async fn verification_code(call: Call) -> Result<Response, CaptureError> {
    issue(call, RecordTokenKind::Verification, DAY, "verification_code").await
}

async fn issue(
    call: Call,
    kind: RecordTokenKind,
    lifetime_seconds: i64,
    shown_as: &str,
) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    check_type(&parameters)?;
    let record = match kind {
        RecordTokenKind::Creation => None,
        RecordTokenKind::Access
        | RecordTokenKind::AuthorizationCode
        | RecordTokenKind::Verification => Some(selected(&call, &parameters).await?.record),
    };
    let redirect_uri = match kind {
        RecordTokenKind::AuthorizationCode => Some(parameters.required("redirect_uri")?.to_owned()),
        RecordTokenKind::Access | RecordTokenKind::Creation | RecordTokenKind::Verification => None,
    };
    // It is for the flow that comes after; nothing here rests on it.
    parameters.object::<Value>("transaction_state")?;
    let lifetime_seconds = match (kind, parameters.get("lifetime")) {
        // That of an access token is fixed.
        (RecordTokenKind::Access, _) | (_, None) => lifetime_seconds,
        (_, Some(text)) => text.parse().map_err(|_| {
            CaptureError::invalid("lifetime", "it must be a whole number of seconds")
        })?,
    };
    let client = target(&call, &parameters).await?;
    let command = IssueRecordToken { kind, client, record, redirect_uri, lifetime_seconds };
    let (_, granted) = call.run(command).await?;
    let text = json!(granted.fresh.text.expose());
    Ok(ok(Map::from_iter([(shown_as.to_owned(), text)])))
}

impl From<IssueRecordTokenRejection> for CaptureError {
    fn from(rejection: IssueRecordTokenRejection) -> Self {
        use IssueRecordTokenRejection as No;

        match &rejection {
            No::ClientUnknown(_) => Self::not_a_valid_id("for_client_id"),
            No::RecordUnknown(_) | No::RecordMismatch => Self::no_record(),
            No::RedirectUriInvalid => Self::invalid("redirect_uri", rejection),
            No::LifetimeOutOfRange(_) => Self::invalid("lifetime", rejection),
        }
    }
}
