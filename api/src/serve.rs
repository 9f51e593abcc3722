//! Serving: the store, the writer, the read models and the edge, put together and taken apart in
//! order.

mod flaws;
pub(crate) mod health;
mod sealing;
mod timer;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use commands::{Clock, Writer, WriterSettings};
use eventlog::SealError;
use ipnet::IpNet;
use projections::{Projections, ViewError};

use crate::accesses::Accesses;
use crate::app::App;
use crate::caller::OperatorToken;
use crate::credentials::{self, Credentials};
use crate::data_dir::{DataDir, DataDirError, Lock, Running};
use crate::edge::{Edge, Limits, Listening, Timeouts};
use crate::live::Live;
use crate::measure;
use crate::outbox::{OutboxError, OutboxPlace};
use crate::settings::Settings;
use crate::start_data::{self, Planted};
use crate::store::{KeySource, OpenError, Opened, Place, open};
use crate::tls::{TlsError, server_config};
use crate::user_names::UserNames;
use crate::webhooks::{Deliveries, Sender, WebhookSettings};

/// How long to wait for a data directory that a tool has for a moment.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
const LOCK_POLL: Duration = Duration::from_millis(50);
/// How long queued commands and pages being written are waited for when the server stops.
const DRAIN_PATIENCE: Duration = Duration::from_secs(10);

/// What an operator chose.
#[derive(Clone)]
pub struct Options {
    pub listen: SocketAddr,
    pub data_dir: DataDir,
    pub place: Place,
    pub key: KeySource,
    pub tls: Option<TlsFiles>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    pub timeouts: Timeouts,
    pub writer: WriterSettings,
    /// What time it is for commands, and for what falls due.
    pub clock: Arc<dyn Clock>,
    pub settings: Settings,
}

