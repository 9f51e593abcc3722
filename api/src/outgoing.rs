//! HTTP clients for what the server hands over by itself.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

/// A client that waits so long for an answer. A request goes where it was meant to go, or nowhere:
/// redirects are not followed.
pub(crate) fn client(patience: Duration) -> ClientBuilder {
    crate::tls::install_provider();
    Client::builder()
        .timeout(patience)
        .redirect(Policy::none())
        .user_agent(concat!("chancery/", env!("CARGO_PKG_VERSION")))
}
