//! What happened to one thing, event by event: who did what to it, when, how, and what it was
//! before and after.

use axum::http::StatusCode;
use axum::response::Response;
use domain::Aggregate;
use eventlog::TenantKeys;
use projections::ViewError;
use projections::things::{self, Chapter, Page};
use serde_json::{Value, json};

use super::differences::differences;
use super::queries::number;
use super::sight::sight;
use super::{events, ok};
use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;

const LIMIT_USUAL: u64 = 100;
const LIMIT_MOST: u64 = 1_000;

/// A page of a thing's history: `order`, `after` (an ordinal, past which the page begins),
/// `limit`. `next` is what `after` takes for the page behind it, while there is one. Whoever may
/// look at one organization's events alone is told of those, and of no thing that has none.
pub(super) async fn get(call: Call) -> Result<Response, Problem> {
    let sight = sight(&call)?;
    let (kind, id) = (call.request.param("kind").to_owned(), call.request.param("id").to_owned());
    let thing = Aggregate { kind, id };
    let limit = number(&call, "limit", LIMIT_USUAL, LIMIT_MOST)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let after = call.request.query_value("after").filter(|text| !text.is_empty());
    let after = after.map(|text| text.parse().ok().filter(|ordinal: &i64| *ordinal >= 0));
    let after = after.map(|ordinal| {
        let wrong = || Problem::invalid("cursor_invalid", "after", "after is not an ordinal");
        ordinal.ok_or_else(wrong)
    });
    let page = Page {
        after: after.transpose()?,
        order: events::order(&call)?,
        below: call.newest_of_the_past().map_or(i64::MAX, |newest| newest + 1),
        limit,
        owner: sight.owner().map(str::to_owned),
    };
    // Events never change: what a thing was is told from the first part of today's lists.
    let (log, views) = (call.app.log.as_ref(), call.app.reads.eventual());
    let history = things::history(log, &views, &call.tenant, &thing, page).await;
    let history = history.map_err(|error| {
        if let ViewError::TooLong { most } = error {
            too_long(most)
        } else {
            Fault::from(error).into()
        }
    })?;
    let history = history.ok_or_else(|| Problem::not_found("thing"))?;
    let keys = call.opening_keys().await?;
    let keys = keys.as_deref();
    let last = history.chapters.last().filter(|_| history.has_more);
    let next = last.map(|last| last.event.ordinal.to_string());
    let shown: Vec<_> = history.chapters.iter().map(|it| chapter(it, keys)).collect();
    Ok(ok(json!({"thing": thing, "history": shown, "next": next})))
}

fn too_long(most: i64) -> Problem {
    let detail = format!(
        "more than {most} events are about this thing; search the events by thing and time instead"
    );
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "history_too_long", detail)
}

/// An event with what it made of the thing.
pub(crate) fn chapter(chapter: &Chapter, keys: Option<&TenantKeys>) -> Value {
    let mut shown = events::envelope(&chapter.event, keys);
    if let Some(members) = shown.as_object_mut() {
        // The record itself is shown elsewhere; here it is told in the members of the thing.
        for technical in ["payload", "payloadHash", "leafHash", "version"] {
            members.shift_remove(technical);
        }
        members.insert("changes".to_owned(), differences(&chapter.changes, keys).into());
    }
    shown
}
