//! `/oauth/token`: an authorization code for an access token. Errors are as OAuth has them, with
//! the vendor's own word beside.

use async_trait::async_trait;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use commands::records::{UseRecordCode, UseRecordCodeRejection};
use domain::RecordTokenKind;
use serde_json::{Map, json};

use crate::app::App;
use crate::call::{Call, Incoming};
use crate::caller::{Caller, known_token, secret};
use crate::capture::answer::ok;
use crate::capture::error::CaptureError;
use crate::capture::parameters::Parameters;
use crate::dialect::{Dialect, Face, Needs, Refuses, Turned};
use crate::fault::{Denied, Fault};

const GRANT: &str = "authorization_code";

/// How it lets callers in and refuses.
pub(crate) struct OAuth;

/// A refusal in two vocabularies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OAuthError(CaptureError);

#[async_trait]
impl Face for OAuth {
    type Error = OAuthError;

    async fn authenticate(app: &App, request: &Incoming) -> Result<Caller, OAuthError> {
        let caller = secret(app, request, Parameters::of(request).all(), false).await;
        Ok(caller.map_err(CaptureError::from)?)
    }

    fn refuse(request: &Incoming, error: OAuthError) -> Response {
        error.0.respond(request)
    }
}

pub(crate) fn dialect() -> Dialect<OAuth> {
    let (post, anybody) = (Method::POST, Needs::SignedIn);
    Dialect::new("capture", "/oauth").op("oauth/token", post, "/token", anybody, handle)
}

async fn handle(call: Call) -> Result<Response, OAuthError> {
    let parameters = Parameters::of(&call.request);
    if parameters.required("grant_type")? != GRANT {
        let reason = "authorization_code is the only one";
        let error = CaptureError::invalid("grant_type", reason);
        return Err(OAuthError(
            error.into_oauth("unsupported_grant_type", StatusCode::BAD_REQUEST),
        ));
    }
    let (text, uri) = (parameters.required("code")?, parameters.required("redirect_uri")?);
    let known = known_token(&call.app, text).await?.filter(|(tenant, _)| *tenant == call.tenant);
    let (_, code) = known.ok_or_else(CaptureError::no_grant)?;
    let client = call.caller.client.as_ref().map(|client| client.id);
    let (kind, redirect_uri) = (RecordTokenKind::AuthorizationCode, Some(uri.to_owned()));
    let ran = call.run(UseRecordCode { code, kind, client, redirect_uri }).await;
    let (_, granted) = ran.map_err(|denied| denied.map(CaptureError::from))?;
    let text = json!(granted.fresh.text.expose());
    Ok(ok(Map::from_iter([
        ("access_token".to_owned(), text),
        ("token_type".to_owned(), json!("Bearer")),
        ("expires_in".to_owned(), json!(3600)),
    ])))
}

impl From<UseRecordCodeRejection> for CaptureError {
    fn from(rejection: UseRecordCodeRejection) -> Self {
        match rejection {
            UseRecordCodeRejection::CodeUnknown(_) => Self::no_grant(),
            UseRecordCodeRejection::CodeExpired(_) => {
                Self::ended(415, "authorization_code_expired")
            }
            UseRecordCodeRejection::RedirectUriMismatch { expected, supplied } => {
                Self::redirect_uri_mismatch(&expected, &supplied)
            }
        }
    }
}

impl From<CaptureError> for OAuthError {
    fn from(error: CaptureError) -> Self {
        let (word, status) = error.oauth_word();
        Self(error.into_oauth(word, status))
    }
}

impl Refuses for OAuthError {
    fn status_number(&self) -> u16 {
        self.0.status_number()
    }
}

impl From<Turned> for OAuthError {
    fn from(turned: Turned) -> Self {
        CaptureError::from(turned).into()
    }
}

impl From<Fault> for OAuthError {
    fn from(fault: Fault) -> Self {
        CaptureError::from(fault).into()
    }
}

impl From<Denied<CaptureError>> for OAuthError {
    fn from(denied: Denied<CaptureError>) -> Self {
        CaptureError::from(denied).into()
    }
}
