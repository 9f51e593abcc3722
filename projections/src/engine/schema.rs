//! The tables that the engine itself needs, and making and forgetting all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

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
pub(super) async fn forget(
    tx: &mut Tx,
    projections: &[Arc<dyn Projection>],
) -> Result<(), ViewError> {
    let tables = projections.iter().flat_map(|projection| projection.tables());
    let mut statements = Vec::new();
    for table in tables {
        statements.push(format!("drop view if exists {}", table.name));
        statements.extend([Slot::A, Slot::B].map(|slot| table.drop(slot)));
    }
    for table in ["view_origin", "view_slots", "view_checkpoints", "view_parked"] {
        statements.push(format!("delete from {table}"));
    }
    tx.script(&statements).await
}

/// What a store needs that is filled from position 0: the projections' tables in slot A, and
/// checkpoints at 0.
pub(super) async fn fresh(
    tx: &mut Tx,
    projections: &[Arc<dyn Projection>],
    installation: Uuid,
    partitions: i32,
) -> Result<(), ViewError> {
    tx.execute("insert into view_origin (installation) values ($1)", &values![installation])
        .await?;
    for partition in 0..partitions {
        tx.execute(
            "insert into view_checkpoints (partition, position, recorded_at, leaf_hash, layout)
            values ($1, 0, 0, '', 0)",
            &values![i64::from(partition)],
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

/// The log's id that the rows were folded from, and how far, with the leaf reached there.
pub(super) async fn origin(
    tx: &mut Tx,
) -> Result<(Option<String>, BTreeMap<i64, (i64, String)>), ViewError> {
    let rows = tx.fetch("select installation from view_origin", &[]).await?;
    let installation = rows.into_iter().next().map(|mut row| row.text()).transpose()?;
    let sql = "select partition, position, leaf_hash from view_checkpoints";
    let mut reached = BTreeMap::new();
    for mut row in tx.fetch(sql, &[]).await? {
        reached.insert(row.int()?, (row.int()?, row.text()?));
    }
    Ok((installation, reached))
}
