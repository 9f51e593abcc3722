//! What it costs to write a tenant's record into a file, and to bring it into another store, beside
//! a bare ordered read of the same rows on the same PostgreSQL.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use commands::groups::RenameGroup;
use domain::TenantId;
use eventlog::{Export, ExportRange, Import, Placement};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

use crate::cell::{Cell, Contender, closed_loop};
use crate::report::{Report, Target};
use crate::server::Server;
use crate::verifying::{Bare, per_event};
use crate::world::World;
use crate::{Arguments, Result};

/// How many commands are under way at once while the tenant is filled.
const ABREAST: usize = 256;
/// The least share of a bare read's speed that an export has.
const EXPORT: f64 = 0.5;

/// Export and import of a tenant of so many events, in events a second.
pub(crate) async fn measure(
    server: &mut Server,
    arguments: &Arguments,
    events: usize,
    report: &mut Report,
) -> Result<()> {
    eprintln!("preparing a tenant of {events} events");
    let url = server.database().await?;
    let (record, events) = Record::prepare(&url, events).await?;
    let pool = PgPoolOptions::new().max_connections(1).connect(&url).await?;
    let (bare, record) =
        (Arc::new(Bare { pool, partition: record.place.partition }), Arc::new(record));
    let file = std::env::temp_dir().join(format!("chancery-bench-{}.ndjson", Uuid::now_v7()));
    let mut all = Vec::new();
    record.export(|lines| all.extend(lines)).await?;
    std::fs::write(&file, all)?;
    let time = Duration::from_millis(arguments.milliseconds);
    for repetition in 1..=arguments.repetitions {
        eprintln!("moving, repetition {repetition} of {}", arguments.repetitions);
        let read = per_event(events, closed_loop(&bare, 1, time).await?);
        let export = per_event(events, closed_loop(&record, 1, time).await?);
        let import = per_event(events, import(server, file.clone(), events).await?);
        report.note("bare ordered read of a tenant's events", Target::None, &read, 1.0);
        let ratio = export.per_second / read.per_second;
        report.note("export of a tenant", Target::AtLeast(EXPORT), &export, ratio);
        let ratio = import.per_second / read.per_second;
        report.note("import of a tenant, proved first", Target::None, &import, ratio);
    }
    Ok(std::fs::remove_file(&file)?)
}

/// Once into a database of its own.
async fn import(server: &mut Server, file: PathBuf, events: usize) -> Result<Cell> {
    let World { log, keyring, .. } = World::open(&server.database().await?).await?;
    let began = Instant::now();
    let import = Import { log, keyring, file, recipient_key: None };
    let imported = import.run(|_| {}).await?;
    let took = began.elapsed();
    if usize::try_from(imported.written) != Ok(events) {
        return Err(format!("{} of {events} events were imported", imported.written).into());
    }
    Ok(Cell::new(vec![took], took))
}

/// A tenant's record in a log.
struct Record {
    world: World,
    place: Placement,
}

impl Record {
    /// Of so many events, and how many there are with those that the tenant begins with.
    async fn prepare(url: &str, events: usize) -> Result<(Self, usize)> {
        let world = World::open(url).await?;
        let tenant: TenantId = world.tenant("moving").await?;
        let group = world.group(&tenant, None).await?;
        let rename = |number: usize| {
            let (world, tenant) = (&world, &tenant);
            let name = format!("Europe, Middle East and Africa, {number:010}");
            async move { world.ask(tenant, RenameGroup { group, name }).await.map(drop) }
        };
        let renames = stream::iter((0..events).map(rename)).buffer_unordered(ABREAST);
        renames.try_for_each(|()| async { Ok(()) }).await?;
        let place = world.log.placement(&tenant).await?.ok_or("the tenant is nowhere")?;
        // The tenant and its group.
        Ok((Self { world, place }, events + 2))
    }

    /// Gives each page away as it comes.
    async fn export(&self, mut take: impl FnMut(Vec<u8>)) -> Result<()> {
        let (log, keyring) = (Arc::clone(&self.world.log), self.world.keyring.clone());
        let range = ExportRange::default();
        let mut export = Export::begin(log, keyring, &self.place.tenant, range, Utc::now()).await?;
        while let Some(lines) = export.page().await? {
            take(lines);
        }
        Ok(())
    }
}

impl Contender for Record {
    async fn act(&self, _: usize) -> Result<()> {
        self.export(|lines| drop(std::hint::black_box(lines))).await
    }
}
