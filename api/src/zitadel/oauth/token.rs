//! The token endpoint. What it hands out is signed with the tenant's own secret and names the
//! client: it works as long as the client does, and ends with a reset of its secret.

use std::collections::BTreeMap;

use axum::Json;
use axum::response::{IntoResponse, Response};
use domain::{ClientId, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::OAuthError;
use super::issuer;
use crate::app::App;
use crate::call::{Call, form_pairs};
use crate::caller::{Caller, assertion, secret, signing_secret};
use crate::fault::Fault;
use crate::jwt::{self, AUDIENCE, Claims, OWN_ISSUER};

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// How long a token works, in seconds.
const LIFE_SECONDS: i64 = 12 * 3600;
/// A scope of this form puts a project into `aud`.
const PROJECT_SCOPE: (&str, &str) = ("urn:zitadel:iam:org:project:id:", ":aud");
/// Stands in such a scope for the project of this API.
const OWN_PROJECT: &str = "zitadel";

pub(super) async fn handle(call: Call) -> Result<Response, OAuthError> {
    let parameters: BTreeMap<_, _> = form_pairs(&call.request.body).into_iter().collect();
    let given = |name: &str| parameters.get(name).map_or("", String::as_str);
    let scope = given("scope");
    let caller = match given("grant_type") {
        "client_credentials" => secret(&call.app, &call.request, &parameters, true).await?,
        JWT_BEARER => by_assertion(&call, given("assertion")).await?,
        "" => return Err(OAuthError::request("grant_type is missing")),
        other => return Err(OAuthError::grant_type(other)),
    };
    let client = caller.client.as_ref().map(|client| client.id);
    let client = client.ok_or_else(|| OAuthError::client("there is no client behind it"))?;
    let now = call.request.received_at.timestamp();
    let token = minted(&call.app, &caller.tenant, client, scope, now).await?;
    let body = json!({
        "access_token": token, "token_type": "Bearer", "expires_in": LIFE_SECONDS, "scope": scope,
    });
    Ok(Json(body).into_response())
}

async fn by_assertion(call: &Call, assertion_text: &str) -> Result<Caller, OAuthError> {
    if assertion_text.is_empty() {
        return Err(OAuthError::request("assertion is missing"));
    }
    let issuer = issuer(call);
    let audiences = [issuer.clone(), format!("{issuer}/"), format!("{issuer}/oauth/v2/token")];
    Ok(assertion(&call.app, assertion_text, &audiences, call.request.received_at).await?)
}

/// A token for a client, signed with its tenant's secret.
async fn minted(
    app: &App,
    tenant: &TenantId,
    client: ClientId,
    scope: &str,
    now: i64,
) -> Result<String, OAuthError> {
    let secret = signing_secret(app, tenant).await?;
    let secret = secret.ok_or_else(|| {
        OAuthError::request("the tenant has no secret to sign tokens with; set one first")
    })?;
    let claims = Claims {
        iss: OWN_ISSUER.to_owned(),
        sub: Some(client.to_string()),
        client_id: Some(client.to_string()),
        tenant_id: Some(tenant.to_string()),
        aud: Some(audience(scope, &app.settings.zitadel_project)),
        iat: Some(now),
        exp: now + LIFE_SECONDS,
        jti: Some(Uuid::now_v7().to_string()),
        scope: Some(scope.to_owned()),
        ..Claims::default()
    };
    jwt::mint(&claims, &secret).map_err(|_| Fault::Internal.into())
}

/// Whom a token is for: this server, and the projects that the scope names.
fn audience(scope: &str, own_project: &str) -> Value {
    let (before, after) = PROJECT_SCOPE;
    let named = scope.split_whitespace().filter_map(|word| {
        let project = word.strip_prefix(before)?.strip_suffix(after)?;
        Some(if project == OWN_PROJECT { own_project } else { project })
    });
    [AUDIENCE].into_iter().chain(named).collect::<Vec<_>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_come_into_the_audience_by_scope() {
        let own = "urn:zitadel:iam:org:project:id:zitadel:aud";
        assert_eq!(audience("openid", "7"), json!([AUDIENCE]));
        assert_eq!(audience(&format!("openid {own}"), "7"), json!([AUDIENCE, "7"]));
        let other = "urn:zitadel:iam:org:project:id:99:aud profile";
        assert_eq!(audience(other, "7"), json!([AUDIENCE, "99"]));
    }
}
