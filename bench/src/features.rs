//! The feature service from outside, over REST and over gRPC, and what holds by inheritance: looked
//! up, beside folded from its events as upstream does it at each request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use api::credentials::Credentials;
use api::data_dir::DataDir;
use api::edge::Timeouts;
use api::serve::{Options, Server as Service};
use api::settings::Settings;
use api::store::{KeySource, Place};
use commands::{SystemClock, WriterSettings};
use domain::{Event, Level, OrganizationId, TenantId};
use eventlog::{Filter, Key, MasterKey};
use projections::features;
use prost::bytes::{Buf, BufMut};
use serde_json::json;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Request, Status};
use uuid::Uuid;

use crate::Result;
use crate::cell::Contender;

/// Changes of flags before anything is measured, on the instance and on the organization each.
const HISTORY: usize = 50;
const SET: &str = "/zitadel.feature.v2.FeatureService/SetInstanceFeatures";
const GET: &str = "/zitadel.feature.v2.FeatureService/GetInstanceFeatures";

/// The whole program on a database and a port of its own.
pub(crate) struct Running {
    service: Service,
    folder: DataDir,
    http: reqwest::Client,
    channel: Channel,
    token: String,
    tenant: TenantId,
    organization: OrganizationId,
    round: AtomicUsize,
}

impl Running {
    pub(crate) async fn start(url: &str) -> Result<Arc<Self>> {
        let name = format!("chancery-bench-{}", Uuid::now_v7().simple());
        let folder = DataDir::new(std::env::temp_dir().join(name));
        let place = Place::Postgres { url: url.to_owned(), partitions: 16 };
        let service = Service::start(Options {
            listen: "127.0.0.1:0".parse()?,
            data_dir: folder.clone(),
            place,
            key: KeySource::Given(MasterKey(Key::draw()?)),
            tls: None,
            trusted_proxies: Vec::new(),
            timeouts: Timeouts::default(),
            writer: WriterSettings::default(),
            clock: Arc::new(SystemClock),
            settings: Settings::default(),
        });
        let service = service.await?;
        let credentials = Credentials::read(folder.path())?.ok_or("there are no credentials")?;
        let channel = Channel::from_shared(service.url())?.connect().await?;
        let running = Self {
            service,
            folder,
            http: reqwest::Client::new(),
            channel,
            token: credentials.bearer.admin,
            tenant: TenantId::new(&credentials.tenant)?,
            organization: OrganizationId(credentials.organization_id),
            round: AtomicUsize::new(0),
        };
        for _ in 0..HISTORY {
            running.rest_set("instance").await?;
            running.rest_set(&format!("organization/{}", running.organization)).await?;
        }
        Ok(Arc::new(running))
    }

    pub(crate) async fn stop(self: Arc<Self>) -> Result<()> {
        let running = Arc::into_inner(self).ok_or("the service is still asked")?;
        let Self { service, folder, http, channel, .. } = running;
        drop((http, channel));
        service.stop().await;
        Ok(std::fs::remove_dir_all(folder.path())?)
    }

    /// A value that the flag does not have yet, most of the time.
    fn flipped(&self) -> bool {
        self.round.fetch_add(1, Ordering::Relaxed).is_multiple_of(2)
    }

    fn url(&self, level: &str) -> String {
        format!("{}/v2/features/{level}", self.service.url())
    }

    async fn rest_set(&self, level: &str) -> Result<()> {
        let request = self.http.put(self.url(level)).bearer_auth(&self.token);
        let body = json!({"userSchema": self.flipped()}).to_string();
        request.body(body).send().await?.error_for_status()?;
        Ok(())
    }

    async fn rest_get(&self) -> Result<()> {
        let url = self.url("instance") + "?inheritance=true";
        let response = self.http.get(url).bearer_auth(&self.token).send().await?;
        response.error_for_status()?.bytes().await?;
        Ok(())
    }

    async fn grpc(&self, path: &'static str, message: Vec<u8>) -> Result<()> {
        let mut request = Request::new(message);
        let bearer: MetadataValue<Ascii> = format!("Bearer {}", self.token).parse()?;
        request.metadata_mut().insert("authorization", bearer);
        let mut grpc = tonic::client::Grpc::new(self.channel.clone());
        grpc.ready().await?;
        grpc.unary(request, PathAndQuery::from_static(path), Bytes).await?;
        Ok(())
    }

    /// What holds on the organization, as the service looks it up.
    async fn looked_up(&self) -> Result<()> {
        let views = self.service.app().reads.eventual();
        let level = Level::Organization(self.organization.clone());
        let flags = features::resolved(&views, &self.tenant, &level).await?;
        if flags.is_empty() { Err("nothing is set".into()) } else { Ok(()) }
    }

    /// The same, folded from the events of each level.
    async fn folded(&self) -> Result<()> {
        let log = &self.service.app().log;
        let mut folded = domain::Features::default();
        for (tenant, level) in [
            (TenantId::system(), Level::System),
            (self.tenant.clone(), Level::Instance),
            (self.tenant.clone(), Level::Organization(self.organization.clone())),
        ] {
            let Some(place) = log.placement(&tenant).await? else { continue };
            let aggregate = domain::Aggregate::features(&tenant, &level);
            let (aggregate_kind, aggregate_id) = (Some(aggregate.kind), Some(aggregate.id));
            let filter = Filter { aggregate_kind, aggregate_id, ..Filter::default() };
            for event in log.search(&place, &filter, 1_000).await? {
                let payload = &event.payload;
                #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is not of flags")]
                match Event::decode(&event.event_type, event.event_version, payload)? {
                    Event::FeatureSet(fact) => folded.set(&fact),
                    Event::FeaturesReset(fact) => folded.reset(&fact),
                    other => return Err(format!("{} among flags", other.name()).into()),
                }
            }
        }
        if folded.is_empty() { Err("nothing is set".into()) } else { Ok(()) }
    }
}

/// What is asked of a running program.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ask {
    RestSet,
    GrpcSet,
    RestGet,
    GrpcGet,
    LookedUp,
    Folded,
}

pub(crate) struct Asked {
    pub(crate) running: Arc<Running>,
    pub(crate) ask: Ask,
}

impl Contender for Asked {
    async fn act(&self, _: usize) -> Result<()> {
        let running = &self.running;
        match self.ask {
            Ask::RestSet => running.rest_set("instance").await,
            // Field 4 is `user_schema`.
            Ask::GrpcSet => running.grpc(SET, vec![0x20, running.flipped().into()]).await,
            Ask::RestGet => running.rest_get().await,
            // Field 1 is `inheritance`.
            Ask::GrpcGet => running.grpc(GET, vec![0x08, 1]).await,
            Ask::LookedUp => running.looked_up().await,
            Ask::Folded => running.folded().await,
        }
    }
}

/// Messages as the bytes they are.
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = usize;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, to: &mut EncodeBuf<'_>) -> std::result::Result<(), Status> {
        to.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = usize;
    type Error = Status;

    /// How long the message is.
    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> std::result::Result<Option<usize>, Status> {
        let length = from.remaining();
        from.advance(length);
        Ok(Some(length))
    }
}
