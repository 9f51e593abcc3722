//! The edge as its clients meet it: both HTTPs with and without TLS, limits, and stopping.

mod bodies;
mod commands;
mod due;
mod full;
mod limits;
mod nodes;
mod outage;
mod protocols;
mod starting;
mod stopping;
mod tls;

use std::time::Duration;

use crate::program::client;
use api::edge::{Edge, Limits, Listening, Timeouts};
use axum::Router;
use axum::routing::{get, post};

/// Waits that are short, so that running out of them is quick.
fn limits() -> Limits {
    let timeouts = Timeouts {
        opening: Duration::from_millis(300),
        head: Duration::from_millis(300),
        body: Duration::from_millis(300),
        answer: Duration::from_millis(300),
        stop: Duration::from_secs(10),
    };
    Limits { timeouts, ..Limits::default() }
}

/// A service that says what it was asked, of which nothing is Chancery but the edge.
fn parrot() -> Router {
    Router::new()
        .route(
            "/version",
            get(|request: axum::extract::Request| async move {
                format!("{:?} {}", request.version(), request.headers()["host"].to_str().unwrap())
            }),
        )
        .route("/echo", post(|body: String| async move { body }))
        .route("/panic", get(panicking))
        .route("/never", get(std::future::pending::<&'static str>))
}

async fn panicking() -> &'static str {
    panic!("a handler that panics, on purpose")
}

fn serve(router: Router, limits: Limits) -> Listening {
    let edge = Edge::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    edge.serve(router, limits, None).unwrap()
}
