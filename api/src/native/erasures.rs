//! Who was erased: what went, when, by whom, and from which command. The report of one erasure also
//! counts the rows that tell nothing of the subject any more.

use axum::response::Response;
use projections::erasures::{self, ErasureRow};
use serde_json::{Map, Value, json};

use super::queries::number;
use super::sight::{Sight, sight};
use super::{ok, show};
use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;

const LIMIT_USUAL: u64 = 100;
const LIMIT_MOST: u64 = 1_000;

/// A page of erasures, the oldest first: `after` (the ordinal of one), `limit`.
pub(super) async fn list(call: Call) -> Result<Response, Problem> {
    let sight = sight(&call)?;
    let limit = i64::try_from(number(&call, "limit", LIMIT_USUAL, LIMIT_MOST)?).unwrap_or(1);
    let after = call.request.query_value("after").filter(|text| !text.is_empty());
    let after = after.map_or(Ok(0), |text| text.parse());
    let after = after.map_err(|_| {
        Problem::invalid("cursor_invalid", "after", "after is not the ordinal of an erasure")
    })?;
    let (views, tenant) = (&call.views, &call.tenant);
    let rows = match sight.owner() {
        None => erasures::behind(views, tenant, after, limit).await,
        Some(own) => erasures::behind_of(views, tenant, own, after, limit).await,
    };
    let rows = rows.map_err(Fault::from)?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|found| found == limit);
    let next = rows.last().filter(|_| is_full).map(|last| last.ordinal.to_string());
    let shown: Vec<_> = rows.iter().map(erasure).collect();
    Ok(ok(json!({"erasures": shown, "next": next})))
}

/// The report of one erasure.
pub(super) async fn one(call: Call) -> Result<Response, Problem> {
    let sight = sight(&call)?;
    let subject = call.request.param("subject");
    let row = erasures::one(&call.views, &call.tenant, subject).await.map_err(Fault::from)?;
    let row = row.filter(|row| sees(&sight, row)).ok_or_else(|| Problem::not_found("erasure"))?;
    let silent = erasures::silent(&call.views, &call.tenant, &row).await.map_err(Fault::from)?;
    let silent: Map<_, _> =
        silent.into_iter().map(|(name, rows)| (name.to_owned(), rows.into())).collect();
    let mut shown = erasure(&row);
    if let Some(erased) = shown.get_mut("erased").and_then(Value::as_object_mut) {
        erased.insert("rows".to_owned(), silent.into());
    }
    Ok(ok(shown))
}

fn sees(sight: &Sight, row: &ErasureRow) -> bool {
    let owner = row.organization.as_ref().map(domain::OrganizationId::as_str);
    sight.owner().is_none_or(|own| owner == Some(own))
}

fn erasure(row: &ErasureRow) -> Value {
    json!({
        "subject": row.subject,
        "about": row.about,
        "organization": row.organization,
        "erasedAt": show::time(row.erased_at),
        "erasedBy": row.by,
        "command": row.command,
        "commandId": row.command_id,
        "correlation": row.correlation,
        "ordinal": row.ordinal,
        "erased": {
            "keys": 1,
            "events": row.events,
            "passwords": row.passwords,
            "mails": row.mails,
            "tokens": row.tokens,
        },
    })
}
