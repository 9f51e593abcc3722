//! The tables that the engine itself needs, and making and forgetting all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use eventlog::EventLog;

use super::checkpoint::Checkpoint;
use super::layout::SlotState;
use crate::table::Tongue;
use crate::tx::Tx;
use crate::{Projection, Slot, ViewError, values};

/// Serialises the starts of several nodes on one PostgreSQL database.
const SETUP_LOCK: &str = "select pg_advisory_xact_lock(4848110021)";

/// `view_origin` tells which log the rows were folded from. `view_slots` tells which table each
/// name stands for. `view_checkpoints` tells how far each partition was folded, for all
/// projections at once; whoever moves it must know its `layout`, which changes with the slots and
/// with what is parked. `view_parked` lists the tenants that stand still in a projection.
fn control(tongue: Tongue) -> Vec<String> {
    let (text, int) = match tongue {
        Tongue::Sqlite => ("text", "integer"),
        Tongue::Postgres => ("text collate \"C\"", "bigint"),
    };
    vec![
        format!("create table if not exists view_origin (installation {text} primary key)"),
        format!(
            "create table if not exists view_slots (projection {text} primary key,
            slot {text} not null, state {text} not null)"
        ),
        format!(
            "create table if not exists view_checkpoints (partition {int} primary key,
            position {int} not null, recorded_at {int} not null, leaf_hash {text} not null,
            layout {int} not null)"
        ),
        format!(
            "create table if not exists view_parked (projection {text} not null,
            tenant {text} not null, partition {int} not null, position {int} not null,
            cause {text} not null, primary key (projection, tenant))"
        ),
    ]
}

/// Makes the engine's own tables. Nodes that start at the same time take turns.
pub(super) async fn create_control(tx: &mut Tx) -> Result<(), ViewError> {
    if tx.tongue() == Tongue::Postgres {
        tx.execute(SETUP_LOCK, &[]).await?;
    }
    let statements = control(tx.tongue());
    tx.script(&statements).await
}

/// Makes the tables of projections in `slot`, and their names stand for them.
pub(crate) async fn create(
    tx: &mut Tx,
    projections: &[Arc<dyn Projection>],
    slot: Slot,
) -> Result<(), ViewError> {
    let tongue = tx.tongue();
    let mut statements = Vec::new();
    for table in projections.iter().flat_map(|projection| projection.tables()) {
        statements.push(table.create(slot, tongue));
        statements.extend(table.create_indexes(slot));
        statements.extend(table.point(slot, tongue));
    }
    tx.script(&statements).await
}

/// Forgets every row there is, because they were folded from something else.
async fn forget(tx: &mut Tx, projections: &[Arc<dyn Projection>]) -> Result<(), ViewError> {
    // The checkpoints come first: a node that holds one may be about to write to the tables.
    let control = ["view_checkpoints", "view_origin", "view_slots", "view_parked"];
    let mut statements: Vec<_> = control.map(|table| format!("delete from {table}")).into();
    for table in projections.iter().flat_map(|projection| projection.tables()) {
        statements.push(format!("drop view if exists {}", table.name));
        statements.extend([Slot::A, Slot::B].map(|slot| table.drop(slot)));
    }
    tx.script(&statements).await
}

/// What a store needs that is filled from position 0: the projections' tables in slot A, and
/// checkpoints at 0.
async fn fresh(
    tx: &mut Tx,
    projections: &[Arc<dyn Projection>],
    log: &dyn EventLog,
    layout: i64,
) -> Result<(), ViewError> {
    let installation = log.installation();
    tx.execute("insert into view_origin (installation) values ($1)", &values![installation])
        .await?;
    for partition in 0..log.partitions() {
        tx.execute(
            "insert into view_checkpoints (partition, position, recorded_at, leaf_hash, layout)
            values ($1, 0, 0, '', $2)",
            &values![i64::from(partition), layout],
        )
        .await?;
    }
    create(tx, projections, Slot::A).await?;
    for projection in projections {
        set_slot(tx, projection.name(), Slot::A, SlotState::Live).await?;
    }
    Ok(())
}

/// Notes which table a projection's names stand for.
pub(super) async fn set_slot(
    tx: &mut Tx,
    projection: &str,
    slot: Slot,
    state: SlotState,
) -> Result<(), ViewError> {
    let row = values![projection, slot.as_str(), state.as_str()];
    tx.execute(
        "insert into view_slots (projection, slot, state) values ($1, $2, $3)
        on conflict (projection) do update set slot = excluded.slot, state = excluded.state",
        &row,
    )
    .await?;
    Ok(())
}

/// Tells every node that the slots or the parked tenants changed.
pub(super) async fn bump_layout(tx: &mut Tx) -> Result<(), ViewError> {
    tx.execute("update view_checkpoints set layout = layout + 1", &[]).await?;
    Ok(())
}

/// Every checkpoint, by partition.
type Reached = BTreeMap<i32, Checkpoint>;

/// The log's id that the rows were folded from, and how far they were.
pub(super) async fn origin(tx: &mut Tx) -> Result<(Option<String>, Reached), ViewError> {
    let rows = tx.fetch("select installation from view_origin", &[]).await?;
    let installation = rows.into_iter().next().map(|mut row| row.text()).transpose()?;
    let sql = "select partition, position, leaf_hash, layout from view_checkpoints";
    let mut reached = Reached::new();
    for mut row in tx.fetch(sql, &[]).await? {
        let partition = i32::try_from(row.int()?);
        let partition = partition.map_err(|_| ViewError::Unreadable("not a partition"))?;
        let (position, leaf_hash, layout) = (row.int()?, row.text()?, row.int()?);
        reached.insert(partition, Checkpoint { position, leaf_hash, layout });
    }
    Ok((installation, reached))
}

/// Makes sure that the rows were folded from events that stand in this log: others are forgotten.
/// Answers whether they were.
pub(super) async fn settle(
    tx: &mut Tx,
    log: &dyn EventLog,
    projections: &[Arc<dyn Projection>],
) -> Result<bool, ViewError> {
    let (origin, reached) = origin(tx).await?;
    let is_same = origin == Some(log.installation().to_string());
    if is_same && stand(log, &reached).await? {
        return Ok(true);
    }
    if origin.is_some() {
        tracing::error!(
            "the read models were folded from events that are gone: building them anew"
        );
    }
    forget(tx, projections).await?;
    // Whoever still knows the former layout may write nothing more.
    let layout = reached.values().map(|it| it.layout + 1).max().unwrap_or_default();
    fresh(tx, projections, log, layout).await?;
    Ok(false)
}

/// Whether the events that the checkpoints rest on still stand.
async fn stand(log: &dyn EventLog, reached: &Reached) -> Result<bool, ViewError> {
    if reached.len() != usize::try_from(log.partitions()).unwrap_or_default() {
        return Ok(false);
    }
    for (partition, checkpoint) in reached {
        let last = match checkpoint.position {
            0 => None,
            position => log.read(*partition, position - 1, 1).await?.pop(),
        };
        if !checkpoint.rests_on(last.as_ref()) {
            return Ok(false);
        }
    }
    Ok(true)
}
