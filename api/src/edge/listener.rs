//! The socket: HTTP/1.1 and HTTP/2 on one port, by ALPN with TLS, by the first bytes without.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use rustls::ServerConfig;
use tokio::task::JoinHandle;

use super::opening::Patient;
use super::{Limits, Timeouts, around};

/// Most bytes of a request's head.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Most requests at once on one HTTP/2 connection.
const STREAMS_MAX: u32 = 250;
/// How often an HTTP/2 connection is asked whether it still lives, and how long it has to say so.
const PING: Duration = Duration::from_secs(20);

/// A bound socket that nobody is served on yet.
#[derive(Debug)]
pub struct Edge {
    listener: TcpListener,
    address: SocketAddr,
}

impl Edge {
    /// Takes the address; port 0 takes one that is free.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        crate::tls::install_provider();
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves the router, with the edge around it, until it is stopped.
    pub fn serve(
        self,
        router: Router,
        limits: Limits,
        tls: Option<Arc<ServerConfig>>,
    ) -> io::Result<Listening> {
        let timeouts = limits.timeouts;
        let service = around(router, limits).into_make_service_with_connect_info::<SocketAddr>();
        let handle = Handle::new();
        let mut server = axum_server::from_tcp(self.listener)?.handle(handle.clone());
        shape(&mut server, timeouts);
        let opening = timeouts.opening;
        let task = if let Some(config) = tls {
            let tls = RustlsAcceptor::new(RustlsConfig::from_config(config))
                .handshake_timeout(opening)
                .acceptor(NoDelayAcceptor);
            tokio::spawn(server.acceptor(Patient::new(tls, opening)).serve(service))
        } else {
            let plain = Patient::new(NoDelayAcceptor, opening);
            tokio::spawn(server.acceptor(plain).serve(service))
        };
        Ok(Listening { handle, task, address: self.address, stop: timeouts.stop })
    }
}

fn shape(server: &mut Server<SocketAddr>, timeouts: Timeouts) {
    let http = server.http_builder();
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.head)
        .max_buf_size(HEAD_BYTES_MAX);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_header_list_size(u32::try_from(HEAD_BYTES_MAX).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS_MAX);
}

/// A socket that is being served.
#[derive(Debug)]
pub struct Listening {
    handle: Handle<SocketAddr>,
    task: JoinHandle<io::Result<()>>,
    address: SocketAddr,
    stop: Duration,
}

impl Listening {
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no new connection, lets requests in flight finish, and closes what is left when the
    /// time for that is over.
    pub async fn stop(self) {
        self.handle.graceful_shutdown(Some(self.stop));
        // It ends either way; why a connection ended badly concerns only its client.
        let _ = self.task.await;
    }
}
