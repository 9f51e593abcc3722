//! What it costs to look at a whole log: every hash, every tree, every checkpoint, beside a bare
//! ordered read of the same rows on the same PostgreSQL.

use std::sync::Arc;

use chrono::Utc;
use eventlog::proof::{Audit, Sealer, SigningKey};
use eventlog::{EventLog, Key, MasterKey};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Row as _};

use crate::Result;
use crate::appends::Appends;
use crate::cell::{Cell, Contender};
use crate::world::World;

/// Events that one append brings.
const BATCH: usize = 500;
/// Rows that are read at once.
const PAGE: i64 = 2_000;
const COLUMNS: &str = "partition, position, tenant, ordinal, aggregate_kind, aggregate_id, \
     sequence, event_type, event_version, payload, payload_hash, leaf_hash, resource_owner, \
     actor_home, actor_kind, actor_id, actor_authenticated, command, command_id, correlation, \
     caller_address, created_at";

/// A sealed log, and both ways to read it whole.
pub(crate) struct Verifying {
    pub(crate) events: usize,
    pub(crate) audit: Arc<Whole>,
    pub(crate) bare: Arc<Bare>,
}

impl Verifying {
    /// A log of so many events of one tenant.
    pub(crate) async fn prepare(url: &str, events: usize) -> Result<Self> {
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
        Ok(Self { events, audit, bare: Arc::new(Bare { pool }) })
    }
}

impl Verifying {
    /// What was measured of whole logs, told of their events. A look that takes longer than all of
    /// the time is measured once, so its own time counts.
    pub(crate) fn per_event(&self, mut cell: Cell) -> Cell {
        let count = u32::try_from(self.events).unwrap_or(u32::MAX);
        cell.per_second = f64::from(count) * 1e6 / cell.quantile(50);
        cell
    }
}

/// Looks at everything.
pub(crate) struct Whole {
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
    pool: PgPool,
}

impl Contender for Bare {
    async fn act(&self, _: usize) -> Result<()> {
        let sql = format!(
            "SELECT {COLUMNS} FROM events WHERE partition = 0 AND position > $1 \
             ORDER BY position LIMIT $2"
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
