//! What any gRPC client may ask a server without a credential: which services it has (reflection,
//! both published versions), and whether they serve (health).

use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use futures::{Stream, stream};
use tonic::{Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_reflection::server::Builder;

use super::messages::{DESCRIPTORS, service};
use super::methods::Version;
use crate::app::App;
use crate::serve::health::is_ready;

/// How often a watched status is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Both, at their paths. They are open, and tell nothing of any tenant.
pub(crate) fn services(app: App) -> Router<App> {
    let health = HealthServer::new(Wellness(app));
    let router = Router::new().route_service("/grpc.health.v1.Health/{method}", health);
    let builder = || {
        let builder = Builder::configure().register_encoded_file_descriptor_set(DESCRIPTORS);
        builder.register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    match (builder().build_v1(), builder().build_v1alpha()) {
        (Ok(v1), Ok(v1alpha)) => router
            .route_service("/grpc.reflection.v1.ServerReflection/{method}", v1)
            .route_service("/grpc.reflection.v1alpha.ServerReflection/{method}", v1alpha),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "reflection is off: the descriptors cannot be read");
            router
        }
    }
}

/// Health is readiness: all services stand and fall together.
struct Wellness(App);

fn answer(is_ready: bool) -> HealthCheckResponse {
    let status = if is_ready { ServingStatus::Serving } else { ServingStatus::NotServing };
    HealthCheckResponse { status: status as i32 }
}

/// Whether it is a service of this server, or the empty name that means all of them.
fn is_known(name: &str) -> bool {
    name.is_empty() || [Version::V2beta, Version::V2].iter().any(|it| service(*it) == name)
}

#[async_trait]
impl Health for Wellness {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<HealthCheckResponse, Status>> + Send>>;

    async fn check(
        &self,
        request: tonic::Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        if !is_known(&request.get_ref().service) {
            return Err(Status::not_found("service not registered"));
        }
        Ok(Response::new(answer(is_ready(&self.0).await)))
    }

    /// The status now, and whenever it has changed.
    async fn watch(
        &self,
        request: tonic::Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let is_known = is_known(&request.get_ref().service);
        let app = self.0.clone();
        let changes = stream::unfold((app, None), move |(app, last)| async move {
            let unknown = HealthCheckResponse { status: ServingStatus::ServiceUnknown as i32 };
            loop {
                let now = if is_known { answer(is_ready(&app).await) } else { unknown };
                if last != Some(now) {
                    return Some((Ok(now), (app, Some(now))));
                }
                tokio::time::sleep(LOOK).await;
            }
        });
        Ok(Response::new(Box::pin(changes)))
    }
}
