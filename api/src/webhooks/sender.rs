//! One delivery: a POST of JSON, and what its answer comes to.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};

use super::WebhookSettings;
use super::reach::{NotAllowed, PublicOnly, is_public_or_named};
use super::signature::{SigningKey, signatures};
use crate::outgoing;

/// So much of an answer is read, that its connection can serve the next delivery.
const ANSWER_MOST: usize = 64 * 1024;

const NOT_ALLOWED: &str = "address not allowed";

/// Sends deliveries. Cheap to clone.
#[derive(Clone)]
pub struct Sender {
    client: Client,
    pub(super) settings: WebhookSettings,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Taken,
    /// The receiver is there no more.
    Gone,
    Failed {
        /// In a few fixed words: nothing of what a receiver says is kept.
        error: String,
        /// How long it asks us to wait.
        wait: Option<Duration>,
    },
}

impl Answer {
    /// Why the event was not taken.
    pub(super) fn error(&self) -> Option<String> {
        match self {
            Self::Taken => None,
            Self::Gone => Some(format!("status {}", StatusCode::GONE.as_u16())),
            Self::Failed { error, .. } => Some(error.clone()),
        }
    }

    /// How long the receiver asks us to wait.
    pub(super) fn asked(&self) -> Option<Duration> {
        match self {
            Self::Taken | Self::Gone => None,
            Self::Failed { wait, .. } => *wait,
        }
    }
}

impl Sender {
    pub fn new(settings: WebhookSettings) -> reqwest::Result<Self> {
        // Through a proxy nobody could tell which address is reached.
        let client = outgoing::client(settings.pace.patience).no_proxy();
        let client =
            if settings.to_private { client } else { client.dns_resolver(Arc::new(PublicOnly)) };
        Ok(Self { client: client.build()?, settings })
    }

    /// Sends an event under its id, signed with all these keys.
    pub(super) async fn send(
        &self,
        url: &str,
        id: &str,
        body: Vec<u8>,
        keys: &[SigningKey],
    ) -> Answer {
        let failed = |error: &str| Answer::Failed { error: error.to_owned(), wait: None };
        let Ok(url) = Url::parse(url) else { return failed("not an address") };
        if !self.settings.to_private && !is_public_or_named(&url) {
            return failed(NOT_ALLOWED);
        }
        let now = Utc::now();
        let signature = signatures(keys, id, now.timestamp(), &body);
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now.timestamp())
            .header("webhook-signature", signature);
        match request.body(body).send().await {
            Ok(answer) => taken(answer, now).await,
            Err(error) => failed(words(&error)),
        }
    }
}

async fn taken(mut answer: Response, now: DateTime<Utc>) -> Answer {
    let status = answer.status();
    let wait = asked_to_wait(answer.headers(), now);
    let mut read = 0;
    // What is in it does not matter, nor whether it can be read.
    while read < ANSWER_MOST {
        match answer.chunk().await {
            Ok(Some(piece)) => read += piece.len(),
            Ok(None) | Err(_) => break,
        }
    }
    if status.is_success() {
        Answer::Taken
    } else if status == StatusCode::GONE {
        Answer::Gone
    } else {
        Answer::Failed { error: format!("status {}", status.as_u16()), wait }
    }
}

/// What went wrong, without a word of the receiver's or the driver's.
fn words(error: &reqwest::Error) -> &'static str {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<NotAllowed>() {
            return NOT_ALLOWED;
        }
        cause = error.source();
    }
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "cannot be reached"
    } else {
        "connection broke off"
    }
}

/// `Retry-After`: seconds, or an instant.
fn asked_to_wait(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?.to_utc();
    (at - now).to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_may_ask_for_seconds_or_name_an_instant() {
        let now = DateTime::from_timestamp(784_111_757, 0).unwrap();
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            asked_to_wait(&headers, now).map(|wait| wait.as_secs())
        };
        assert_eq!(asked("120"), Some(120));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT"), Some(20));
        for none in ["Sun, 06 Nov 1994 08:49:07 GMT", "soon", "-1", ""] {
            assert_eq!(asked(none), None, "{none}");
        }
    }
}
