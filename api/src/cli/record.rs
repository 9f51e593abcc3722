//! A tenant's record as the lines of an export: from the store itself, or from the server that has
//! it.

use std::sync::Arc;

use chrono::{SecondsFormat, Utc};
use domain::TenantId;
use eventlog::{EXPORT_LINE_BYTES_MAX, Export, ExportRange, ExportRefused, ExportUntil};

use super::Failure;
use super::place::PlaceArgs;
use super::served::{Lines, Served};
use crate::native;

/// An export under way.
pub(super) enum Record {
    Opened(Box<Export>),
    Served { lines: Box<Lines>, events: i64 },
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
            let (lines, events) = (Box::new(Lines::of(answer)), events.unwrap_or_default());
            return Ok(Some(Self::Served { lines, events }));
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
        match self {
            Self::Opened(export) => Ok(export.page().await?),
            Self::Served { lines, .. } => lines.next("the export", EXPORT_LINE_BYTES_MAX).await,
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
