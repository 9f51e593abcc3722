//! The server that serves a data directory, asked over its own API with the token it left there
//! for its owner.

use reqwest::{Client, Method};
use serde_json::Value;

use super::place::PlaceArgs;
use super::{Failure, http};
use crate::caller::OperatorToken;

/// A server that is running, and a way in.
pub(super) struct Served {
    client: Client,
    base: String,
    token: OperatorToken,
}

impl Served {
    /// The server of the embedded store, if one is running. A PostgreSQL store is asked directly.
    pub(super) fn find(place: &PlaceArgs) -> Result<Option<Self>, Failure> {
        if !place.is_embedded() {
            return Ok(None);
        }
        let data_dir = place.data_dir();
        let Some(running) = data_dir.running()? else { return Ok(None) };
        let builder = http::builder();
        let builder = match &running.tls_certificate {
            // This very certificate, whatever host it was made for.
            Some(path) => builder
                .tls_certs_only(http::certificates(path)?)
                .tls_danger_accept_invalid_hostnames(true),
            None => builder,
        };
        let client = builder.build();
        let client = client.map_err(|_| Failure::new("the HTTP client cannot be set up"))?;
        let base = format!("{}://{}", running.scheme(), running.address);
        Ok(Some(Self { client, base, token: running.token }))
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.ask(Method::GET, path).await
    }

    pub(super) async fn post(&self, path: &str) -> Result<Value, Failure> {
        self.ask(Method::POST, path).await
    }

    async fn ask(&self, method: Method, path: &str) -> Result<Value, Failure> {
        let url = format!("{}{path}", self.base);
        let request = self.client.request(method, &url).bearer_auth(self.token.expose());
        let answer = request.send().await.map_err(|error| http::no_answer(&error, &self.base))?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|error| http::no_answer(&error, &self.base))?;
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(body);
        }
        let detail = body.get("detail").and_then(Value::as_str).unwrap_or("it does not say why");
        Err(Failure::new(format!("the server answered {status}: {detail}")))
    }
}
