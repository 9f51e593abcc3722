//! The record as it is searched: a row for each event, and lists of ordinals by what an event is.
//! Rows only select; the events themselves come from the log.

mod lists;
mod query;
mod search;
mod term;

use domain::Event;
use eventlog::Recorded;

use crate::{Changes, Column, ProjectError, Projection, Table, values};

pub(crate) use lists::STATEMENTS;
pub use lists::list_statement;
pub use query::Query;
pub use search::{Found, ordinal_at, search};
pub(crate) use search::{all_ordinals, touching};
pub use term::Term;

/// When each event was recorded, so that an instant leads to an ordinal.
static EVENTS: Table = Table {
    name: "events_v1",
    columns: &[Column::text("tenant"), Column::int("ordinal"), Column::int("created_at")],
    key: 2,
    indexes: &[&["tenant", "created_at", "ordinal"]],
};

/// For each thing that can be said of events (a [`Term`], as a number) the ordinals of those it is
/// true of. Its key is the only index there is, so every list is read from where a page begins.
static TERMS: Table = Table {
    name: "event_terms_v1",
    columns: &[Column::text("tenant"), Column::int("term"), Column::int("ordinal")],
    key: 3,
    indexes: &[],
};

/// Keeps a row for each event, and one for each term of it.
#[derive(Debug)]
pub(crate) struct Events;

impl Projection for Events {
    fn name(&self) -> &'static str {
        EVENTS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&EVENTS, &TERMS]
    }

    /// An event never changes, so what was recorded up to then is the first part of today's rows.
    fn is_folded_for_the_past(&self) -> bool {
        false
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let (tenant, ordinal) = (&recorded.tenant, recorded.ordinal);
        changes.upsert(&EVENTS, values![tenant, ordinal, recorded.created_at])?;
        term::terms(event, recorded)
            .iter()
            .try_for_each(|term| changes.upsert(&TERMS, values![tenant, term.number(), ordinal]))
    }
}

#[cfg(test)]
mod tests {
    use domain::{Aggregate, GroupId, GroupMoved};

    use super::*;
    use crate::sample::told;

    #[test]
    fn an_event_is_listed_under_each_of_its_terms() {
        let (group, from, to) = (GroupId(3), GroupId(1), GroupId(2));
        let rows = told(Events, &[GroupMoved { group, from, to }.into()]);
        assert_eq!(rows.last().unwrap(), "events_v1 + acme 1 1");
        let listed = |term: Term| {
            let line = format!("event_terms_v1 + acme {} 1", term.number());
            rows.contains(&line)
        };
        let thing = |id| Aggregate::group(GroupId(id));
        assert!(listed(Term::aggregate(&thing(3))) && listed(Term::touched(&thing(1))));
        assert!(listed(Term::touched(&thing(2))) && !listed(Term::touched(&thing(3))));
        assert!(listed(Term::event_type("group.moved")) && listed(Term::actor("ada")));
        // Kind, aggregate, type, command, command id, actor, owner, two touched: no correlation.
        assert_eq!(rows.len(), 1 + 9);
    }
}
