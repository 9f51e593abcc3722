//! The HTTP client of the command line.

use std::fs;
use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder};

use super::Failure;

const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_mins(1);

/// A client that trusts the system's authorities, or only what `trusted` holds.
pub(super) fn client(trusted: Option<&Path>) -> Result<Client, Failure> {
    let builder = builder();
    let builder = match trusted {
        Some(path) => builder.tls_certs_only(certificates(path)?),
        None => builder,
    };
    builder.build().map_err(|_| Failure::new("the HTTP client cannot be set up"))
}

/// What every client here has in common.
pub(super) fn builder() -> ClientBuilder {
    crate::tls::install_provider();
    Client::builder()
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("chancery/", env!("CARGO_PKG_VERSION")))
}

/// All certificates of a PEM file.
pub(super) fn certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    let unreadable = |why: &str| Failure::new(format!("{} cannot be read: {why}", path.display()));
    let pem = fs::read(path).map_err(|error| unreadable(&error.kind().to_string()))?;
    let all = Certificate::from_pem_bundle(&pem);
    all.map_err(|_| unreadable("it holds no certificate in PEM form"))
}

/// Why a request got no answer, in a sentence.
pub(super) fn no_answer(error: &reqwest::Error, url: &str) -> Failure {
    let why = if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_connect() {
        "no connection could be made; is the server running, and is it http or https?"
    } else if error.is_builder() {
        "the request cannot be formed"
    } else {
        "the connection broke off"
    };
    Failure::new(format!("{url}: {why}"))
}
