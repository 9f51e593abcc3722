//! Which roles users and clients hold, on the tenant and on its organizations.

use domain::{ActorKind, Event, MemberRole, OrganizationId, TenantId};
use eventlog::Recorded;

use crate::value::word;
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static MEMBERSHIPS: Table = Table {
    name: "memberships_v1",
    columns: &[
        Column::text("tenant"),
        Column::text("holder_kind"),
        Column::text("holder_id"),
        // Empty for the whole tenant.
        Column::text("organization_id"),
        Column::text("roles"),
    ],
    key: 4,
    indexes: &[],
};

/// The roles held in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipRow {
    /// The whole tenant if absent.
    pub organization: Option<OrganizationId>,
    pub roles: Vec<MemberRole>,
}

/// Keeps one row for each member of each place.
#[derive(Debug)]
pub(crate) struct Memberships;

impl Projection for Memberships {
    fn name(&self) -> &'static str {
        MEMBERSHIPS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&MEMBERSHIPS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let Event::MembershipSet(fact) = event else { return Ok(()) };
        let organization = fact.organization.as_ref().map_or("", OrganizationId::as_str);
        let row = values![&recorded.tenant, word(&fact.holder)?, &fact.holder_id, organization];
        if fact.after.is_empty() {
            return changes.delete(&MEMBERSHIPS, row);
        }
        let roles = Value::json(&fact.after)?;
        changes.upsert(&MEMBERSHIPS, row.into_iter().chain([roles]))
    }
}

const OF_HOLDER: &str = "select organization_id, roles from memberships_v1
    where tenant = $1 and holder_kind = $2 and holder_id = $3 order by organization_id";

pub(crate) const STATEMENTS: &[&str] = &[OF_HOLDER];

/// Where a holder has which roles.
pub async fn of_holder(
    views: &Views,
    tenant: &TenantId,
    holder: ActorKind,
    id: &str,
) -> Result<Vec<MembershipRow>, ViewError> {
    let key = values![holder.as_str(), id];
    let rows = views.rows(MEMBERSHIPS.name, tenant, OF_HOLDER, &key).await?;
    let read = |mut row: crate::value::Row| {
        let organization = Some(row.text()?).filter(|id| !id.is_empty()).map(OrganizationId);
        Ok(MembershipRow { organization, roles: row.json()? })
    };
    rows.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use domain::MembershipSet;

    use super::*;
    use crate::sample::told;

    #[test]
    fn a_member_has_a_row_as_long_as_it_has_roles() {
        let set = |organization: Option<&str>, after: &[MemberRole]| -> Event {
            let fact = MembershipSet {
                holder: ActorKind::Client,
                holder_id: "c1".to_owned(),
                organization: organization.map(|id| OrganizationId(id.to_owned())),
                before: [].into(),
                after: after.iter().copied().collect(),
            };
            fact.into()
        };
        let owner = MemberRole::OrganizationOwner;
        let rows =
            told(Memberships, &[set(None, &[MemberRole::InstanceOwner]), set(Some("5"), &[owner])]);
        let expected = [
            r#"memberships_v1 + acme client c1  ["IAM_OWNER"]"#,
            r#"memberships_v1 + acme client c1 5 ["ORG_OWNER"]"#,
        ];
        assert_eq!(rows, expected);
        let rows = told(Memberships, &[set(Some("5"), &[])]);
        assert_eq!(rows, ["memberships_v1 - acme client c1 5"]);
    }
}
