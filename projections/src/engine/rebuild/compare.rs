//! Whether a rebuilt table holds what the events say.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use domain::TenantId;

use super::fill::Fill;
use crate::as_of::{Until, fold_tenant};
use crate::engine::checkpoint::Checkpoint;
use crate::engine::convoy::Engine;
use crate::engine::layout::SlotState;
use crate::table::Tongue;
use crate::tx::Tx;
use crate::{Projection, Slot, Value, ViewError};

/// For each tenant: how many rows, and a checksum that does not depend on their order.
type Sums = BTreeMap<String, (u64, u64)>;

/// The sums over all tables of a projection.
async fn sums(tx: &mut Tx, projection: &dyn Projection, slot: Slot) -> Result<Sums, ViewError> {
    let mut sums = Sums::new();
    for table in projection.tables() {
        let sql = format!("select {} from {}", table.list(), table.slot(slot));
        tx.each(sql, |row| {
            let mut hasher = DefaultHasher::new();
            (table.name, &row).hash(&mut hasher);
            if let Some(Value::Text(tenant)) = row.into_iter().next() {
                let (rows, sum) = sums.entry(tenant).or_default();
                *rows += 1;
                *sum = sum.wrapping_add(hasher.finish());
            }
        })
        .await?;
    }
    Ok(sums)
}

impl Engine {
    /// Compares a table with the one that serves, at the same position; where they differ, the
    /// events themselves decide.
    pub(super) async fn compare(
        &self,
        fill: &mut Fill<'_>,
        live: Slot,
        state: SlotState,
    ) -> Result<(), ViewError> {
        let db = match self.views.writer().tongue() {
            // Its one writer belongs to the convoy.
            Tongue::Sqlite => self.views.readers(),
            // Its readers may not take so long.
            Tongue::Postgres => self.views.writer(),
        };
        let (positions, served) = {
            let mut tx = db.snapshot().await?;
            let positions = Checkpoint::in_tx(&mut tx).await?;
            let served = match state {
                SlotState::Live => sums(&mut tx, fill.projection.as_ref(), live).await?,
                SlotState::Building => Sums::new(),
            };
            (positions, served)
        };
        fill.catch_up(&positions).await?;
        let rebuilt = {
            let mut tx = db.snapshot().await?;
            sums(&mut tx, fill.projection.as_ref(), fill.slot).await?
        };
        let parked: BTreeSet<_> = fill.parks.iter().map(|park| park.tenant.clone()).collect();
        let tenants: BTreeSet<_> = served.keys().chain(rebuilt.keys()).collect();
        for tenant in tenants {
            if parked.contains(tenant) || served.get(tenant) == rebuilt.get(tenant) {
                continue;
            }
            let projection = Arc::clone(&fill.projection);
            let told = self.told(tenant, projection, &positions).await?;
            if told.as_ref() != rebuilt.get(tenant) {
                let projection = fill.projection.name().to_owned();
                return Err(ViewError::Differs { projection, tenant: id(tenant)? });
            }
            if state == SlotState::Live {
                let projection = fill.projection.name();
                tracing::warn!(
                    tenant,
                    projection,
                    "the rows that served were not as the events say"
                );
            }
        }
        Ok(())
    }

    /// What a fold of the tenant's events alone comes to.
    async fn told(
        &self,
        tenant: &str,
        projection: Arc<dyn Projection>,
        positions: &[i64],
    ) -> Result<Option<(u64, u64)>, ViewError> {
        let tenant = id(tenant)?;
        let Some(place) = self.log.placement(&tenant).await? else { return Ok(None) };
        let index = usize::try_from(place.partition).unwrap_or_default();
        let until = Until::Position(positions.get(index).copied().unwrap_or_default());
        let projections = [Arc::clone(&projection)];
        let past = fold_tenant(self.log.as_ref(), &projections, &tenant, until).await?;
        let mut tx = past.views.readers().snapshot().await?;
        let mut sums = sums(&mut tx, projection.as_ref(), Slot::A).await?;
        Ok(sums.remove(tenant.as_str()))
    }
}

fn id(tenant: &str) -> Result<TenantId, ViewError> {
    TenantId::new(tenant).map_err(|_| ViewError::Unreadable("not a tenant id"))
}
