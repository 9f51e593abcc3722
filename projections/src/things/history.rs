//! What happened to one thing: its events, each with what it made of the thing. The events are
//! folded from the first that touches the thing, with the projections that fill the read models.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{Aggregate, TenantId};
use eventlog::{EventLog, Order, Recorded};

use super::members::{Things, thing};
use super::{Difference, Members, differences};
use crate::engine::fold_into;
use crate::events::{Query, Term, all_ordinals, touching};
use crate::rows::Rows;
use crate::{Changes, Projection, ViewError, Views, list};

/// Most events of one thing that are folded for one answer.
pub const HISTORY_MOST: i64 = 50_000;
/// Events read at once.
const PIECE: usize = 500;

/// An event of a thing's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    pub event: Recorded,
    /// What it made of the thing; empty where it only names it.
    pub changes: Vec<Difference>,
}

/// One thing, as event after event leaves it.
pub struct Tale {
    thing: Aggregate,
    query: Query,
    projections: Vec<Arc<dyn Projection>>,
    rows: Rows,
    members: Members,
}

impl Tale {
    /// Before anything happened to it.
    pub fn new(thing: Aggregate) -> Self {
        let projections = list::folded_for_the_past();
        let query = Query { all: vec![about(&thing)], ..Query::default() };
        let (rows, members) = (Rows::default(), Members::new());
        Self { thing, query, projections, rows, members }
    }

    /// Whether an event is about the thing.
    pub fn is_about(&self, event: &Recorded) -> bool {
        self.query.takes(event)
    }

    /// What the next event about it makes of the thing.
    pub fn tell(&mut self, event: &Recorded) -> Vec<Difference> {
        let mut changes: Vec<_> = self.projections.iter().map(|_| Changes::default()).collect();
        let events = std::slice::from_ref(event);
        // An event that cannot be read changes nothing here; the read models stand still at it.
        let _ = fold_into(&self.projections, events, |_, _| true, &mut changes);
        for changes in &changes {
            let is_its = |table: &_, row: &[_]| thing(table, row).as_ref() == Some(&self.thing);
            self.rows.apply(changes, is_its);
        }
        let mut things = Things::default();
        for (table, row) in self.rows.iter() {
            things.add(table, row);
        }
        let after = things.finish().remove(&self.thing).unwrap_or_default();
        let told = differences(&self.members, &after);
        self.members = after;
        told
    }
}

/// What is true of the events about a thing.
fn about(thing: &Aggregate) -> Vec<Term> {
    vec![Term::aggregate(thing), Term::touched(thing)]
}

/// Which part of a history to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Only events past this ordinal, in the direction of `order`.
    pub after: Option<i64>,
    pub order: Order,
    /// Only ordinals below this one.
    pub below: i64,
    pub limit: usize,
    /// Only events with this resource owner. What the others did to the thing is not told, but it
    /// is what the shown ones found.
    pub owner: Option<String>,
}

/// A page of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    pub chapters: Vec<Chapter>,
    pub has_more: bool,
}

/// A page of what happened to a thing; `None` if nothing ever did that `page` might show.
pub async fn read(
    log: &dyn EventLog,
    views: &Views,
    tenant: &TenantId,
    thing: &Aggregate,
    page: Page,
) -> Result<Option<History>, ViewError> {
    let place = log.placement(tenant).await?;
    let place = place.ok_or_else(|| ViewError::NoTenant(tenant.clone()))?;
    let mut own = None;
    if let Some(owner) = &page.owner {
        let all = vec![about(thing), vec![Term::resource_owner(owner)]];
        let query = Query { all, below: page.below, ..Query::default() };
        // Before anything else, so that nobody is told how much happened to what is not theirs.
        let found = all_ordinals(log, views, tenant, query, HISTORY_MOST).await?;
        if found.is_empty() {
            return Ok(None);
        }
        own = Some(found);
    }
    let ordinals = touching(views, tenant, thing, page.below, HISTORY_MOST).await?;
    if ordinals.is_empty() {
        return Ok(None);
    }
    let past = |ordinal: i64| match (page.order, page.after) {
        (_, None) => true,
        (Order::Ascending, Some(after)) => ordinal > after,
        (Order::Descending, Some(after)) => ordinal < after,
    };
    let told = own.as_ref().unwrap_or(&ordinals);
    let mut wanted: Vec<_> = told.iter().copied().filter(|ordinal| past(*ordinal)).collect();
    if page.order == Order::Descending {
        wanted.reverse();
    }
    let has_more = wanted.len() > page.limit;
    wanted.truncate(page.limit);
    let last = wanted.iter().copied().max().unwrap_or_default();
    let shown: BTreeSet<_> = wanted.into_iter().collect();
    let (mut tale, mut chapters) = (Tale::new(thing.clone()), Vec::new());
    let needed: Vec<_> = ordinals.into_iter().take_while(|ordinal| *ordinal <= last).collect();
    for piece in needed.chunks(PIECE) {
        for event in log.read_at(&place, piece).await? {
            if !tale.is_about(&event) {
                continue;
            }
            let changes = tale.tell(&event);
            if shown.contains(&event.ordinal) {
                chapters.push(Chapter { event, changes });
            }
        }
    }
    if page.order == Order::Descending {
        chapters.reverse();
    }
    Ok(Some(History { chapters, has_more }))
}
