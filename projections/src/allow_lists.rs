//! Whether a tenant's allow list is on.

use domain::{Event, TenantId};
use eventlog::Recorded;

use crate::{Changes, Column, ProjectError, Projection, Table, ViewError, Views, values};

static ALLOW_LISTS: Table = Table {
    name: "allow_lists_v1",
    columns: &[Column::text("tenant"), Column::int("is_enabled")],
    key: 1,
    indexes: &[],
};

/// Keeps one row for each tenant whose list was ever switched.
#[derive(Debug)]
pub(crate) struct AllowLists;

impl Projection for AllowLists {
    fn name(&self) -> &'static str {
        ALLOW_LISTS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&ALLOW_LISTS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of the switch")]
        let is_enabled = match event {
            Event::AllowListEnabled(_) => true,
            Event::AllowListDisabled(_) => false,
            _ => return Ok(()),
        };
        changes.upsert(&ALLOW_LISTS, values![&recorded.tenant, is_enabled])
    }
}

const IS_ENABLED: &str = "select is_enabled from allow_lists_v1 where tenant = $1";

pub(crate) const STATEMENTS: &[&str] = &[IS_ENABLED];

/// Whether the tenant's list is on; it is off until it is turned on.
pub async fn is_enabled(views: &Views, tenant: &TenantId) -> Result<bool, ViewError> {
    let rows = views.rows(ALLOW_LISTS.name, tenant, IS_ENABLED, &[]).await?;
    rows.into_iter().next().map_or(Ok(false), |mut row| row.flag())
}

#[cfg(test)]
mod tests {
    use domain::{AllowListDisabled, AllowListEnabled};

    use super::*;
    use crate::sample::told;

    #[test]
    fn the_switch_is_where_it_was_put_last() {
        let tenant = TenantId::new("acme").unwrap();
        let on = Event::from(AllowListEnabled { tenant: tenant.clone() });
        assert_eq!(told(AllowLists, std::slice::from_ref(&on)), ["allow_lists_v1 + acme 1"]);
        let off = AllowListDisabled { tenant };
        assert_eq!(told(AllowLists, &[on, off.into()]), ["allow_lists_v1 + acme 0"]);
    }
}
