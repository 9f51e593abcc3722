//! Runs the commands of the start data, each under a key of its own: two first starts at the same
//! time, or one after another that broke off, come to the same things.

use chrono::{TimeDelta, Utc};
use commands::{Command, Idempotency};
use domain::{Actor, TenantId};
use eventlog::payload_hash;
use projections::Views;
use projections::tokens::{self, TokenRow};
use serde_json::{Map, Value};

use crate::app::{App, Terms};
use crate::call::Incoming;
use crate::caller::Caller;
use crate::fault::{Denied, Fault};

/// Answers are remembered for a day; this keeps away from its end.
const REMEMBERED: TimeDelta = TimeDelta::hours(23);

/// Why the start data could not be created.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the start data could not be created: {0}")]
    Fault(#[from] Fault),
    #[error("the start data could not be created: {command} was refused: {why}")]
    Refused { command: &'static str, why: String },
    #[error("the start data could not be created: the answer to {0} has no {1}")]
    Unanswered(&'static str, &'static str),
    #[error("a secret of the start data is not in the vault any more")]
    SecretGone,
}

/// Plants things in one tenant, in the installation's own name.
pub(super) struct Planter<'a> {
    pub(super) app: &'a App,
    pub(super) tenant: TenantId,
    request: Incoming,
}

impl<'a> Planter<'a> {
    pub(super) fn new(app: &'a App, tenant: &str) -> Result<Self, StartError> {
        let tenant = TenantId::new(tenant).map_err(|_| Fault::Internal)?;
        Ok(Self { app, tenant, request: Incoming::from_inside("start-data") })
    }

    /// The read models with all that was recorded so far; `None` while the tenant is not there.
    pub(super) async fn views(&self) -> Result<Option<Views>, StartError> {
        match self.app.reads.current(&self.tenant).await.map_err(Fault::from) {
            Ok(current) => Ok(Some(current.views)),
            Err(Fault::NoTenant(_)) => Ok(None),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The read models of a tenant that must be there.
    pub(super) async fn present(&self) -> Result<Views, StartError> {
        let views = self.views().await?;
        views.ok_or_else(|| Fault::NoTenant(self.tenant.clone()).into())
    }

    /// The token of that name that the installation issued, a working one before a revoked one.
    pub(super) async fn token(&self, name: &str) -> Result<Option<TokenRow>, StartError> {
        let Some(views) = self.views().await? else { return Ok(None) };
        let rows = tokens::all(&views, &self.tenant).await.map_err(Fault::from)?;
        let own = |row: &TokenRow| row.name == name && row.marks.created_by == Actor::system().id;
        Ok(rows.into_iter().filter(own).min_by_key(|row| row.is_revoked))
    }

    /// Runs a command once, whoever else runs it under the same key, and answers as the native
    /// API does: new ids, and a secret.
    pub(super) async fn once<C: Command>(
        &self,
        key: &str,
        command: C,
    ) -> Result<Map<String, Value>, StartError> {
        let key = format!("start-data/{}/{key}", C::NAME);
        let fingerprint = payload_hash(key.as_bytes());
        let terms =
            Terms { idempotency: Some(Idempotency { key, fingerprint }), ..Terms::default() };
        let (app, caller) = (self.app, Caller::installation());
        match app.run(&caller, &self.tenant, &self.request, terms, command).await {
            Ok((granted, _)) => Ok(C::reply(&granted.fresh)),
            Err(Denied::Replayed(Value::Object(answer))) => Ok(answer),
            Err(Denied::Replayed(_)) => Err(Fault::Internal.into()),
            Err(Denied::Fault(fault)) => Err(fault.into()),
            Err(Denied::Rejected(rejection)) => {
                Err(StartError::Refused { command: C::NAME, why: rejection.to_string() })
            }
        }
    }
}

/// Whether the answer that showed the token's text is still remembered.
pub(super) fn is_remembered(token: &TokenRow) -> bool {
    Utc::now() - token.marks.created_at < REMEMBERED
}

/// A text of an answer.
pub(super) fn text(
    command: &'static str,
    answer: &Map<String, Value>,
    member: &'static str,
) -> Result<String, StartError> {
    let text = answer.get(member).and_then(Value::as_str).map(str::to_owned);
    text.ok_or(StartError::Unanswered(command, member))
}

/// An integer id of an answer.
pub(super) fn number(
    command: &'static str,
    answer: &Map<String, Value>,
    member: &'static str,
) -> Result<i64, StartError> {
    answer.get(member).and_then(Value::as_i64).ok_or(StartError::Unanswered(command, member))
}
