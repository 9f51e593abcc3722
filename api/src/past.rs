//! Any GET as of any instant: `Chancery-As-Of: <RFC 3339 | ordinal>` has the read models folded up
//! to there and the same handler asked, under the caller's permissions of today.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::Method;
use chrono::{DateTime, Utc};
use domain::{Authority, ClientFeature, Permission, Right, TenantId};
use projections::{Past, Until};

use crate::app::App;
use crate::call::Incoming;
use crate::caller::Caller;
use crate::dialect::Needs;
use crate::fault::Fault;

/// The header that asks for it.
const AS_OF: &str = "chancery-as-of";

/// Why nothing can be told of that instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPast {
    /// Neither an instant nor an ordinal.
    Malformed,
    /// It is yet to come.
    Future,
    /// The tenant has fewer events.
    NoSuchOrdinal { newest: i64 },
    /// Only what is read can be read as it was.
    NotRead,
    /// What is asked for is not a tenant's alone.
    Elsewhere,
    /// More events than are folded for one answer.
    TooLong { most: i64 },
}

impl fmt::Display for NoPast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => {
                f.write_str("Chancery-As-Of is neither an RFC 3339 instant nor an ordinal")
            }
            Self::Future => f.write_str("Chancery-As-Of names an instant that is yet to come"),
            Self::NoSuchOrdinal { newest } => {
                write!(f, "Chancery-As-Of names an ordinal beyond the newest one, {newest}")
            }
            Self::NotRead => f.write_str("Chancery-As-Of goes with GET only"),
            Self::Elsewhere => f.write_str("Chancery-As-Of goes with one tenant's things only"),
            Self::TooLong { most } => write!(
                f,
                "Chancery-As-Of would fold more than {most} events; replay the tenant into a file instead"
            ),
        }
    }
}

impl Caller {
    /// Whether it may read the record: by a right, as an administrator of the tenant's clients, as
    /// an owner, or by a role that permits everything.
    pub fn may_read_record(&self) -> bool {
        let administers = |authority: &Authority| match authority {
            Authority::Everywhere(_) => false,
            Authority::On(_) => {
                Permission::ALL.into_iter().all(|it| self.holds(Needs::Permission(it)))
            }
        };
        self.has(Right::EventsRead)
            || self.claims.is_some() && self.holds(Needs::Clients("admin"))
            || self.client.is_some() && self.holds(Needs::Feature(ClientFeature::Owner))
            || administers(&self.authority())
    }
}

/// Up to where the request asks, if it asks for the past at all.
pub(crate) fn asked(request: &Incoming) -> Result<Option<Until>, Fault> {
    let Some(value) = request.headers.get(AS_OF) else { return Ok(None) };
    if request.method != Method::GET {
        return Err(Fault::NoPast(NoPast::NotRead));
    }
    let malformed = || Fault::NoPast(NoPast::Malformed);
    let text = value.to_str().map_err(|_| malformed())?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let ordinal = text.parse().map_err(|_| malformed())?;
        return Ok(Some(Until::Ordinal(ordinal)));
    }
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| malformed())?.to_utc();
    if instant > request.received_at {
        return Err(Fault::NoPast(NoPast::Future));
    }
    Ok(Some(Until::Instant(instant)))
}

/// The read models as they were, and how long it took to fold them.
pub(crate) struct Unfolded {
    pub(crate) past: Arc<Past>,
    /// The instant that handlers take for the present.
    pub(crate) at: DateTime<Utc>,
    pub(crate) took: Duration,
}

/// Folds a tenant up to there. `newest` is its newest ordinal.
pub(crate) async fn unfold(
    app: &App,
    tenant: &TenantId,
    until: Until,
    newest: i64,
) -> Result<Unfolded, Fault> {
    let began = Instant::now();
    if let Until::Ordinal(ordinal) = until
        && ordinal > newest
    {
        return Err(Fault::NoPast(NoPast::NoSuchOrdinal { newest }));
    }
    let past = app.reads.as_of(tenant, until).await?;
    let at = match until {
        Until::Instant(at) => at,
        Until::Ordinal(_) | Until::Position(_) | Until::Now => past.at.unwrap_or_default(),
    };
    Ok(Unfolded { past, at, took: began.elapsed() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: &str, value: &str) -> Result<Option<Until>, Fault> {
        let mut request = Incoming::sample(method, "/");
        request.received_at = DateTime::from_timestamp(1_000, 0).unwrap();
        request.headers.insert(AS_OF, value.parse().unwrap());
        asked(&request)
    }

    #[test]
    fn an_ordinal_or_an_instant_that_was() {
        assert_eq!(asked(&Incoming::sample("GET", "/")), Ok(None));
        assert_eq!(ask("GET", " 17 "), Ok(Some(Until::Ordinal(17))));
        let instant = DateTime::from_timestamp(900, 0).unwrap();
        assert_eq!(ask("GET", "1970-01-01T01:15:00+01:00"), Ok(Some(Until::Instant(instant))));
    }

    #[test]
    fn anything_else_is_refused() {
        for (method, value, no) in [
            ("GET", "", NoPast::Malformed),
            ("GET", "yesterday", NoPast::Malformed),
            ("GET", "-1", NoPast::Malformed),
            ("GET", "99999999999999999999", NoPast::Malformed),
            ("GET", "1970-01-01T01:00:00Z", NoPast::Future),
            ("POST", "17", NoPast::NotRead),
        ] {
            assert_eq!(ask(method, value), Err(Fault::NoPast(no)), "{value}");
        }
    }
}
