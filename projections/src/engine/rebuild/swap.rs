//! Putting a rebuilt table in the other one's place, in one short transaction.

use super::fill::Fill;
use crate::engine::convoy::Engine;
use crate::engine::layout::SlotState;
use crate::engine::{page, schema};
use crate::table::Tongue;
use crate::write::sets;
use crate::{Changes, ViewError};

/// The most events that are folded while the convoy waits.
const REST_MOST: i64 = 2_000;

pub(super) enum Swapped {
    Done,
    /// Something else holds the checkpoints or the names, or too much is new: try again.
    HeldUp,
}

impl Engine {
    /// Holds the checkpoints, folds what is left up to them, and lets the names stand for the new
    /// table: whoever reads sees the former one up to here, or this one from here on.
    pub(super) async fn swap(&self, fill: &mut Fill<'_>) -> Result<Swapped, ViewError> {
        match self.try_swap(fill).await {
            Err(ViewError::Unavailable(error)) if is_held_up(&error) => Ok(Swapped::HeldUp),
            swapped => swapped,
        }
    }

    async fn try_swap(&self, fill: &mut Fill<'_>) -> Result<Swapped, ViewError> {
        let mut tx = self.views.writer().begin().await?;
        let tongue = tx.tongue();
        let checkpoints = match tongue {
            Tongue::Sqlite => "select partition, position from view_checkpoints order by partition",
            Tongue::Postgres => {
                tx.execute("set local lock_timeout = '200ms'", &[]).await?;
                "select partition, position from view_checkpoints order by partition for update"
            }
        };
        let mut reached = Vec::new();
        for mut row in tx.fetch(checkpoints, &[]).await? {
            let partition = i32::try_from(row.int()?);
            reached
                .push((partition.map_err(|_| ViewError::Unreadable("a partition"))?, row.int()?));
        }
        if reached.iter().any(|(at, to)| *to < fill.position(*at)) {
            // The rows were reset meanwhile: what was filled may rest on events that are gone.
            return Err(ViewError::HeldUp(fill.projection.name().to_owned()));
        }
        let rest: i64 = reached.iter().map(|(at, to)| to - fill.position(*at)).sum();
        if rest > REST_MOST {
            return Ok(Swapped::HeldUp);
        }
        // Should the transaction fail, the positions must not have moved.
        let before = fill.positions.clone();
        let mut changes = Changes::default();
        for (partition, to) in reached {
            let page = fill.read(partition, fill.position(partition), to).await?;
            fill.fold(&page, &mut changes);
            if let Some(last) = page.last() {
                fill.reached(partition, last.position);
            }
        }
        let after = std::mem::replace(&mut fill.positions, before);
        tx.write(&sets(&changes, fill.slot)).await?;
        for table in fill.projection.tables() {
            tx.script(&table.point(fill.slot, tongue)).await?;
        }
        let name = fill.projection.name();
        schema::set_slot(&mut tx, name, fill.slot, SlotState::Live).await?;
        tx.execute("delete from view_parked where projection = $1", &[name.into()]).await?;
        page::park(&mut tx, &fill.parks).await?;
        schema::bump_layout(&mut tx).await?;
        tx.commit().await?;
        fill.positions = after;
        Ok(Swapped::Done)
    }
}

/// A lock that was not to be had in time, or a deadlock that was broken here.
fn is_held_up(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("55P03" | "40P01" | "40001" | "5" | "6" | "517"))
}
