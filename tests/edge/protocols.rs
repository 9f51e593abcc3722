//! HTTP/1.1 and HTTP/2 on one port: by ALPN with TLS, with prior knowledge without.

use std::fs;
use std::path::PathBuf;

use reqwest::{Certificate, Client, ClientBuilder, Version};

use super::{Edge, limits, parrot, serve};

/// Asks `/version`; answers what the client saw, and what the server.
async fn versions(client: Client, base: &str) -> (Version, String) {
    let answer = client.get(format!("{base}/version")).send().await.unwrap();
    (answer.version(), answer.text().await.unwrap())
}

#[tokio::test]
async fn plaintext_speaks_both() {
    let server = serve(parrot(), limits());
    let address = server.address();
    let base = format!("http://{address}");
    let plain = versions(Client::builder().build().unwrap(), &base).await;
    assert_eq!(plain, (Version::HTTP_11, format!("HTTP/1.1 {address}")));
    let knowing = Client::builder().http2_prior_knowledge().build().unwrap();
    let knowing = versions(knowing, &base).await;
    assert_eq!(knowing, (Version::HTTP_2, format!("HTTP/2.0 {address}")));
    server.stop().await;
}

#[tokio::test]
async fn tls_offers_both_by_alpn() {
    let pair = api::tls::self_signed(&["localhost".to_owned()], chrono::Utc::now()).unwrap();
    let folder = std::env::temp_dir().join(format!("chancery-alpn-{}", uuid::Uuid::now_v7()));
    fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &str| -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let (cert, key) = (write("cert.pem", &pair.certificate), write("key.pem", &pair.key));
    let tls = api::tls::server_config(&cert, &key).unwrap();
    let edge = Edge::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let server = edge.serve(parrot(), limits(), Some(tls)).unwrap();
    let base = format!("https://localhost:{}", server.address().port());

    let trusting = |builder: ClientBuilder| {
        let root = Certificate::from_pem(pair.certificate.as_bytes()).unwrap();
        builder.tls_certs_only([root]).build().unwrap()
    };
    let host = base.trim_start_matches("https://");
    let modern = versions(trusting(Client::builder()), &base).await;
    assert_eq!(modern, (Version::HTTP_2, format!("HTTP/2.0 {host}")));
    let older = versions(trusting(Client::builder().http1_only()), &base).await;
    assert_eq!(older, (Version::HTTP_11, format!("HTTP/1.1 {host}")));

    server.stop().await;
    fs::remove_dir_all(&folder).unwrap();
}
