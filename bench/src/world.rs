//! The program, as far as a command goes: a log, a writer, tenants with groups.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use commands::groups::{CreateGroup, MoveGroup, RenameGroup};
use commands::tenants::CreateTenant;
use commands::{Command, Granted, Request, SystemClock, Writer, WriterSettings};
use domain::{Actor, Authority, GroupId, TenantId};
use eventlog::{EventLog, Key, Keyring, MasterKey, PostgresLog};
use futures::future::try_join_all;
use uuid::Uuid;

use crate::Result;
use crate::cell::Contender;

/// As at an ordinary install.
const PARTITIONS: i32 = 16;
const TENANTS: usize = 8;

/// A running writer.
pub(crate) struct World {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) writer: Writer,
    pub(crate) keyring: Keyring,
}

impl World {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let log: Arc<dyn EventLog> = Arc::new(PostgresLog::connect(url, PARTITIONS).await?);
        let keyring = Keyring::new(Arc::clone(&log), MasterKey(Key::draw()?));
        let (settings, clock) = (WriterSettings::default(), Arc::new(SystemClock));
        let writer = Writer::start(Arc::clone(&log), keyring.clone(), settings, clock);
        Ok(Self { log, writer, keyring })
    }

    pub(crate) async fn ask<C: Command>(
        &self,
        tenant: &TenantId,
        command: C,
    ) -> Result<Granted<C::Fresh>> {
        ask(&self.writer, tenant, command).await
    }

    pub(crate) async fn tenant(&self, name: &str) -> Result<TenantId> {
        let tenant = TenantId::new(name)?;
        self.ask(&tenant, CreateTenant { name: name.to_owned() }).await?;
        Ok(tenant)
    }

    pub(crate) async fn group(
        &self,
        tenant: &TenantId,
        parent: Option<GroupId>,
    ) -> Result<GroupId> {
        Ok(self.ask(tenant, CreateGroup { parent, name: "a group".to_owned() }).await?.fresh)
    }
}

/// Sends a command as the installation itself.
pub(crate) async fn ask<C: Command>(
    writer: &Writer,
    tenant: &TenantId,
    command: C,
) -> Result<Granted<C::Fresh>> {
    let command_id = Uuid::now_v7();
    let request = Request {
        tenant: tenant.clone(),
        actor: Actor::system(),
        authority: Authority::full(),
        command_id,
        correlation: command_id.to_string(),
        address: Some([192, 0, 2, 1].into()),
        expected_sequence: None,
        idempotency: None,
        dry_run: false,
    };
    let granted = writer.run(request, command).await;
    granted.map_err(|failure| format!("{}: {failure}", C::NAME).into())
}

/// Renames groups: every caller its own, over several tenants.
pub(crate) struct Rename {
    pub(crate) world: Arc<World>,
    groups: Vec<(TenantId, GroupId)>,
    round: AtomicUsize,
}

impl Rename {
    pub(crate) async fn prepare(world: Arc<World>, callers: usize) -> Result<Self> {
        let mut tenants = Vec::new();
        for tenant in 0..TENANTS {
            tenants.push(world.tenant(&format!("tenant-{tenant}")).await?);
        }
        let mut groups = Vec::new();
        for tenant in tenants.iter().cycle().take(callers) {
            groups.push((tenant.clone(), world.group(tenant, None).await?));
        }
        Ok(Self { world, groups, round: AtomicUsize::new(0) })
    }

    /// Gives a caller's group a name it did not have.
    pub(crate) async fn rename(&self, caller: usize) -> Result<(TenantId, Granted<()>)> {
        let (tenant, group) = self.groups.get(caller).ok_or("too many callers")?;
        let round = self.round.fetch_add(1, Ordering::Relaxed);
        let name = format!("Europe, Middle East and Africa, {round:010}");
        let granted = self.world.ask(tenant, RenameGroup { group: *group, name }).await?;
        Ok((tenant.clone(), granted))
    }

    /// The payload of such an event, as it is stored.
    pub(crate) async fn payload(&self) -> Result<Vec<u8>> {
        let (_, granted) = self.rename(0).await?;
        let event = granted.events.first().ok_or("nothing was recorded")?;
        Ok(event.encode()?)
    }
}

impl Contender for Rename {
    async fn act(&self, caller: usize) -> Result<()> {
        self.rename(caller).await.map(drop)
    }
}

/// Moves a group to and fro in a tenant of many groups.
pub(crate) struct Move {
    world: Arc<World>,
    tenant: TenantId,
    group: GroupId,
    parents: [GroupId; 2],
    round: AtomicUsize,
}

impl Move {
    pub(crate) async fn prepare(world: Arc<World>, groups: usize) -> Result<Self> {
        let tenant = world.tenant("large").await?;
        let root = world.group(&tenant, None).await?;
        // Ten levels of the same width, each group below some group of the level above.
        let width = (groups / 10).max(2);
        let mut above = vec![root];
        let mut made = 1;
        while made < groups {
            let level = width.min(groups - made);
            let parents = above.iter().cycle().take(level);
            above = try_join_all(parents.map(|parent| world.group(&tenant, Some(*parent)))).await?;
            made += level;
        }
        let parents =
            [world.group(&tenant, Some(root)).await?, world.group(&tenant, Some(root)).await?];
        let deepest = above.first().copied().unwrap_or(root);
        let group = world.group(&tenant, Some(deepest)).await?;
        Ok(Self { world, tenant, group, parents, round: AtomicUsize::new(0) })
    }
}

impl Contender for Move {
    async fn act(&self, _: usize) -> Result<()> {
        let round = self.round.fetch_add(1, Ordering::Relaxed);
        let [here, there] = self.parents;
        let to = if round.is_multiple_of(2) { here } else { there };
        let granted = self.world.ask(&self.tenant, MoveGroup { group: self.group, to }).await?;
        if granted.events.is_empty() { Err("the group did not move".into()) } else { Ok(()) }
    }
}
