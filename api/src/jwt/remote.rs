//! The public keys that an issuer publishes at a web address, which it may exchange at any time.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::JwkSet;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use tokio::sync::Mutex;

/// How long fetched keys are taken for the newest ones.
const FRESH: Duration = Duration::from_mins(10);
/// How soon after one attempt the next one may be made, whatever tokens name.
const APART: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(5);
/// Most bytes a key set may have.
const BYTES_MOST: usize = 1024 * 1024;

/// Keys at a web address: fetched when a token first needs them, again when they are old, and
/// sooner when a token names one that is not among them. While the address does not answer, what
/// was fetched before holds. Cheap to clone; clones share what they fetched.
#[derive(Clone)]
pub struct RemoteKeys {
    url: Url,
    client: Client,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    set: Option<Arc<JwkSet>>,
    fetched_at: Option<Instant>,
    tried_at: Option<Instant>,
}

/// The keys could not be had, so nothing can be said of a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keys of the trusted issuer cannot be fetched")]
pub struct NoKeys;

impl RemoteKeys {
    /// Keys at that address, which must be `https` unless it is this machine. Says what is wrong
    /// with it otherwise.
    pub fn at(url: &str) -> Result<Self, String> {
        let url = Url::parse(url).map_err(|error| format!("{url}: {error}"))?;
        let is_here = url.host_str().is_some_and(|host| {
            let host = host.trim_matches(['[', ']']);
            host == "localhost" || host.parse().is_ok_and(|it: std::net::IpAddr| it.is_loopback())
        });
        match url.scheme() {
            "https" => {}
            "http" if is_here => {}
            _ => return Err(format!("{url} must be https, or http on this machine")),
        }
        let client = Client::builder().timeout(TIMEOUT).redirect(Policy::none()).build();
        let client = client.map_err(|error| error.without_url().to_string())?;
        Ok(Self { url, client, held: Arc::default() })
    }

    /// The newest keys that could be had. One request fetches for all that wait.
    pub async fn current(&self, kid: Option<&str>) -> Result<Arc<JwkSet>, NoKeys> {
        self.current_at(kid, Instant::now()).await
    }

    async fn current_at(&self, kid: Option<&str>, now: Instant) -> Result<Arc<JwkSet>, NoKeys> {
        let mut held = self.held.lock().await;
        let since = |at: Instant| now.saturating_duration_since(at);
        let is_fresh = held.fetched_at.is_some_and(|at| since(at) < FRESH);
        let known = |set: &Arc<JwkSet>| kid.is_none_or(|kid| set.find(kid).is_some());
        if is_fresh && held.set.as_ref().is_some_and(known) {
            return held.set.clone().ok_or(NoKeys);
        }
        if held.tried_at.is_none_or(|at| since(at) >= APART) {
            held.tried_at = Some(now);
            match self.fetch().await {
                Ok(set) => {
                    held.set = Some(Arc::new(set));
                    held.fetched_at = held.tried_at;
                }
                Err(error) => {
                    tracing::warn!(url = %self.url, error, "the trusted issuer's keys are away");
                }
            }
        }
        held.set.clone().ok_or(NoKeys)
    }

    async fn fetch(&self) -> Result<JwkSet, String> {
        let said = |error: reqwest::Error| error.without_url().to_string();
        let response = self.client.get(self.url.clone()).send().await;
        let mut response = response.and_then(reqwest::Response::error_for_status).map_err(said)?;
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(said)? {
            body.extend_from_slice(&piece);
            if body.len() > BYTES_MOST {
                return Err(format!("more than {BYTES_MOST} bytes"));
            }
        }
        serde_json::from_slice(&body).map_err(|error| format!("not a JSON web key set: {error}"))
    }
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteKeys({})", self.url)
    }
}

impl PartialEq for RemoteKeys {
    fn eq(&self, other: &Self) -> bool {
        self.url == other.url
    }
}

impl Eq for RemoteKeys {}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use super::*;

    #[test]
    fn keys_travel_sealed_or_not_at_all() {
        crate::tls::install_provider();
        for good in ["https://idp.example/keys", "http://localhost:1/keys", "http://[::1]/keys"] {
            assert!(RemoteKeys::at(good).is_ok(), "{good}");
        }
        for bad in ["http://idp.example/keys", "file:///etc/keys", "keys.json"] {
            assert!(RemoteKeys::at(bad).is_err(), "{bad}");
        }
    }

    /// Publishes a set of one key, named by how often it was asked for.
    async fn publisher() -> (String, tokio::task::JoinHandle<()>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let answer = move || {
            let number = asked.fetch_add(1, Ordering::Relaxed) + 1;
            let key = json!({"kty": "oct", "k": "c2VjcmV0", "kid": format!("k{number}")});
            async move { axum::Json(json!({"keys": [key]})) }
        };
        let router = axum::Router::new().route("/keys", axum::routing::get(answer));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (url, serving)
    }

    #[tokio::test]
    async fn keys_are_fetched_when_they_are_old_or_lack_one_and_held_while_nobody_answers() {
        crate::tls::install_provider();
        let (url, serving) = publisher().await;
        let (keys, begin) = (RemoteKeys::at(&url).unwrap(), Instant::now());
        for (seconds, kid, newest) in [
            (0, None, "k1"),
            (1, Some("k1"), "k1"),
            // Not so soon again, whatever is asked for.
            (2, Some("k2"), "k1"),
            (10, Some("k2"), "k2"),
            (609, Some("k2"), "k2"),
            (610, Some("k2"), "k3"),
        ] {
            let now = begin + Duration::from_secs(seconds);
            let set = keys.current_at(kid, now).await.unwrap();
            assert!(set.find(newest).is_some(), "{seconds} s: {set:?}");
        }
        serving.abort();
        let _ = serving.await;
        let now = begin + Duration::from_hours(1);
        assert!(keys.current_at(Some("k4"), now).await.unwrap().find("k3").is_some());
    }

    #[tokio::test]
    async fn without_keys_nothing_is_said_of_a_token() {
        crate::tls::install_provider();
        let keys = RemoteKeys::at("http://127.0.0.1:9/keys").unwrap();
        assert_eq!(keys.current(None).await.unwrap_err(), NoKeys);
    }
}
