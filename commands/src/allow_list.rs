//! Commands on the list of addresses that a tenant's users may sign in from. They see to it that
//! whoever changes the list does not lock themselves out; that sign-ins keep to the list is the
//! business of the command that records a sign-in, which there is not yet.

mod add_cidr_block;
mod change_cidr_block;
mod disable_allow_list;
mod enable_allow_list;
mod fault;
mod remove_cidr_block;

pub use add_cidr_block::{AddCidrBlock, AddCidrBlockRejection};
pub use change_cidr_block::{ChangeCidrBlock, ChangeCidrBlockRejection};
pub use disable_allow_list::{DisableAllowList, DisableAllowListRejection};
pub use enable_allow_list::{EnableAllowList, EnableAllowListRejection};
pub use fault::BlockFault;
pub use remove_cidr_block::{RemoveCidrBlock, RemoveCidrBlockRejection};

use domain::Hold;

use crate::Refusal;

/// The refusal that a list which is on comes to.
fn held(hold: Hold) -> Refusal {
    Refusal::forbidden(match hold {
        Hold::AddressNotListed => "address_not_listed",
        Hold::LastBlock => "last_block",
        Hold::CoversCaller => "covers_caller",
    })
}

#[cfg(test)]
mod sample;
