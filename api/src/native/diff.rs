//! What changed between two instants, thing by thing, with the members of each before and after.
//! Whoever may look at one organization's events alone is told of the things that are its own.

use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::Aggregate;
use eventlog::TenantKeys;
use projections::things::{self, Changed};
use projections::{Past, Until, aggregates, events, positions};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::differences::differences;
use super::events::instant;
use super::queries::number;
use super::sight::{Sight, sight};
use super::{ok, show};
use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;

const LIMIT_USUAL: u64 = 100;
const LIMIT_MOST: u64 = 1_000;
/// Of the cursor's form.
const VERSION: u8 = 1;

/// Where a page ended: between which ordinals, and behind which thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Cursor {
    version: u8,
    /// As they were asked for.
    said: [String; 2],
    from: i64,
    to: i64,
    behind: Aggregate,
}

/// A page of what changed between `from` and `to`, each an instant or an ordinal; without `to`,
/// until now.
pub(super) async fn get(call: Call) -> Result<Response, Problem> {
    let sight = sight(&call)?;
    let limit = number(&call, "limit", LIMIT_USUAL, LIMIT_MOST)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let value = |name| call.request.query_value(name).filter(|text| !text.is_empty());
    let said = [value("from").unwrap_or_default(), value("to").unwrap_or_default()];
    let cursor = value("cursor").map(|text| decode(&text, &said)).transpose()?;
    let (from, to) = match &cursor {
        Some(cursor) => (cursor.from, cursor.to),
        None => ends(&call, &said).await?,
    };
    let past = async |ordinal| {
        call.app.reads.as_of(&call.tenant, Until::Ordinal(ordinal)).await.map_err(Fault::from)
    };
    let (before, after) = (past(from).await?, past(to).await?);
    let all = compare(&call, &sight, &before, &after).await?;
    let is_left = |it: &&Changed| cursor.as_ref().is_none_or(|cursor| it.thing > cursor.behind);
    let mut left = all.iter().filter(is_left);
    let page: Vec<_> = left.by_ref().take(limit).collect();
    let last = page.last().filter(|_| left.next().is_some()).map(|last| last.thing.clone());
    let next = last.map(|behind| encode(&Cursor { version: VERSION, said, from, to, behind }));
    let keys = call.opening_keys().await?;
    let shown: Vec<_> = page.into_iter().map(|it| changed(it, keys.as_deref())).collect();
    Ok(ok(json!({
        "from": end(&before, &sight), "to": end(&after, &sight), "changes": shown, "next": next,
    })))
}

/// What changed, as far as the caller may look at it.
async fn compare(
    call: &Call,
    sight: &Sight,
    before: &Past,
    after: &Past,
) -> Result<Vec<Changed>, Fault> {
    let mut all = things::compare(&before.views, &after.views, &call.tenant).await?;
    let Some(owner) = sight.owner() else { return Ok(all) };
    let mut own = aggregates::owned_by(&before.views, &call.tenant, owner).await?;
    own.extend(aggregates::owned_by(&after.views, &call.tenant, owner).await?);
    all.retain(|changed| own.contains(&changed.thing));
    Ok(all)
}

/// When the last event before an end was recorded is told to whoever may look at any event.
fn end(past: &Past, sight: &Sight) -> Value {
    let at = past.at.filter(|_| *sight == Sight::Whole);
    json!({"ordinal": past.ordinal, "at": at.map(show::time)})
}

/// A thing that is not what it was.
pub(crate) fn changed(changed: &Changed, keys: Option<&TenantKeys>) -> Value {
    let change = match (changed.was_there, changed.is_there) {
        (false, _) => "created",
        (true, true) => "changed",
        (true, false) => "removed",
    };
    let members = differences(&changed.members, keys);
    json!({"thing": changed.thing, "change": change, "members": members})
}

/// The ordinals that are meant: both are there, in their order.
async fn ends(call: &Call, said: &[String; 2]) -> Result<(i64, i64), Problem> {
    let views = call.app.reads.eventual();
    let newest = positions::one(&views, &call.tenant).await.map_err(Fault::from)?;
    let newest = call.newest_of_the_past().unwrap_or(newest.ordinal);
    let [from, to] = said;
    if from.is_empty() {
        let detail = "from says since when: an RFC 3339 instant or an ordinal";
        return Err(Problem::invalid("member_missing", "from", detail));
    }
    let from = ordinal(call, "from", from, newest).await?;
    let to = if to.is_empty() { newest } else { ordinal(call, "to", to, newest).await? };
    if from > to {
        return Err(Problem::invalid("ends_crossed", "from", "from lies behind to"));
    }
    Ok((from, to))
}

async fn ordinal(call: &Call, name: &str, text: &str, newest: i64) -> Result<i64, Problem> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let known = text.parse().ok().filter(|ordinal| *ordinal <= newest);
        return known.ok_or_else(|| {
            let detail = format!("{name} names an ordinal beyond the newest one, {newest}");
            Problem::invalid("ordinal_invalid", name, detail)
        });
    }
    let at: DateTime<Utc> = instant(name, text, call.request.received_at)?;
    let views = call.app.reads.eventual();
    let found = events::ordinal_at(&views, &call.tenant, at).await.map_err(Fault::from)?;
    Ok(found.min(newest))
}

fn encode(cursor: &Cursor) -> String {
    // Numbers and texts alone always make JSON.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(cursor).unwrap_or_default())
}

fn decode(text: &str, said: &[String; 2]) -> Result<Cursor, Problem> {
    let refuse = |why: &str| Problem::invalid("cursor_invalid", "cursor", format!("cursor {why}"));
    let broken = || refuse("is not one that this server gave out");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| broken())?;
    let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| broken())?;
    if cursor.version != VERSION {
        return Err(refuse("is of another version of this server"));
    }
    if cursor.said != *said {
        return Err(refuse("is of another comparison: it goes with the same from and to"));
    }
    if cursor.from < 0 || cursor.from > cursor.to {
        return Err(broken());
    }
    Ok(cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_with_its_own_comparison() {
        let said = ["1".to_owned(), String::new()];
        let behind = Aggregate { kind: "group".to_owned(), id: "7".to_owned() };
        let cursor = Cursor { version: VERSION, said: said.clone(), from: 1, to: 9, behind };
        let text = encode(&cursor);
        assert_eq!(decode(&text, &said), Ok(cursor.clone()));
        let other = ["1".to_owned(), "9".to_owned()];
        assert!(decode(&text, &other).unwrap_err().detail.contains("another comparison"));
        let later = encode(&Cursor { version: 2, ..cursor.clone() });
        assert!(decode(&later, &said).unwrap_err().detail.contains("another version"));
        let crossed = encode(&Cursor { from: 10, ..cursor });
        for broken in ["", "%", "e30", &text[1..], &crossed] {
            assert_eq!(decode(broken, &said).unwrap_err().code, "cursor_invalid", "{broken}");
        }
    }
}
