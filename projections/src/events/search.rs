//! A page of the record. The shortest of the lists that matter is followed, the others are probed
//! for each of its ordinals, and a page ends early rather than look at more than so many.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{Aggregate, TenantId};
use eventlog::{EventLog, Order, Recorded};

use super::lists::{Lists, Stretch};
use super::{Query, Term};
use crate::{ViewError, Views, positions};

/// How much of a list one statement looks at.
const PIECE: i64 = 2_000;
/// Events of a page, where all of them are wanted.
const PAGE: usize = 500;
/// As far as a list is counted to tell which one is the shortest.
const COUNTED_MOST: i64 = 1_000;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// In the order that was asked for.
    pub events: Vec<Recorded>,
    /// Whether there may be more behind `reached`.
    pub has_more: bool,
    /// All that lies before this ordinal, and the event there, was looked at.
    pub reached: i64,
}

/// Events that `query` takes, at most `limit`. All of them are in the rows of `views`, so that
/// nothing that arrives meanwhile is skipped by a page behind this one.
pub async fn search(
    log: &dyn EventLog,
    views: &Views,
    tenant: &TenantId,
    query: &Query,
    limit: usize,
) -> Result<Found, ViewError> {
    let place = log.placement(tenant).await?;
    let place = place.ok_or_else(|| ViewError::NoTenant(tenant.clone()))?;
    let lists = Lists { views, tenant };
    let mut left = stretch(lists, query).await?;
    let end = match left.order {
        Order::Ascending => (left.below - 1).max(left.above),
        Order::Descending => (left.above + 1).min(left.below),
    };
    let route = Route::choose(lists, query, left).await?;
    let (mut events, mut looked_at) = (Vec::new(), 0);
    loop {
        let wanted = i64::try_from(limit - events.len()).unwrap_or(i64::MAX).saturating_add(1);
        let step = route.step(lists, left, wanted.min(PIECE), query.effort.min(PIECE)).await?;
        let mut read = log.read_at(&place, &ascending(&step.ordinals)).await?;
        if left.order == Order::Descending {
            read.reverse();
        }
        events.extend(read.into_iter().filter(|event| query.takes(event)));
        if events.len() > limit {
            events.truncate(limit);
            let reached = events.last().map_or(end, |last| last.ordinal);
            return Ok(Found { events, has_more: true, reached });
        }
        let Some(reached) = step.reached else {
            return Ok(Found { events, has_more: false, reached: end });
        };
        left = left.behind(reached);
        looked_at += step.looked_at;
        if looked_at >= query.effort {
            return Ok(Found { events, has_more: true, reached });
        }
    }
}

fn ascending(ordinals: &[i64]) -> Vec<i64> {
    let mut ordinals = ordinals.to_vec();
    ordinals.sort_unstable();
    ordinals
}

/// The ordinals that come into question. What is not in the rows yet does not.
async fn stretch(lists: Lists<'_>, query: &Query) -> Result<Stretch, ViewError> {
    let newest = positions::one(lists.views, lists.tenant).await?.ordinal;
    let (mut above, mut below) = (query.above, query.below.min(newest + 1));
    if let Some(since) = query.since {
        let first = lists.since(since.timestamp_micros()).await?;
        above = above.max(first.map_or(newest, |first| first - 1));
    }
    if let Some(until) = query.until {
        let last = lists.until(until.timestamp_micros()).await?;
        below = below.min(last.map_or(1, |last| last + 1));
    }
    Ok(Stretch { above, below, order: query.order })
}

/// All ordinals below `below` whose events are about a thing, in order; [`ViewError::TooLong`] for
/// more than `most`.
pub(crate) async fn touching(
    views: &Views,
    tenant: &TenantId,
    thing: &Aggregate,
    below: i64,
    most: i64,
) -> Result<Vec<i64>, ViewError> {
    let lists = Lists { views, tenant };
    let stretch = stretch(lists, &Query { below, ..Query::default() }).await?;
    let mut ordinals = BTreeSet::new();
    for term in [Term::aggregate(thing), Term::touched(thing)] {
        let all = lists.of_term(term.number(), &[], stretch, most + 1, most + 1).await?;
        ordinals.extend(all);
    }
    if i64::try_from(ordinals.len()).is_ok_and(|count| count <= most) {
        return Ok(ordinals.into_iter().collect());
    }
    Err(ViewError::TooLong { most })
}

