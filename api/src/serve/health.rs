//! Whether the process lives, whether it can serve, and what it measured.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use super::flaws::Flaws;
use crate::app::App;
use crate::measure;

const PATIENCE: Duration = Duration::from_secs(2);
/// The text form that Prometheus reads.
const EXPOSITION: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Open to anybody: none of it says anything about a tenant.
pub(super) fn routes(app: App, flaws: Flaws) -> Router {
    Router::new()
        .route("/healthz", get(async || Json(json!({"status": "ok"}))))
        .route("/metrics", get(async || ([(CONTENT_TYPE, EXPOSITION)], measure::render())))
        .route("/readyz", get(readiness))
        .with_state((app, flaws))
}

/// What of the service is well.
struct Wellness {
    store: bool,
    /// Without the store the key cannot be proved, and is not to blame.
    key: bool,
    projections: bool,
}

impl Wellness {
    async fn of(app: &App) -> Self {
        let store = tokio::time::timeout(PATIENCE, app.log.heads()).await;
        let store = store.is_ok_and(|heads| heads.is_ok());
        let key = store && app.keyring.verify_master().await.is_ok();
        Self { store, key, projections: app.projections.is_well() }
    }

    fn is_ready(&self) -> bool {
        self.store && self.key && self.projections
    }
}

/// Whether requests can be served.
pub(crate) async fn is_ready(app: &App) -> bool {
    Wellness::of(app).await.is_ready()
}

/// A record that does not hold somewhere is served all the same: the rest of it does.
async fn readiness(State((app, flaws)): State<(App, Flaws)>) -> Response {
    let wellness = Wellness::of(&app).await;
    let word = |is_well: bool| if is_well { "ok" } else { "failing" };
    let body = Json(json!({
        "status": if wellness.is_ready() { "ready" } else { "not ready" },
        "store": word(wellness.store),
        "masterKey": if wellness.store { word(wellness.key) } else { "unknown" },
        "projections": word(wellness.projections),
        "record": if flaws.is_none() { "ok" } else { "does not hold" },
    }));
    if wellness.is_ready() {
        return body.into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")], body).into_response()
}
