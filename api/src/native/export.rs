//! A tenant's record as a file (`application/x-ndjson`): streamed, at the pace of whoever takes it.
//! What was sealed stays sealed, addresses of callers too.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use domain::Right;
use eventlog::{Export, ExportRange, ExportRefused, ExportUntil};
use futures::stream::try_unfold;

use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;

/// Says beforehand how many events there will be.
pub(crate) const EVENTS: HeaderName = HeaderName::from_static("chancery-export-events");

pub(super) async fn get(call: Call) -> Result<Response, Problem> {
    if let Some(own) = &call.caller.organization {
        let detail = format!(
            "the caller's rights hold in organization {own} only, and an export is the whole \
             record of a tenant: a part of it would prove nothing"
        );
        return Err(Problem::forbidden(detail));
    }
    let range = range(&call)?;
    let (log, keyring) = (Arc::clone(&call.app.log), call.app.keyring.clone());
    let now = call.request.received_at;
    let export = Export::begin(log, keyring, &call.tenant, range, now).await.map_err(refused)?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (EVENTS, export.events().to_string()),
    ];
    // Whatever breaks it off leaves a file without its last line, which nobody takes for whole.
    let pages = try_unfold(export, async |mut export| {
        let page = export.page().await.inspect_err(|error| {
            let error = error as &dyn std::error::Error;
            tracing::error!(error, "an export broke off");
        })?;
        Ok::<_, eventlog::LogError>(page.map(|lines| (Bytes::from(lines), export)))
    });
    Ok((headers, Body::from_stream(pages)).into_response())
}

fn range(call: &Call) -> Result<ExportRange, Problem> {
    let value = |name| call.request.query_value(name).filter(|value| !value.is_empty());
    let after = value("after").map(|text| text.parse().ok().filter(|after| *after >= 0));
    let after = after.map(|after: Option<i64>| {
        after.ok_or_else(|| Problem::invalid("after_invalid", "after", "after is not an ordinal"))
    });
    let until = value("until").map(|text| text.parse::<ExportUntil>());
    let until = until
        .transpose()
        .map_err(|error| Problem::invalid("until_invalid", "until", error.to_string()))?;
    let recipient = value("recipient").map(|text| text.parse());
    let recipient = recipient.transpose().map_err(|error: eventlog::RecipientError| {
        Problem::invalid("recipient_invalid", "recipient", error.to_string())
    })?;
    // With the keys go the secrets of all clients and what is known of all persons.
    let may_take_keys = call.caller.tenant.is_system() && call.caller.has(Right::TenantAdmin);
    if recipient.is_some() && !may_take_keys {
        return Err(Problem::forbidden(
            "only an administrator of tenants may take a tenant's keys",
        ));
    }
    let until = match (until, call.newest_of_the_past()) {
        (Some(_), Some(_)) => {
            let detail = "until and Chancery-As-Of both say where to end";
            return Err(Problem::invalid("until_invalid", "until", detail));
        }
        (until, past) => until.or(past.map(ExportUntil::Ordinal)),
    };
    Ok(ExportRange { after: after.transpose()?.unwrap_or_default(), until, recipient })
}

fn refused(refused: ExportRefused) -> Problem {
    let detail = refused.to_string();
    match refused {
        ExportRefused::NoTenant(_) => Problem::not_found("tenant"),
        ExportRefused::NoSuchOrdinal { .. } => {
            Problem::invalid("ordinal_unknown", "after, until", detail)
        }
        ExportRefused::Backwards { .. } => {
            Problem::invalid("range_backwards", "after, until", detail)
        }
        ExportRefused::Future => Problem::invalid("until_invalid", "until", detail),
        ExportRefused::Log(error) => Fault::from(error).into(),
    }
}
