//! Where a client finds what: the document that published clients begin with.

use axum::Json;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::error::OAuthError;
use super::issuer;
use crate::call::Call;

/// `OpenID` Connect Discovery 1.0, section 3.
pub(super) async fn configuration(call: Call) -> Result<Response, OAuthError> {
    let issuer = issuer(&call);
    let body = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth/v2/authorize"),
        "token_endpoint": format!("{issuer}/oauth/v2/token"),
        "jwks_uri": format!("{issuer}/oauth/v2/keys"),
        "grant_types_supported":
            ["client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "urn:zitadel:iam:org:project:id:zitadel:aud"],
    });
    Ok(Json(body).into_response())
}

/// Access tokens are for this server alone to check, and ID tokens come from elsewhere: there is no
/// key to publish.
pub(super) async fn keys(_: Call) -> Result<Response, OAuthError> {
    Ok(Json(json!({"keys": []})).into_response())
}

/// People sign in at the trusted issuer.
pub(super) async fn authorize(call: Call) -> Result<Response, OAuthError> {
    let trusted = call.app.settings.trusted_issuer.as_ref().ok_or_else(OAuthError::no_provider)?;
    let provider = trusted.issuer.trim_end_matches('/');
    let query = call.request.uri.query().unwrap_or_default();
    Ok(Redirect::temporary(&format!("{provider}/oauth/v2/authorize?{query}")).into_response())
}
