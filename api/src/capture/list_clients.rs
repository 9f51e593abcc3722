//! Lists the application's clients, each with its secret: libraries rely on that. A setting masks
//! them.

use axum::response::Response;
use projections::clients::{self, BriefRow};
use serde::Serialize;

use super::error::CaptureError;
use super::parameters::Parameters;
use super::secrets::Secrets;
use super::{answer, shown_allow_list};
use crate::call::Call;
use crate::fault::Fault;

/// The whole answer. It may be long, so it is written as it is walked.
#[derive(Serialize)]
struct List<'a> {
    stat: &'static str,
    results: Vec<Shown<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    description: &'a str,
    features: Vec<&'static str>,
    whitelist: Vec<&'a str>,
}

pub(super) async fn handle(call: Call) -> Result<Response, CaptureError> {
    let parameters = Parameters::of(&call.request);
    let wanted = match parameters.list("has_features")? {
        Some(wanted) => Some(wanted),
        None => parameters.list("features")?,
    };
    let rows = clients::all_in_brief(&call.views, &call.tenant).await.map_err(Fault::from)?;
    let rows: Vec<_> =
        rows.into_iter().filter(|client| has_any(client, wanted.as_deref())).collect();
    let secrets = Secrets::of(&call, &rows).await?;
    let results = rows.iter().map(|client| show(client, &secrets)).collect();
    Ok(answer(&List { stat: "ok", results }))
}

/// Whether a client has any of these features as they are listed: what they imply does not count.
pub(super) fn has_any(client: &BriefRow, wanted: Option<&[String]>) -> bool {
    let is_wanted = |held: &str| wanted.is_none_or(|wanted| wanted.iter().any(|name| name == held));
    wanted.is_none() || client.features.iter().any(|held| is_wanted(held.as_str()))
}

fn show<'a>(client: &'a BriefRow, secrets: &'a Secrets) -> Shown<'a> {
    Shown {
        client_id: client.capture_id.as_str(),
        client_secret: secrets.newest(client),
        description: &client.name,
        features: client.features.iter().map(|feature| feature.as_str()).collect(),
        whitelist: shown_allow_list(client),
    }
}
