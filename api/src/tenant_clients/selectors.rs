//! By what workloads of a platform can be told apart.

use axum::response::Response;
use serde_json::json;

use super::error::ClientsError;
use super::ok;
use crate::call::Call;

/// Platforms, and the keys of their selectors (SPIFFE workload attestation).
const PLATFORMS: [(&str, &[&str]); 3] = [
    ("kubernetes", &["ns", "sa", "pod-label", "pod-name", "container-name", "node-name"]),
    ("docker", &["label", "image_id", "env"]),
    ("unix", &["uid", "gid", "user", "group", "path", "sha256"]),
];

pub(super) async fn handle(call: Call) -> Result<Response, ClientsError> {
    let platform = call.request.query_value("platform").unwrap_or_default();
    let known = PLATFORMS.iter().find(|(name, _)| *name == platform);
    let Some((name, keys)) = known else {
        let names: Vec<_> = PLATFORMS.iter().map(|(name, _)| *name).collect();
        let error = ClientsError::invalid("unsupported platform");
        return Err(error.with("supported_platforms", json!(names)));
    };
    Ok(ok(json!({"platform": name, "selector_keys": keys})))
}
