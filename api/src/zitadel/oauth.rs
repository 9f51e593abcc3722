//! Tokens for machines (OAuth 2.0), where Zitadel's clients look for them: client credentials, and
//! assertions signed with a client's own key. People sign in at the identity provider that the
//! operator trusts.

mod discovery;
mod error;
mod token;

use async_trait::async_trait;
use axum::http::Method as Verb;
use axum::response::Response;

use crate::app::App;
use crate::call::{Call, Incoming};
use crate::caller::Caller;
use crate::dialect::{Dialect, Face, Needs};
use error::OAuthError;

/// How these paths refuse. None of them asks who calls: the token endpoint finds that out itself.
pub(crate) struct OAuth;

#[async_trait]
impl Face for OAuth {
    type Error = OAuthError;

    async fn authenticate(_: &App, _: &Incoming) -> Result<Caller, OAuthError> {
        Err(OAuthError::client("there is no client here"))
    }

    fn refuse(_: &Incoming, error: OAuthError) -> Response {
        error.respond()
    }
}

#[rustfmt::skip]
pub(crate) fn dialect() -> Dialect<OAuth> {
    Dialect::new("oauth", "")
        .op("Token",               Verb::POST, "/oauth/v2/token",                   Needs::Nothing, token::handle)
        .op("Keys",                Verb::GET,  "/oauth/v2/keys",                    Needs::Nothing, discovery::keys)
        .op("Authorize",           Verb::GET,  "/oauth/v2/authorize",               Needs::Nothing, discovery::authorize)
        .op("OpenIdConfiguration", Verb::GET,  "/.well-known/openid-configuration", Needs::Nothing, discovery::configuration)
}

/// What this server is called by whoever asks.
fn issuer(call: &Call) -> String {
    let scheme = if call.app.settings.is_tls { "https" } else { "http" };
    format!("{scheme}://{}", call.request.host().unwrap_or_default())
}
