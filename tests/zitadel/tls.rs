//! gRPC over TLS, as clients outside one's own network call it.

use std::net::SocketAddr;
use std::sync::Arc;

use api::edge::{Edge, Limits};
use axum::http::Uri;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint};

use super::client::{Client, Over};
use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(grpc_is_spoken_over_tls);

/// A channel to that server, which must show this very certificate and choose HTTP/2.
async fn channel(address: SocketAddr, certificate: &str) -> Channel {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()).unwrap();
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let connector = TlsConnector::from(Arc::new(config));
    let connect = tower::service_fn(move |_: Uri| {
        let connector = connector.clone();
        async move {
            let plain = TcpStream::connect(address).await?;
            let name = ServerName::try_from("localhost").unwrap();
            let sealed = connector.connect(name, plain).await?;
            assert_eq!(sealed.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
            std::io::Result::Ok(TokioIo::new(sealed))
        }
    });
    // The connector sees to TLS.
    let endpoint = Endpoint::from_shared(format!("http://localhost:{}", address.port()));
    endpoint.unwrap().connect_with_connector(connect).await.unwrap()
}

async fn grpc_is_spoken_over_tls(database: Arc<Database>) {
    let world = World::start(&database).await;
    let pair = api::tls::self_signed(&["localhost".to_owned()], chrono::Utc::now()).unwrap();
    let folder = std::env::temp_dir().join(format!("chancery-grpc-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&folder).unwrap();
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.join(name));
    std::fs::write(&cert, &pair.certificate).unwrap();
    std::fs::write(&key, &pair.key).unwrap();
    let tls = api::tls::server_config(&cert, &key).unwrap();
    let edge = Edge::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let router = api::router::router(world.app.clone());
    let server = edge.serve(router, Limits::default(), Some(tls)).unwrap();

    let client = Client::over(&world, channel(server.address(), &pair.certificate).await).await;
    let (admin, viewer) = (&world.credentials.bearer.admin, &world.credentials.bearer.viewer);
    let set = ("v2", "SetInstanceFeatures");
    let granted = client.call(Over::Grpc, set, admin, &json!({"userSchema": true})).await;
    assert_eq!((granted.code, &granted.body["details"]["sequence"]), (0, &json!("1")));
    let refused = client.call(Over::Grpc, set, viewer, &json!({"userSchema": false})).await;
    assert_eq!(refused.code, 7, "{refused:?}");

    drop(client);
    server.stop().await;
    world.stop().await;
    std::fs::remove_dir_all(&folder).unwrap();
}