/// Files in PEM form.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Why the server does not start, in one sentence each.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("{address} cannot be listened on: {}", source.kind())]
    Listen { address: SocketAddr, source: io::Error },
    #[error("the read models cannot be brought up")]
    Views(#[from] ViewError),
    #[error(transparent)]
    StartData(#[from] start_data::StartError),
    #[error("there is no key to sign checkpoints with")]
    Key(#[from] SealError),
    #[error("mail cannot be handed over")]
    Outbox(#[from] OutboxError),
    #[error("nothing can be sent to webhooks")]
    Webhooks(#[from] reqwest::Error),
}

/// A server that serves.
pub struct Server {
    listening: Listening,
    app: App,
    timer: timer::Timer,
    sealing: sealing::Sealing,
    deliveries: Deliveries,
    scheme: &'static str,
    /// Only an embedded store belongs to one process.
    lock: Option<Lock>,
}

impl Server {
    /// Starts everything; when this returns, requests are answered.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        measure::begin();
        let tls = options.tls.as_ref();
        let config = tls.map(|files| server_config(&files.certificate, &files.key)).transpose()?;
        let listen = |source| StartError::Listen { address: options.listen, source };
        // First what may be wrong with the command line, before anything is written.
        let edge = Edge::bind(options.listen).map_err(listen)?;
        let data_dir = &options.data_dir;
        data_dir.create()?;
        let lock = match options.place {
            Place::Embedded => Some(lock(data_dir).await?),
            Place::Postgres { .. } => None,
        };

        let opened = open(data_dir, &options.place, &options.key).await?;
        let token = OperatorToken::draw().ok_or(DataDirError::NoRandomness)?;
        let operator = lock.as_ref().map(|_| token.clone());
        let place = options.settings.outbox.clone();
        let outbox = place.unwrap_or_else(|| OutboxPlace::below(data_dir.path())).open()?;
        // Whoever can call a server that only this machine reaches, can reach what it reaches.
        let is_local = options.listen.ip().is_loopback() && options.trusted_proxies.is_empty();
        let webhooks = options.settings.webhooks;
        let webhooks = WebhookSettings { to_private: webhooks.to_private || is_local, ..webhooks };
        let is_tls = tls.is_some();
        let settings = Settings { is_tls, operator, webhooks, ..options.settings };
        let clock = options.clock;
        let app = bring_up(opened, options.writer, Arc::clone(&clock), settings).await?;
        plant(&app, data_dir).await?;
        credentials::point_at(data_dir.path(), &host(edge.address()))?;

        let flaws = flaws::Flaws::default();
        let sealing = sealing::Sealing::start(&app, Arc::clone(&clock), flaws.clone())?;
        let timer = timer::Timer::start(app.clone(), clock, outbox);
        let deliveries = Deliveries::start(app.clone(), Sender::new(webhooks)?);
        let health = health::routes(app.clone(), flaws);
        let router = crate::router::router(app.clone()).merge(health);
        let limits = Limits {
            timeouts: options.timeouts,
            trusted_proxies: options.trusted_proxies,
            browser_origins: app.settings.browser_origins.clone(),
        };
        let listening = edge.serve(router, limits, config).map_err(listen)?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        if let Some(lock) = &lock {
            let tls_certificate = tls.map(|files| std::path::absolute(&files.certificate));
            lock.announce(&Running {
                address: reachable(listening.address()),
                tls_certificate: tls_certificate.and_then(Result::ok),
                token,
                pid: std::process::id(),
            })?;
        }
        Ok(Self { listening, app, timer, sealing, deliveries, scheme, lock })
    }

    /// Where it listens, with the port it really has.
    pub fn address(&self) -> SocketAddr {
        self.listening.address()
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Under what it can be called from this machine.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, host(self.address()))
    }

    /// The service behind the edge.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Takes no more requests, finishes those in flight and what they queued, and ends.
    pub async fn stop(self) {
        self.app.live.stop();
        self.listening.stop().await;
        self.timer.stop().await;
        self.deliveries.stop().await;
        if tokio::time::timeout(DRAIN_PATIENCE, self.app.accesses.stop()).await.is_err() {
            tracing::warn!("access records were not all written");
        }
        let drained = tokio::time::timeout(DRAIN_PATIENCE, self.app.writer.drain()).await;
        if drained.is_err() {
            tracing::error!("queued commands were given up; none of them was acknowledged");
        }
        self.sealing.stop(DRAIN_PATIENCE).await;
        let stopped = tokio::time::timeout(DRAIN_PATIENCE, self.app.projections.stop()).await;
        if stopped.is_err() {
            tracing::warn!("the projections did not stop in time; they go on at the next start");
        }
        drop(self.lock);
    }
}

/// The parts behind the edge.
async fn bring_up(
    opened: Opened,
    writer: WriterSettings,
    clock: Arc<dyn Clock>,
    settings: Settings,
) -> Result<App, StartError> {
    let Opened { log, keyring, views } = opened;
    let writer = Writer::start(Arc::clone(&log), keyring.clone(), writer, clock);
    let projections =
        Projections::start(Arc::clone(&log), views, writer.committed(), Vec::new()).await?;
    let reads = projections.reads();
    let projections = Arc::new(projections);
    let (live, settings) = (Live::new(settings.live), Arc::new(settings));
    let user_names = UserNames::default();
    let accesses = Accesses::start(Arc::clone(&log), keyring.clone());
    Ok(App { log, keyring, writer, reads, projections, settings, live, accesses, user_names })
}

/// Sees to the start data, and leaves its credentials in the data directory.
async fn plant(app: &App, data_dir: &DataDir) -> Result<(), StartError> {
    let is_known = Credentials::read(data_dir.path())?.is_some();
    match start_data::plant(app, !is_known).await? {
        Planted::Ready(credentials) => credentials.write(data_dir.path())?,
        Planted::Complete if is_known => {}
        Planted::Complete => tracing::warn!(
            "the start data was made before, and its credentials are not in this data directory"
        ),
    }
    Ok(())
}

/// Takes the data directory; a tool that looks at it lets go in a moment.
async fn lock(data_dir: &DataDir) -> Result<Lock, DataDirError> {
    let deadline = Instant::now() + LOCK_PATIENCE;
    loop {
        match data_dir.lock() {
            Err(DataDirError::InUse { .. }) if Instant::now() < deadline => {
                tokio::time::sleep(LOCK_POLL).await;
            }
            result => return result,
        }
    }
}

/// An address that listens on all is called at the nearest one.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn host(address: SocketAddr) -> String {
    reachable(address).to_string()
}