/// The ordinals of all events that `query` takes, in its order; [`ViewError::TooLong`] for more
/// than `most`. It takes as long as the shortest list that matters.
pub(crate) async fn all_ordinals(
    log: &dyn EventLog,
    views: &Views,
    tenant: &TenantId,
    mut query: Query,
    most: i64,
) -> Result<Vec<i64>, ViewError> {
    let mut ordinals = Vec::new();
    loop {
        let page = search(log, views, tenant, &query, PAGE).await?;
        ordinals.extend(page.events.iter().map(|event| event.ordinal));
        if i64::try_from(ordinals.len()).is_ok_and(|count| count > most) {
            return Err(ViewError::TooLong { most });
        }
        if !page.has_more {
            return Ok(ordinals);
        }
        match query.order {
            Order::Ascending => query.above = page.reached,
            Order::Descending => query.below = page.reached,
        }
    }
}

/// The last ordinal recorded at that instant or before; 0 when there was none.
pub async fn ordinal_at(
    views: &Views,
    tenant: &TenantId,
    at: DateTime<Utc>,
) -> Result<i64, ViewError> {
    let lists = Lists { views, tenant };
    Ok(lists.until(at.timestamp_micros()).await?.unwrap_or_default())
}

/// Which lists are read, and how.
struct Route {
    /// Those whose ordinals are followed, together; none for all events.
    followed: Vec<i64>,
    is_of_all: bool,
    /// Those that each ordinal must be in too.
    probed: Vec<i64>,
}

/// A part of the way.
struct Step {
    ordinals: Vec<i64>,
    /// How far the lists were looked at; `None` for their end.
    reached: Option<i64>,
    looked_at: i64,
}

impl Route {
    /// Follows the terms with the shortest list.
    async fn choose(lists: Lists<'_>, query: &Query, stretch: Stretch) -> Result<Self, ViewError> {
        let mut shortest: Option<(i64, usize)> = None;
        for (number, any) in query.all.iter().enumerate() {
            let mut long = 0;
            if query.all.len() > 1 {
                for term in any {
                    long += lists.how_many(term.number(), stretch, COUNTED_MOST).await?;
                }
            }
            if shortest.is_none_or(|(least, _)| long < least) {
                shortest = Some((long, number));
            }
        }
        let number = shortest.map(|(_, number)| number);
        let followed = number.and_then(|number| query.all.get(number));
        let numbers: BTreeSet<_> = followed.into_iter().flatten().map(Term::number).collect();
        let others = query.all.iter().enumerate().filter(|(other, _)| Some(*other) != number);
        // A list of several terms is not probed: the events themselves are looked at.
        let single = others.filter_map(|(_, any)| match any.as_slice() {
            [term] => Some(term.number()),
            _ => None,
        });
        let probed = single.collect();
        Ok(Self { followed: numbers.into_iter().collect(), is_of_all: number.is_none(), probed })
    }

    async fn step(
        &self,
        lists: Lists<'_>,
        stretch: Stretch,
        wanted: i64,
        piece: i64,
    ) -> Result<Step, ViewError> {
        if self.is_of_all {
            let ordinals = lists.all(stretch, wanted).await?;
            let looked_at = i64::try_from(ordinals.len()).unwrap_or(i64::MAX);
            let reached = ordinals.last().copied().filter(|_| looked_at == wanted);
            return Ok(Step { ordinals, reached, looked_at });
        }
        let (mut found, mut reached, mut looked_at) = (BTreeSet::new(), None, 0);
        for term in &self.followed {
            let part = lists.of_term(*term, &self.probed, stretch, piece, wanted).await?;
            let count = i64::try_from(part.len()).unwrap_or(i64::MAX);
            let end = if count < wanted {
                looked_at += piece;
                lists.nth(*term, stretch, piece).await?
            } else {
                looked_at += count;
                part.last().copied()
            };
            found.extend(part);
            reached = nearest(stretch.order, reached, end);
        }
        // Behind that, another list may hold what was not looked at.
        let is_near = |ordinal: &i64| match (reached, stretch.order) {
            (None, _) => true,
            (Some(end), Order::Ascending) => *ordinal <= end,
            (Some(end), Order::Descending) => *ordinal >= end,
        };
        let near = found.into_iter().filter(is_near);
        let ordinals = match stretch.order {
            Order::Ascending => near.collect(),
            Order::Descending => near.rev().collect(),
        };
        Ok(Step { ordinals, reached, looked_at })
    }
}

/// Which of two ends comes first.
fn nearest(order: Order, one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other, order) {
        (Some(one), Some(other), Order::Ascending) => Some(one.min(other)),
        (Some(one), Some(other), Order::Descending) => Some(one.max(other)),
        (one, other, _) => one.or(other),
    }
}
