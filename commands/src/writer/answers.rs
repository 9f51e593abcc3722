//! Remembered answers: the same key and body gets the first answer again.

use std::collections::{HashSet, VecDeque};
use std::convert::Infallible;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Details;
use eventlog::{Answer, AnswerKey, LogError, TenantKeys};
use serde_json::{Map, Value};

use crate::{Failure, Idempotency, Request};

const PURPOSE: &str = "answer";
const KEPT: TimeDelta = TimeDelta::hours(24);
/// How many keys of landed answers the lane has in mind.
const RECENT: usize = 4_096;

/// Under what the answer to a request is remembered.
pub(super) fn key(request: &Request, idempotency: &Idempotency, partition: i32) -> AnswerKey {
    let actor = &request.actor;
    AnswerKey {
        partition,
        tenant: request.tenant.clone(),
        actor: format!("{}/{}/{}", actor.home, actor.kind.as_str(), actor.id),
        key: idempotency.key.clone(),
    }
}

/// The answer to remember: what the native API replies, sealed.
pub(super) fn remember(
    key: &AnswerKey,
    request: &Request,
    reply: Map<String, Value>,
    details: Option<&Details>,
    keys: &TenantKeys,
    now: DateTime<Utc>,
) -> Result<Option<Answer>, LogError> {
    let Some(idempotency) = &request.idempotency else { return Ok(None) };
    let unwritable = |_| LogError::Unusable("an answer cannot be encoded".to_owned());
    let mut body = Map::new();
    body.insert("details".to_owned(), serde_json::to_value(details).map_err(unwritable)?);
    body.extend(reply);
    let plain = serde_json::to_vec(&body).map_err(unwritable)?;
    Ok(Some(Answer {
        key: key.clone(),
        fingerprint: keys.veil(&idempotency.fingerprint)?,
        command_id: request.command_id,
        sealed: keys.seal_bytes(PURPOSE, &plain)?,
        answered_at: now,
        expires_at: now + KEPT,
    }))
}

/// What a caller hears whose key was answered before.
pub(super) fn replay(
    answer: &Answer,
    idempotency: &Idempotency,
    keys: &TenantKeys,
) -> Result<Failure<Infallible>, LogError> {
    if answer.fingerprint != keys.veil(&idempotency.fingerprint)? {
        return Ok(Failure::KeyReused);
    }
    let plain = keys.open_bytes(PURPOSE, &answer.sealed)?;
    let unreadable = |_| LogError::Unusable("a remembered answer is not JSON".to_owned());
    serde_json::from_slice(&plain).map(Failure::Replayed).map_err(unreadable)
}

/// The keys answered last. A caller who looked its key up just before the answer landed is caught
/// here, and not by a refused statement.
#[derive(Default)]
pub(super) struct Recent {
    keys: HashSet<AnswerKey>,
    order: VecDeque<AnswerKey>,
}

impl Recent {
    pub(super) fn has(&self, key: &AnswerKey) -> bool {
        self.keys.contains(key)
    }

    pub(super) fn add(&mut self, key: AnswerKey) {
        if self.keys.insert(key.clone()) {
            self.order.push_back(key);
        }
        if self.order.len() > RECENT
            && let Some(oldest) = self.order.pop_front()
        {
            self.keys.remove(&oldest);
        }
    }

    /// Forgets all, as when a tail vanished and answers with it.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
