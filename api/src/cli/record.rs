//! A tenant's record as the lines of an export: from the store itself, or from the server that has
//! it.

use std::sync::Arc;

use chrono::{SecondsFormat, Utc};
use domain::TenantId;
use eventlog::{EXPORT_LINE_BYTES_MAX, Export, ExportRange, ExportRefused, ExportUntil};
use reqwest::Response;

use super::Failure;
use super::place::PlaceArgs;
use super::served::Served;
use crate::native;

/// An export under way.
pub(super) enum Record {
    Opened(Box<Export>),
    Served {
        answer: Box<Response>,
        events: i64,
        /// A line that is not whole yet.
        rest: Vec<u8>,
    },
}

impl Record {
    /// Begins to read; `None` where there is no such tenant.
    pub(super) async fn open(
        place: &PlaceArgs,
        tenant: &TenantId,
        range: ExportRange,
    ) -> Result<Option<Self>, Failure> {
        if let Some(served) = Served::find(place)? {
            let Some(answer) = served.open(&path(tenant, &range)).await? else { return Ok(None) };
            let events = answer.headers().get(native::EXPORT_EVENTS);
            let events = events.and_then(|count| count.to_str().ok()?.parse().ok());
            let (answer, events) = (Box::new(answer), events.unwrap_or_default());
            return Ok(Some(Self::Served { answer, events, rest: Vec::new() }));
        }
        let opened = place.open_existing().await?;
        let (log, keyring) = (Arc::clone(&opened.log), opened.keyring);
        match Export::begin(log, keyring, tenant, range, Utc::now()).await {
            Ok(export) => Ok(Some(Self::Opened(Box::new(export)))),
            Err(ExportRefused::NoTenant(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// How many events there will be.
    pub(super) fn events(&self) -> i64 {
        match self {
            Self::Opened(export) => export.events(),
            Self::Served { events, .. } => *events,
        }
    }

    /// The next lines, each with its end; none behind the last one.
    pub(super) async fn lines(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let (answer, rest) = match self {
            Self::Opened(export) => return Ok(export.page().await?),
            Self::Served { answer, rest, .. } => (answer, rest),
        };
        let broke = || Failure::new("the server broke the export off; its log says why");
        loop {
            let Some(bytes) = answer.chunk().await.map_err(|_| broke())? else {
                return if rest.is_empty() { Ok(None) } else { Err(broke()) };
            };
            rest.extend_from_slice(&bytes);
            if let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') {
                let more = rest.split_off(rest.len() - bytes.len() + end + 1);
                return Ok(Some(std::mem::replace(rest, more)));
            }
            if rest.len() > EXPORT_LINE_BYTES_MAX {
                return Err(Failure::new("the server sends a line that is longer than any may be"));
            }
        }
    }
}

fn path(tenant: &TenantId, range: &ExportRange) -> String {
    let until = range.until.map(|until| match until {
        ExportUntil::Ordinal(ordinal) => format!("&until={ordinal}"),
        // In UTC, and so without a plus sign.
        ExportUntil::Instant(at) => {
            format!("&until={}", at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        }
    });
    let recipient = range.recipient.map(|recipient| format!("&recipient={recipient}"));
    let (until, recipient) = (until.unwrap_or_default(), recipient.unwrap_or_default());
    format!("/v1/tenants/{tenant}/export?after={}{until}{recipient}", range.after)
}
