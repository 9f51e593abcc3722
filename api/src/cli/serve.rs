//! `chancery serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use commands::{SystemClock, WriterSettings};
use ipnet::IpNet;

use super::place::PlaceArgs;
use super::signals::Signals;
use super::trust::TrustArgs;
use super::{Failure, PARTITIONS, out};
use crate::credentials;
use crate::edge::Timeouts;
use crate::edge::cors;
use crate::edgegrid::Schemes;
use crate::logs::{self, LogFormat};
use crate::outbox::OutboxPlace;
use crate::rate::Rate;
use crate::retention::{Days, Retention};
use crate::serve::{Options, Server, TlsFiles};
use crate::settings::Settings;
use crate::webhooks::WebhookSettings;

/// Serve all dialects on one port, HTTP/1.1 and HTTP/2
///
/// The first start makes the store, its start data, and credentials for it. SIGTERM or Ctrl-C
/// stops it once what is in flight is answered; a second one stops it at once.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  chancery serve
  chancery serve --listen 0.0.0.0:8443 --tls-cert tls/cert.pem --tls-key tls/key.pem
  CHANCERY_MASTER_KEY=$(cat master.key) chancery serve --database-url postgres://localhost/chancery

What is logged follows CHANCERY_LOG, as in CHANCERY_LOG=debug or
CHANCERY_LOG=warn,chancery::access=info (one line a request, and warnings).")]
pub(super) struct Serve {
    /// Address to listen on; port 0 takes one that is free
    #[arg(long, value_name = "ADDRESS", env = "CHANCERY_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[command(flatten)]
    place: PlaceArgs,
    /// Partitions of a new PostgreSQL database; fixed from then on
    #[arg(long, value_name = "N", default_value_t = PARTITIONS,
          value_parser = clap::value_parser!(i32).range(1..=1024))]
    partitions: i32,
    /// Certificate chain in PEM form
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key in PEM form
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Form of the log on standard error
    #[arg(long, value_name = "FORM", default_value = "text")]
    log_format: LogFormat,
    /// Network of a proxy whose X-Forwarded-For is believed; may be repeated
    #[arg(long, value_name = "CIDR")]
    trusted_proxy: Vec<IpNet>,
    /// Scheme that EdgeGrid clients may have signed
    #[arg(long, value_name = "SCHEME", default_value = "any")]
    edgegrid_scheme: Schemes,
    /// Issuer of tenant clients' tokens to trust beside the built-in ones
    #[arg(long, value_name = "ISSUER")]
    jwt_issuer: Option<String>,
    #[command(flatten)]
    trust: TrustArgs,
    /// What a web token for Zitadel's services is meant for
    #[arg(long, value_name = "PROJECT", default_value_t = Settings::default().zitadel_project)]
    zitadel_project: String,
    /// Requests a minute that one caller address may make of the tenant clients' API; 0 is no
    /// limit, and loopback has none
    #[arg(long, value_name = "N", default_value_t = 6_000)]
    tenant_clients_rate: u32,
    /// Origin of web pages that may call from a browser, as a browser sends it; may be repeated,
    /// `*` is any
    #[arg(long, value_name = "ORIGIN", value_parser = cors::origin)]
    browser_origin: Vec<String>,
    /// Most bytes a request's body may have
    #[arg(long, value_name = "BYTES", default_value_t = Settings::default().body_limit)]
    body_limit: usize,
    /// Mask client secrets in Capture's /clients/list and /config
    #[arg(long)]
    mask_capture_secrets: bool,
    /// Let EdgeGrid calls in only from the account's IP allow list, while that is on
    #[arg(long)]
    allow_list_for_edgegrid: bool,
    /// Domain below which a host name names a Capture application
    #[arg(long, value_name = "DOMAIN")]
    capture_domain: Option<String>,
    /// Where mail with one-time passwords is handed over: a directory, or an http(s) address that
    /// takes each as a POST of JSON; `outbox` in the data directory if absent
    #[arg(long, value_name = "DIR|URL", env = "CHANCERY_OUTBOX", hide_env_values = true)]
    outbox: Option<OutboxPlace>,
    /// Let webhooks reach private networks, this machine and its link; a server that listens on
    /// loopback, with no trusted proxy before it, lets them anyway
    #[arg(long)]
    webhooks_to_private_networks: bool,
    /// How often what is new in the record is sealed: how long events stand there that no signed
    /// checkpoint vouches for
    #[arg(long, value_name = "SECONDS", default_value_t = 5,
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    seal_every: u64,
    /// How long access records are kept: who was turned away, and who read the record
    #[arg(long, value_name = "DAYS", default_value_t = Retention::default().access_records)]
    keep_access_records: Days,
    /// For how many whole months it can be told where callers came from
    #[arg(long, value_name = "MONTHS", default_value_t = Retention::default().address_months,
          value_parser = clap::value_parser!(u32).range(1..=1200))]
    keep_caller_addresses: u32,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let _written = logs::begin(self.log_format);
        // Before anything else, so that a signal during the start is not lost.
        let mut signals = Signals::listen()?;
        let place = self.place.place(self.partitions);
        let data_dir = self.place.data_dir();
        let tls = self.tls_cert.zip(self.tls_key);
        let options = Options {
            listen: self.listen,
            data_dir: data_dir.clone(),
            place: place.clone(),
            key: self.place.key_source()?,
            tls: tls.map(|(certificate, key)| TlsFiles { certificate, key }),
            trusted_proxies: self.trusted_proxy,
            timeouts: Timeouts::default(),
            writer: WriterSettings::default(),
            clock: Arc::new(SystemClock),
            settings: Settings {
                body_limit: self.body_limit,
                edgegrid_schemes: self.edgegrid_scheme,
                jwt_issuer: self.jwt_issuer,
                trusted_issuer: self.trust.read()?,
                zitadel_project: self.zitadel_project,
                capture_masks_secrets: self.mask_capture_secrets,
                edgegrid_keeps_to_allow_list: self.allow_list_for_edgegrid,
                capture_domain: self.capture_domain,
                tenant_clients_rate: Rate::per_minute(self.tenant_clients_rate),
                browser_origins: self.browser_origin,
                outbox: self.outbox,
                webhooks: WebhookSettings {
                    to_private: self.webhooks_to_private_networks,
                    ..WebhookSettings::default()
                },
                seal_every: Duration::from_secs(self.seal_every),
                retention: Retention {
                    access_records: self.keep_access_records,
                    address_months: self.keep_caller_addresses,
                },
                ..Settings::default()
            },
        };
        let server = tokio::select! {
            started = Server::start(options) => started?,
            () = signals.next() => return Ok(()),
        };
        let folder = credentials::folder(data_dir.path());
        let store = if self.place.is_embedded() {
            format!("{place} in {}", data_dir.path().display())
        } else {
            place.to_string()
        };
        out::line(&format!(
            "chancery {}\n  listening    {}://{}\n  store        {store}\n  credentials  {}",
            env!("CARGO_PKG_VERSION"),
            server.scheme(),
            server.address(),
            folder.display(),
        ))?;
        signals.next().await;
        tracing::info!("stopping; another signal stops at once");
        tokio::select! {
            () = server.stop() => Ok(()),
            () = signals.next() => Err(Failure::new("stopped without finishing what was in flight")),
        }
    }
}
