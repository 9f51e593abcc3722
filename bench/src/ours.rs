//! The whole path of a command: queue, decide, encode, hash, append, reply; and on to the row.

use std::sync::Arc;
use std::time::{Duration, Instant};

use commands::groups::{CreateGroup, MoveGroup};
use commands::tenants::CreateTenant;
use commands::{Command, Granted, Request, SystemClock, Writer, WriterSettings};
use domain::{Actor, Event, GroupId, TenantId};
use eventlog::{EventLog, Key, Keyring, MasterKey, PostgresLog};
use futures::future::try_join_all;
use projections::{Projections, Views};
use uuid::Uuid;

use crate::load::{Sample, closed_loop, open_loop};

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

const PARTITIONS: i32 = 16;

/// A tenant with a forest, and what writes and shows it.
#[derive(Clone)]
pub(crate) struct Ours {
    tenant: TenantId,
    writer: Writer,
    projections: Arc<Projections>,
    /// Two siblings that groups go back and forth between.
    homes: [GroupId; 2],
    groups: Arc<[GroupId]>,
}

impl Ours {
    /// Creates `tenant` with `size` groups below its root.
    pub(crate) async fn create(url: &str, tenant: &str, size: usize) -> Result<Self, Error> {
        let log: Arc<dyn EventLog> = Arc::new(PostgresLog::connect(url, PARTITIONS).await?);
        let keyring = Keyring::new(Arc::clone(&log), MasterKey(Key::draw()?));
        let views = Views::postgres(url).await?;
        let settings = WriterSettings::default();
        let writer = Writer::start(Arc::clone(&log), keyring, settings, Arc::new(SystemClock));
        let projections = Projections::start(log, views, writer.committed(), Vec::new()).await?;
        let mut ours = Self {
            tenant: TenantId::new(tenant)?,
            writer,
            projections: Arc::new(projections),
            homes: [GroupId(0); 2],
            groups: Arc::default(),
        };
        ours.run(CreateTenant { name: tenant.to_owned() }).await?;
        let root = ours.group(None, "root".to_owned()).await?;
        for (n, home) in ["left", "right"].into_iter().enumerate() {
            ours.homes[n] = ours.group(Some(root), home.to_owned()).await?;
        }
        let names = (0..size).map(|n| format!("group {n}"));
        let created = names.map(|name| ours.group(Some(ours.homes[0]), name));
        ours.groups = try_join_all(created).await?.into();
        Ok(ours)
    }

    async fn run<C: Command>(&self, command: C) -> Result<Granted<C::Fresh>, Error> {
        let request = Request {
            tenant: self.tenant.clone(),
            actor: Actor::system(),
            command_id: Uuid::now_v7(),
            correlation: String::new(),
            address: None,
            expected_sequence: None,
            idempotency: None,
            dry_run: false,
        };
        self.writer.run(request, command).await.map_err(|failure| failure.to_string().into())
    }

    async fn group(&self, parent: Option<GroupId>, name: String) -> Result<GroupId, Error> {
        let granted = self.run(CreateGroup { parent, name }).await?;
        let created = granted.events.iter().find_map(|event| match event {
            Event::GroupCreated(fact) => Some(fact.group),
            _ => None,
        });
        created.ok_or_else(|| "no group came of it".into())
    }

    /// Moves a group to and fro: every turn is one event.
    async fn shuttle(&self, number: usize, turn: i64) -> Result<Granted<()>, Error> {
        let group = self.groups[number % self.groups.len()];
        let to = self.homes[usize::from(turn % 2 == 0)];
        self.run(MoveGroup { group, to }).await
    }

    /// As fast as `callers` go, each moving a group of its own and waiting for the answer.
    pub(crate) async fn saturate(
        &self,
        callers: usize,
        lasting: Duration,
    ) -> Result<Sample, Error> {
        for number in 0..callers {
            self.shuttle(number, 1).await?;
        }
        let ours = self.clone();
        closed_loop(callers, lasting, move |caller, turn| {
            let ours = ours.clone();
            async move { ours.shuttle(caller, turn).await.map(|_| ()) }
        })
        .await
    }

    /// `rate` commands a second: the time from each acknowledgement until its row is visible.
    pub(crate) async fn lag(&self, rate: u32, lasting: Duration) -> Result<Sample, Error> {
        let ours = self.clone();
        open_loop(rate, lasting, move |turn| {
            let ours = ours.clone();
            async move {
                let number = usize::try_from(turn)?;
                let round = turn / i64::try_from(ours.groups.len())?;
                let granted = ours.shuttle(number, round).await?;
                let acknowledged = Instant::now();
                ours.projections
                    .reads()
                    .after(&ours.tenant, granted.partition, granted.position)
                    .await?;
                Ok(acknowledged.elapsed())
            }
        })
        .await
    }
}
