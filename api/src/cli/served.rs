//! The server that serves a data directory, asked over its own API with the token it left there
//! for its owner.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use super::place::PlaceArgs;
use super::{Failure, http};
use crate::caller::OperatorToken;

/// How long a body may keep coming.
const LONG: Duration = Duration::from_hours(24);

/// Behind which event a stream goes on.
const LAST_EVENT_ID: &str = "last-event-id";

/// Why nothing is to be heard.
pub(super) enum Unheard {
    /// It may be different later.
    Later(Failure),
    Refused(StatusCode, Failure),
}

/// An answer that comes as lines.
pub(super) struct Lines {
    answer: Response,
    /// A line that is not whole yet.
    rest: Vec<u8>,
}

impl Lines {
    pub(super) fn of(answer: Response) -> Self {
        Self { answer, rest: Vec::new() }
    }

    /// The next lines, each with its end; none behind the last one. `what` names the answer where
    /// it breaks off, and no line may be longer than `most` bytes.
    pub(super) async fn next(
        &mut self,
        what: &str,
        most: usize,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let broke = || Failure::new(format!("the server broke {what} off; its log says why"));
        loop {
            let Some(bytes) = self.answer.chunk().await.map_err(|_| broke())? else {
                return if self.rest.is_empty() { Ok(None) } else { Err(broke()) };
            };
            self.rest.extend_from_slice(&bytes);
            if let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') {
                let more = self.rest.split_off(self.rest.len() - bytes.len() + end + 1);
                return Ok(Some(std::mem::replace(&mut self.rest, more)));
            }
            if self.rest.len() > most {
                return Err(Failure::new("the server sends a line that is longer than any may be"));
            }
        }
    }
}

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

    /// All of a list that is served a page at a time: what stands under `member` of each page. The
    /// `next` of one page is the parameter `cursor` of the one behind it.
    pub(super) async fn all(
        &self,
        path: &str,
        member: &str,
        cursor: &str,
    ) -> Result<Vec<Value>, Failure> {
        let (mut all, mut behind) = (Vec::new(), String::new());
        loop {
            let mut page = self.get(&format!("{path}{behind}")).await?;
            if let Some(Value::Array(read)) = page.get_mut(member).map(Value::take) {
                all.extend(read);
            }
            let Some(next) = page.get("next").and_then(Value::as_str) else { return Ok(all) };
            behind = format!("&{cursor}={next}");
        }
    }

    pub(super) async fn post(&self, path: &str) -> Result<Value, Failure> {
        self.ask(Method::POST, path).await
    }

    /// An answer whose body is long, and comes as it is taken; `None` where there is nothing.
    pub(super) async fn open(&self, path: &str) -> Result<Option<Response>, Failure> {
        self.begin(self.request(Method::GET, path)).await
    }

    /// The same, after something was sent.
    pub(super) async fn send(&self, path: &str, body: &Value) -> Result<Lines, Failure> {
        let answer = self.begin(self.request(Method::POST, path).json(body)).await?;
        answer.map(Lines::of).ok_or_else(|| Failure::new("the server has nothing of the kind"))
    }

    async fn begin(&self, request: RequestBuilder) -> Result<Option<Response>, Failure> {
        let request = request.timeout(LONG);
        let answer = request.send().await.map_err(|error| http::no_answer(&error, &self.base))?;
        if answer.status().is_success() {
            return Ok(Some(answer));
        }
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let said = self.read(answer).await;
        Err(said.err().unwrap_or_else(Failure::silent))
    }

    /// A stream of what happens behind the event `last`, which comes for as long as both stay.
    pub(super) async fn listen(&self, path: &str, last: i64) -> Result<Response, Unheard> {
        let request = self.request(Method::GET, path).timeout(LONG).header(LAST_EVENT_ID, last);
        let answer = request.send().await;
        let answer = answer.map_err(|error| Unheard::Later(http::no_answer(&error, &self.base)))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let why = self.read(answer).await.err().unwrap_or_else(Failure::silent);
        Err(if status.is_server_error() {
            Unheard::Later(why)
        } else {
            Unheard::Refused(status, why)
        })
    }

    async fn ask(&self, method: Method, path: &str) -> Result<Value, Failure> {
        let request = self.request(method, path);
        let answer = request.send().await.map_err(|error| http::no_answer(&error, &self.base))?;
        self.read(answer).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base);
        self.client.request(method, &url).bearer_auth(self.token.expose())
    }

    /// The body of a success, or what the server has to say.
    async fn read(&self, answer: Response) -> Result<Value, Failure> {
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
