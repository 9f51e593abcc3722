//! A body that is too long, or that stops coming, is answered by each dialect in its own words.

use std::sync::Arc;

use api::serve::Server;
use api::settings::Settings;
use commands::SystemClock;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::program::{Home, serve_here};
use crate::stores::Place;

const LIMIT: usize = 1024;

/// An operation of each dialect, and the member of its reply that says why.
const PATHS: [(&str, &str); 5] = [
    ("POST /v1/tenants/default/commands/MoveGroup", "detail"),
    ("POST /identity-management/v3/user-admin/groups/move", "detail"),
    ("POST /clients/set_features", "error_description"),
    ("PATCH /clients/v1/tenants/default/clients/1/activate", "message"),
    ("PUT /v2/features/organization/1", "message"),
];

async fn server() -> (Home, Server) {
    let name = format!("chancery-bodies-{}", uuid::Uuid::now_v7().simple());
    let place = Place::DataDir(std::env::temp_dir().join(name));
    let home = Home::at(&place);
    let settings = Settings { body_limit: LIMIT, ..Settings::default() };
    let server = serve_here(&home, place, Arc::new(SystemClock), settings).await;
    (home, server)
}

/// Status and body of what the server says to a request with these headers and this body, of which
/// nothing more comes.
async fn said_to(server: &Server, path: &str, headers: &str, body: &str) -> (u16, Value) {
    let head = format!("{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n\r\n");
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.unwrap();
    let said = String::from_utf8(said).unwrap();
    let (head, body) = said.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

#[tokio::test]
async fn one_that_is_too_long_is_refused_whether_it_says_so_or_not() {
    let (home, server) = server().await;
    let (length, long) = (LIMIT + 1, "x".repeat(LIMIT + 1));
    let announced = format!("content-length: {length}");
    let chunk = format!("{length:x}\r\n{long}\r\n0\r\n\r\n");
    for (path, member) in PATHS {
        for (headers, body) in [(&*announced, &*long), ("transfer-encoding: chunked", &chunk)] {
            let (status, reply) = said_to(&server, path, headers, body).await;
            assert_eq!(status, 413, "{path}: {reply}");
            let why = reply[member].as_str().unwrap_or_default();
            assert!(why.contains("1024"), "{path}: {reply}");
        }
        let headers = format!("content-length: {LIMIT}");
        let (status, reply) = said_to(&server, path, &headers, &long[1..]).await;
        assert_ne!(status, 413, "{path}: {reply}");
    }
    server.stop().await;
    std::fs::remove_dir_all(&home.data_dir).unwrap();
}

#[tokio::test]
async fn one_that_stops_coming_is_given_up() {
    let (home, server) = server().await;
    for (path, _) in PATHS {
        let (status, reply) = said_to(&server, path, "content-length: 10", "half").await;
        assert_eq!(status, 408, "{path}: {reply}");
    }
    server.stop().await;
    std::fs::remove_dir_all(&home.data_dir).unwrap();
}
