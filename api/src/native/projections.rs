//! How far the read models are, and building one again while it serves.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use projections::ViewError;
use serde_json::json;

use super::ok;
use crate::call::Call;
use crate::fault::Fault;
use crate::problem::Problem;

pub(super) async fn list(call: Call) -> Result<Response, Problem> {
    let status = call.app.projections.status().await.map_err(Fault::from)?;
    Ok(ok(json!(status)))
}

/// Begins to build a projection again. How far it is stands in the list until it is done.
pub(super) async fn rebuild(call: Call) -> Result<Response, Problem> {
    let name = call.request.param("name").to_owned();
    let status = call.app.projections.status().await.map_err(Fault::from)?;
    let known = status.projections.iter().find(|projection| projection.name == name);
    let known = known.ok_or_else(|| Problem::not_found("projection"))?;
    if known.rebuild.is_some() {
        let detail = format!("{name} is being rebuilt already");
        return Err(Problem::new(StatusCode::CONFLICT, "rebuilding", detail));
    }
    let projections = Arc::clone(&call.app.projections);
    let rebuilt = name.clone();
    tokio::spawn(async move {
        match projections.rebuild(&rebuilt, |_| {}).await {
            Ok(()) => tracing::info!(projection = rebuilt, "rebuilt"),
            Err(ViewError::Rebuilding(_)) => {}
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(projection = rebuilt, error, "the rebuild broke off");
            }
        }
    });
    let body = axum::Json(json!({"projection": name, "watch": "/v1/projections"}));
    Ok((StatusCode::ACCEPTED, body).into_response())
}
