//! What is too large, too slow, or broken gets an answer that says so, and harms nobody else.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{client, limits, parrot, serve};

/// Status and body of a problem, whose own status must be the line's.
async fn problem(answer: reqwest::Response) -> (u16, Value) {
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], status);
    (status, body)
}

/// What the server says to a client that sends this and then no more, until it hangs up.
async fn said_to(address: std::net::SocketAddr, sent: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent).await.unwrap();
    let mut said = Vec::new();
    let heard = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut said)).await;
    assert!(heard.is_ok(), "the server never hung up");
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn who_says_nothing_is_hung_up_on() {
    let server = serve(parrot(), limits());
    for sent in [&b""[..], b"PRI * HTTP", b"GET /version HTTP/1.1\r\nhost: x\r\n"] {
        assert_eq!(said_to(server.address(), sent).await, "", "{sent:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_stops_coming_is_given_up() {
    let server = serve(parrot(), limits());
    let head = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf";
    let said = said_to(server.address(), head).await;
    assert!(said.starts_with("HTTP/1.1 4") || said.starts_with("HTTP/1.1 504"), "{said}");
    server.stop().await;
}

#[tokio::test]
async fn an_answer_that_never_comes_is_given_up() {
    let server = serve(parrot(), limits());
    let answer = client().get(format!("http://{}/never", server.address())).send().await.unwrap();
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_eq!(problem(answer).await.0, 504);
    server.stop().await;
}

#[tokio::test]
async fn a_panic_is_an_answer_and_not_the_end() {
    let server = serve(parrot(), limits());
    for _ in 0..2 {
        let answer = client().get(format!("http://{}/panic", server.address())).send().await;
        let (status, body) = problem(answer.unwrap()).await;
        assert_eq!(status, 500);
        assert!(!body.to_string().contains("on purpose"));
    }
    server.stop().await;
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let server = serve(parrot(), limits());
    let url = format!("http://{}/version", server.address());
    let given = client().get(&url).header("x-request-id", "mine-1").send().await.unwrap();
    assert_eq!(given.headers()["x-request-id"], "mine-1");
    assert_eq!(given.headers()["cache-control"], "no-store");
    let fresh = client().get(format!("{url}/no/such")).send().await.unwrap();
    assert_eq!(fresh.status(), 404);
    assert_eq!(fresh.headers()["x-request-id"].len(), 32);
    server.stop().await;
}
