//! Things as people know them, put together from the rows of all read models: each with its
//! members by name. It is what a history and a comparison of two instants are told in.

mod history;
mod layout;
mod members;

use std::collections::{BTreeMap, BTreeSet};

use domain::{Aggregate, TenantId};

use crate::value::Row;
use crate::{ViewError, Views, list};

pub use history::{Chapter, HISTORY_MOST, History, Page, Tale, read as history};
pub use members::{Shown, spelt};

/// What a thing says of itself, by member; empty where it is not there.
pub type Members = BTreeMap<String, Shown>;

/// A member that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub member: String,
    pub before: Option<Shown>,
    pub after: Option<Shown>,
}

/// A thing that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub thing: Aggregate,
    pub was_there: bool,
    pub is_there: bool,
    /// By member.
    pub members: Vec<Difference>,
}

/// Which members differ, by name.
pub(crate) fn differences(before: &Members, after: &Members) -> Vec<Difference> {
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let differs = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    let told = differs.map(|name| Difference {
        member: name.clone(),
        before: before.get(name).cloned(),
        after: after.get(name).cloned(),
    });
    told.collect()
}

/// Every thing of the tenant, from the rows that `views` hold.
pub async fn all(
    views: &Views,
    tenant: &TenantId,
) -> Result<BTreeMap<Aggregate, Members>, ViewError> {
    let mut things = members::Things::default();
    for projection in list::folded_for_the_past() {
        views.check(tenant, projection.name())?;
        for table in projection.tables().into_iter().filter(|it| layout::is_told(it)) {
            for row in views.rows_of_table(table, tenant).await? {
                things.add(table, &Row::values(row));
            }
        }
    }
    Ok(things.finish())
}

/// What became another between two instants: every thing that was made, changed or taken away, by
/// kind and id.
pub async fn compare(
    before: &Views,
    after: &Views,
    tenant: &TenantId,
) -> Result<Vec<Changed>, ViewError> {
    let (before, after) = (all(before, tenant).await?, all(after, tenant).await?);
    let things: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let none = Members::new();
    let told = things.into_iter().map(|thing| {
        let (was, is) = (before.get(thing), after.get(thing));
        Changed {
            thing: thing.clone(),
            was_there: was.is_some(),
            is_there: is.is_some(),
            members: differences(was.unwrap_or(&none), is.unwrap_or(&none)),
        }
    });
    Ok(told.filter(|changed| !changed.members.is_empty()).collect())
}
