//! An outbox that is a web address: each mail is one POST of JSON, with its id as the idempotency
//! key. Any 2xx takes it.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, Url};

use super::{Mail, Outbox, OutboxError};
use crate::outgoing;

/// Longer waits would hold up the mails behind it.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Webhook {
    client: Client,
    url: Url,
}

impl Webhook {
    pub(super) fn new(url: Url) -> Result<Self, OutboxError> {
        let client = outgoing::client(PATIENCE).build().map_err(unreachable)?;
        Ok(Self { client, url })
    }
}

fn unreachable(error: reqwest::Error) -> OutboxError {
    OutboxError::Unreachable(error.without_url())
}

#[async_trait]
impl Outbox for Webhook {
    async fn take(&self, mail: &Mail) -> Result<(), OutboxError> {
        let request = self.client.post(self.url.clone()).header("idempotency-key", &mail.id);
        let answer = request.json(mail).send().await.map_err(unreachable)?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(OutboxError::Refused(status.as_u16())) }
    }
}
