//! What it costs to look at a whole log: every hash, every tree, every checkpoint, beside a bare
//! ordered read of the same rows on the same PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use eventlog::proof::{Audit, Sealer, SigningKey};
use eventlog::{EventLog, Key, MasterKey};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Row as _};

use crate::appends::Appends;
use crate::cell::{Cell, Contender, closed_loop};
use crate::report::{Report, Target};
use crate::server::Server;
use crate::world::World;
use crate::{Arguments, Result};

/// Events that one append brings.
const BATCH: usize = 500;
/// Rows that are read at once.
const PAGE: i64 = 2_000;
const COLUMNS: &str = "partition, position, tenant, ordinal, aggregate_kind, aggregate_id, \
     sequence, event_type, event_version, payload, payload_hash, leaf_hash, resource_owner, \
     actor_home, actor_kind, actor_id, actor_authenticated, command, command_id, correlation, \
     caller_address, created_at";

/// A sealed log, and both ways to read it whole.
struct Verifying {
    events: usize,
    audit: Arc<Whole>,
    bare: Arc<Bare>,
}

impl Verifying {
    /// A log of so many events of one tenant.
    async fn prepare(url: &str, events: usize) -> Result<Self> {
        let World { log, writer, .. } = World::open(url).await?;
        writer.drain().await;
        let payload = br#"{"group":1007,"name":"a group","before":"another group"}"#.to_vec();
        let appends = Appends::prepare(Arc::clone(&log), 0, BATCH, payload).await?;
        for _ in 0..events.div_ceil(BATCH) {
            appends.act(0).await?;
        }
        let placements = vec![appends.place()?];
        let bases = log.heads().await?;
        log.append(&eventlog::Batch { bases, placements, ..eventlog::Batch::default() }).await?;
        let key = SigningKey::derive(&MasterKey(Key::draw()?), log.installation())?;
        let verifier = key.verifier().clone();
        Sealer::new(Arc::clone(&log), key).round(Utc::now()).await?;
        let pool = PgPoolOptions::new().max_connections(1).connect(url).await?;
        let events = events.div_ceil(BATCH) * BATCH;
        let audit = Arc::new(Whole { log, verifier });
        Ok(Self { events, audit, bare: Arc::new(Bare { pool, partition: 0 }) })
    }
}

/// What a look at a whole log costs, beside a bare ordered read of its rows, in events a second.
pub(crate) async fn measure(
    server: &mut Server,
    arguments: &Arguments,
    events: usize,
    report: &mut Report,
) -> Result<()> {
    eprintln!("preparing a log of {events} events");
    let Verifying { events, audit, bare } =
        Verifying::prepare(&server.database().await?, events).await?;
    let time = Duration::from_millis(arguments.milliseconds);
    for repetition in 1..=arguments.repetitions {
        eprintln!("verify, repetition {repetition} of {}", arguments.repetitions);
        let base = per_event(events, closed_loop(&bare, 1, time).await?);
        let whole = per_event(events, closed_loop(&audit, 1, time).await?);
        report.note("bare ordered read of all events", Target::None, &base, 1.0);
        let ratio = whole.per_second / base.per_second;
        report.note("verify all events", Target::None, &whole, ratio);
    }
    Ok(())
}

/// What was measured of all events at once, told of each. What takes longer than all of the time is
/// measured once, so its own time counts.
pub(crate) fn per_event(events: usize, mut cell: Cell) -> Cell {
    let count = u32::try_from(events).unwrap_or(u32::MAX);
    cell.per_second = f64::from(count) * 1e6 / cell.quantile(50);
    cell
}

/// Looks at everything.
struct Whole {
    log: Arc<dyn EventLog>,
    verifier: eventlog::proof::VerifierKey,
}

impl Contender for Whole {
    async fn act(&self, _: usize) -> Result<()> {
        let audit = Audit::new(&*self.log, &self.verifier, None, |_| {})?;
        let verdict = audit.all().await?;
        match verdict.first() {
            Some(found) => Err(found.to_string().into()),
            None if verdict.checkpoints == 0 => Err("nothing was sealed".into()),
            None => Ok(()),
        }
    }
}

/// Reads the same rows in order, and looks at none of them.
pub(crate) struct Bare {
    pub(crate) pool: PgPool,
    pub(crate) partition: i32,
}

impl Contender for Bare {
    async fn act(&self, _: usize) -> Result<()> {
        let sql = format!(
            "SELECT {COLUMNS} FROM events WHERE partition = {} AND position > $1 \
             ORDER BY position LIMIT $2",
            self.partition
        );
        let mut after = -1_i64;
        loop {
            let query = sqlx::query(sqlx::AssertSqlSafe(sql.clone())).bind(after).bind(PAGE);
            let rows = query.fetch_all(&self.pool).await?;
            match rows.last() {
                Some(last) => after = last.try_get(1)?,
                None => return Ok(()),
            }
        }
    }
}
