//! How much of a tenant's record a caller may look at: all of it, or what belongs to the one
//! organization that the caller's rights hold in.

use domain::{OrganizationId, Right};
use eventlog::Recorded;

use crate::call::Call;
use crate::caller::Caller;
use crate::dialect::{Needs, Turned};
use crate::problem::Problem;

/// Which events a caller may look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sight {
    /// All events of the tenant.
    Whole,
    /// Events whose resource owner is this organization, and no others.
    Organization(OrganizationId),
}

impl Sight {
    /// The resource owner whose events alone are shown; `None` where all are.
    pub(crate) fn owner(&self) -> Option<&str> {
        match self {
            Self::Whole => None,
            Self::Organization(own) => Some(own.as_str()),
        }
    }

    /// Whether an event is among them.
    pub(crate) fn sees(&self, event: &Recorded) -> bool {
        self.owner().is_none_or(|owner| event.resource_owner == owner)
    }

    /// What a caller may look at; `None` for whoever does not hold `events.read`.
    pub(crate) fn of(caller: &Caller) -> Option<Self> {
        let own = caller.organization.clone();
        caller.has(Right::EventsRead).then(|| own.map_or(Self::Whole, Self::Organization))
    }
}

/// What the caller may look at; 403 for whoever does not hold `events.read` at all.
pub(crate) fn sight(call: &Call) -> Result<Sight, Problem> {
    Sight::of(&call.caller).ok_or_else(|| Turned::Lacks(Needs::Right(Right::EventsRead)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_shows_as_much_as_it_holds_for() {
        let own = OrganizationId("7".to_owned());
        let caller = |right, organization| {
            Sight::of(&Caller { rights: [right].into(), organization, ..Caller::stranger() })
        };
        assert_eq!(caller(Right::EventsRead, None), Some(Sight::Whole));
        let confined = caller(Right::EventsRead, Some(own.clone()));
        assert_eq!(confined, Some(Sight::Organization(own)));
        assert_eq!(confined.as_ref().and_then(Sight::owner), Some("7"));
        assert_eq!(caller(Right::UserRead, None), None);
    }
}
