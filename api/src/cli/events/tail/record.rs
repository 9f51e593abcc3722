//! Where the events come from. Both ways show them as the native API does.

use std::sync::Arc;

use domain::TenantId;
use eventlog::{EventLog, Filter, Keyring, Order, Placement};
use projections::events::Query;
use serde_json::Value;

use super::wanted::Wanted;
use crate::cli::Failure;
use crate::cli::place::PlaceArgs;
use crate::cli::served::Served;
use crate::native;

/// Most events asked for at once.
const PAGE: usize = 500;

/// A tenant's record.
pub(super) enum Record {
    Served {
        served: Served,
        /// Of the list of events, with the filters.
        list: String,
        /// The same without them.
        all: String,
    },
    Opened(Opened),
}

/// A record in a store that this process opened itself.
pub(super) struct Opened {
    log: Arc<dyn EventLog>,
    keyring: Keyring,
    place: Placement,
    wanted: Query,
}

impl Record {
    pub(super) async fn open(
        place: &PlaceArgs,
        tenant: &TenantId,
        wanted: &Wanted,
    ) -> Result<Self, Failure> {
        let query = wanted.read()?;
        if let Some(served) = Served::find(place)? {
            let all = format!("/v1/tenants/{tenant}/events?order=desc");
            let list = format!("{all}{}", wanted.query('&'));
            return Ok(Self::Served { served, list, all });
        }
        let opened = place.open_existing().await?;
        let placement = opened.log.placement(tenant).await?;
        let place =
            placement.ok_or_else(|| Failure::new(format!("there is no tenant {tenant}")))?;
        let (log, keyring) = (opened.log, opened.keyring);
        Ok(Self::Opened(Opened { log, keyring, place, wanted: query }))
    }

    /// The newest ordinal, whether its event is wanted or not; 0 where there is none.
    pub(super) async fn last(&self) -> Result<i64, Failure> {
        let newest = match self {
            Self::Served { served, all, .. } => {
                let page = served.get(&format!("{all}&limit=1")).await?;
                page.pointer("/events/0/ordinal").and_then(Value::as_i64)
            }
            Self::Opened(opened) => {
                let newest = Filter { order: Order::Descending, ..Filter::default() };
                let page = opened.log.search(&opened.place, &newest, 1).await?;
                page.first().map(|event| event.ordinal)
            }
        };
        Ok(newest.unwrap_or_default())
    }

    /// So many of the events that are wanted, the newest first.
    pub(super) async fn newest(&self, count: usize) -> Result<Vec<Value>, Failure> {
        let mut events = Vec::new();
        let (mut behind, mut cursor) = (None, String::new());
        while events.len() < count {
            let left = count - events.len();
            match self {
                Self::Served { served, list, .. } => {
                    let page = served.get(&format!("{list}&limit={left}{cursor}")).await?;
                    let told = page.get("events").and_then(Value::as_array);
                    let unreadable = || Failure::new("the server's answer cannot be read");
                    events.extend(told.ok_or_else(unreadable)?.iter().cloned());
                    let Some(next) = page.get("next").and_then(Value::as_str) else { break };
                    cursor = format!("&cursor={next}");
                }
                Self::Opened(opened) => {
                    let (page, reached) = opened.page(behind, Order::Descending).await?;
                    events.extend(page.into_iter().take(left));
                    let Some(reached) = reached else { break };
                    behind = Some(reached);
                }
            }
        }
        Ok(events)
    }
}

impl Opened {
    /// What is wanted of the events behind `ordinal`, and up to where they were looked at.
    pub(super) async fn behind(&self, ordinal: i64) -> Result<(Vec<Value>, i64), Failure> {
        let (events, reached) = self.page(Some(ordinal), Order::Ascending).await?;
        Ok((events, reached.unwrap_or(ordinal)))
    }

    /// What is wanted of a page of all events, and its last ordinal.
    async fn page(
        &self,
        after: Option<i64>,
        order: Order,
    ) -> Result<(Vec<Value>, Option<i64>), Failure> {
        let filter = Filter { after, order, ..Filter::default() };
        let events = self.log.search(&self.place, &filter, PAGE).await?;
        let keys = self.keyring.tenant(&self.place.tenant).await?;
        self.keyring.load(&keys).await?;
        let wanted = events.iter().filter(|event| self.wanted.takes(event));
        let shown = wanted.map(|event| native::envelope(event, Some(&keys))).collect();
        Ok((shown, events.last().map(|last| last.ordinal)))
    }
}
