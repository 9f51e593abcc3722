//! Whose proofs are asked for, as of when, and at which sizes.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use eventlog::proof::{Entry, SignedHead};
use eventlog::{EventLog, Placement, Recorded};

use crate::call::Call;
use crate::fault::Fault;
use crate::native::sight::{Sight, sight};
use crate::problem::Problem;

/// A tenant's record up to where it may be shown.
pub(super) struct Asked {
    pub(super) log: Arc<dyn EventLog>,
    pub(super) place: Placement,
    sight: Sight,
    /// The newest ordinal, where the past is shown.
    most: i64,
    /// What was signed later is not shown, where the past is.
    by: DateTime<Utc>,
}

impl Asked {
    pub(super) async fn of(call: &Call) -> Result<Self, Problem> {
        let sight = sight(call)?;
        let log = Arc::clone(&call.app.log);
        let place = log.placement(&call.tenant).await.map_err(Fault::from)?;
        let place = place.ok_or_else(|| Problem::not_found("tenant"))?;
        let past = call.newest_of_the_past();
        let by = past.map_or(DateTime::<Utc>::MAX_UTC, |_| call.request.received_at);
        Ok(Self { log, place, sight, most: past.unwrap_or(i64::MAX), by })
    }

    /// The event with `ordinal`, if the caller may look at it; any other is as good as none.
    pub(super) async fn event(&self, ordinal: i64) -> Result<Recorded, Problem> {
        let events = self.log.read_tenant(&self.place, ordinal - 1, 1).await;
        let event = events.map_err(Fault::from)?.into_iter().next();
        let event = event.filter(|event| self.sight.sees(event));
        event.ok_or_else(|| Problem::not_found("event"))
    }

    /// Refuses an event that the caller may not look at. Whoever may look at all is told of one
    /// that is not there by what there is.
    pub(super) async fn check_sight(&self, ordinal: i64) -> Result<(), Problem> {
        match self.sight {
            Sight::Whole => Ok(()),
            Sight::Organization(_) => self.event(ordinal).await.map(drop),
        }
    }

    /// The tenant's checkpoint at this size, which `member` of the query asks for, or its newest
    /// one.
    pub(super) async fn entry(&self, member: &str, size: Option<i64>) -> Result<Entry, Problem> {
        let store = self.log.proofs().map_err(Fault::from)?;
        let most = size.unwrap_or(i64::MAX).min(self.most);
        let found = store.head_of(&self.place.tenant, most).await.map_err(Fault::from)?;
        match (found, size) {
            (Some(entry), None) => Ok(entry),
            (Some(entry), Some(size)) if entry.head.size == size => Ok(entry),
            (found, Some(size)) => Err(none_at(member, size, found.map(|entry| entry.head.size))),
            (None, None) => Err(not_sealed("nothing of this record is sealed yet")),
        }
    }

    /// The installation's checkpoint at this size, or its newest one.
    pub(super) async fn installation(
        &self,
        member: &str,
        size: Option<i64>,
    ) -> Result<SignedHead, Problem> {
        let store = self.log.proofs().map_err(Fault::from)?;
        let most = size.unwrap_or(i64::MAX);
        let found = store.installation_head(most, self.by).await.map_err(Fault::from)?;
        match (found, size) {
            (Some(head), None) => Ok(head),
            (Some(head), Some(size)) if head.size == size => Ok(head),
            (found, Some(size)) => Err(none_at(member, size, found.map(|head| head.size))),
            (None, None) => Err(not_sealed("nothing of this installation is sealed yet")),
        }
    }
}

fn none_at(member: &str, size: i64, before: Option<i64>) -> Problem {
    let before = before.map(|before| format!("; the one before it is at {before}"));
    let detail = format!("no checkpoint was signed at size {size}{}", before.unwrap_or_default());
    let problem = Problem::new(StatusCode::NOT_FOUND, "no_checkpoint", detail);
    Problem { member: Some(member.to_owned()), ..problem }
}

/// It is too new to be proved.
pub(super) fn not_sealed(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_sealed", detail)
}

/// A parameter of the query that must be there.
pub(super) fn missing(member: &str) -> Problem {
    Problem::invalid("missing", member, format!("{member} is missing"))
}

/// A number from 1 on, if one is given.
pub(super) fn number(call: &Call, member: &str) -> Result<Option<i64>, Problem> {
    let Some(text) = call.request.query_value(member) else { return Ok(None) };
    parsed(&text, member).map(Some)
}

/// A number from 1 on.
pub(super) fn parsed(text: &str, member: &str) -> Result<i64, Problem> {
    let given = text.parse().ok().filter(|given| *given > 0);
    given.ok_or_else(|| {
        let detail = format!("{member} is not a number from 1 on");
        Problem::invalid("out_of_range", member, detail)
    })
}
