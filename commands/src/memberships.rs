//! Commands on memberships.

mod set_membership;

pub use set_membership::{Member, SetMembership, SetMembershipRejection};
