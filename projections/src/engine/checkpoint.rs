//! How far a partition was folded, for all projections at once.

use eventlog::Recorded;

use crate::db::Db;
use crate::tx::Tx;
use crate::{Value, ViewError, values};

/// How far a partition was folded, and the layout that whoever goes on must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checkpoint {
    pub(super) position: i64,
    /// Of the event at that position; empty at 0.
    pub(super) leaf_hash: String,
    pub(super) layout: i64,
}

impl Checkpoint {
    pub(super) async fn load(db: &Db, partition: i32) -> Result<Self, ViewError> {
        let sql = "select position, leaf_hash, layout from view_checkpoints where partition = $1";
        let rows = db.fetch(sql, &values![i64::from(partition)]).await?;
        let mut row = rows.into_iter().next().ok_or(ViewError::Unreadable("no checkpoint"))?;
        Ok(Self { position: row.int()?, leaf_hash: row.text()?, layout: row.int()? })
    }

    /// Whether `event` is the one it rests on.
    pub(super) fn rests_on(&self, event: Option<&Recorded>) -> bool {
        let leaf = event.map(|event| event.leaf_hash.to_string());
        self.position == 0 || leaf.as_deref() == Some(&self.leaf_hash)
    }

    /// Every partition's position, in order.
    pub(super) async fn in_tx(tx: &mut Tx) -> Result<Vec<i64>, ViewError> {
        let sql = "select position from view_checkpoints order by partition";
        tx.fetch(sql, &[]).await?.into_iter().map(|mut row| row.int()).collect()
    }
}

/// Moves a checkpoint on from where this node saw it; it returns a row if nobody else did so, and
/// if the layout is still the one this node knows.
pub(super) const MOVE_ON: &str = "update view_checkpoints
    set position = $1, recorded_at = $2, leaf_hash = $3, layout = layout + $4
    where partition = $5 and position = $6 and layout = $7 returning partition";

/// The parameters of [`MOVE_ON`]: on to `last`, and to the next layout if it changes with it.
pub(super) fn move_on(from: &Checkpoint, last: &Recorded, is_relaid: bool) -> [Value; 7] {
    values![
        last.position,
        last.created_at,
        last.leaf_hash.to_string(),
        i64::from(is_relaid),
        i64::from(last.partition),
        from.position,
        from.layout,
    ]
}
