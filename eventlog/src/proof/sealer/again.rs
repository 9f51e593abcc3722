//! Looking again at what did not hold: an operator may have put back what was altered or lost.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::grove::Grove;
use super::{Round, Sealer};
use crate::LogError;
use crate::proof::flaw::{Finding, flaw_of};

impl Sealer {
    /// Looks again at what was found, and at nothing else; what of it does not hold still. The next
    /// rounds seal what holds again. After an error, all of it counts as found.
    pub async fn look_again(
        &mut self,
        found: &[Finding],
        now: DateTime<Utc>,
    ) -> Result<Vec<Finding>, LogError> {
        self.round = Round::default();
        if let Some(finding) = self.begin_anew().await? {
            let others = found.iter().filter(|it| it.tenant.is_some() || it.position.is_some());
            return Ok([finding].into_iter().chain(others.cloned()).collect());
        }
        let broken = std::mem::take(&mut self.broken);
        for tenant in &broken {
            if let Err(error) = self.catch_up(tenant, now).await {
                self.broken.extend(broken);
                return Err(error);
            }
        }
        let mut left = std::mem::take(&mut self.round.found);
        for finding in found.iter().filter(|it| it.tenant.is_none()) {
            if let (Some(partition), Some(position)) = (finding.partition, finding.position)
                && !self.holds_at(partition, position).await?
            {
                left.push(finding.clone());
            }
        }
        Ok(left)
    }

    /// Where the installation's own tree did not hold, begins as after a start; what is still wrong
    /// with it.
    async fn begin_anew(&mut self) -> Result<Option<Finding>, LogError> {
        if !self.is_stopped {
            return Ok(None);
        }
        let mut grove = Grove::new(Arc::clone(&self.log), self.key.verifier().clone());
        let found = grove.follow().await?;
        if found.is_none() {
            let all = self.log.placements().await?;
            self.behind = all.into_iter().map(|place| place.tenant).collect();
            (self.grove, self.is_stopped) = (grove, false);
        }
        Ok(found)
    }

    /// Whether there is a row at a position, which is by itself as it was recorded.
    async fn holds_at(&self, partition: i32, position: i64) -> Result<bool, LogError> {
        let rows = self.log.proofs()?.rows(partition, position - 1, 1).await?;
        let row = rows.into_iter().next().and_then(Result::ok);
        let row = row.filter(|event| event.position == position);
        Ok(row.is_some_and(|event| flaw_of(&event, event.ordinal).is_none()))
    }
}
