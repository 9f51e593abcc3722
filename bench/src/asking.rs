//! A request as a client makes it, answered by the whole program without a socket between them.

use api::edgegrid::{Credential, Signed, sign};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use chrono::Utc;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::Result;
use crate::cell::Contender;

const HOST: &str = "chancery.example";

/// How a request shows whose it is.
pub(crate) enum Proof {
    EdgeGrid(Credential),
    /// By what stands in its query.
    Query,
    /// A bearer token.
    Bearer(String),
}

/// A request with proof of whose it is, from its arrival to the last byte of the answer.
pub(crate) struct Get {
    pub(crate) service: Router,
    pub(crate) proof: Proof,
    pub(crate) target: String,
}

impl Contender for Get {
    async fn act(&self, _: usize) -> Result<()> {
        let mut request = Request::get(&self.target).header("host", HOST);
        match &self.proof {
            Proof::Query => {}
            Proof::Bearer(token) => {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            Proof::EdgeGrid(signer) => {
                let asked = Signed { method: "GET", host: HOST, target: &self.target, body: b"" };
                let nonce = Uuid::now_v7().to_string();
                let header = sign(signer, "https", &asked, Utc::now(), &nonce)?;
                request = request.header("authorization", header);
            }
        }
        let request = request.body(Body::empty())?;
        let response = self.service.clone().oneshot(request).await?;
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await?;
        if !status.is_success() {
            let text = String::from_utf8_lossy(&body).into_owned();
            return Err(format!("{}: {status} {text}", self.target).into());
        }
        Ok(())
    }
}
