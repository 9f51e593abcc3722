//! Gives a block of the allow list another range, other comments, or turns it on or off (Akamai
//! IAM v3, "Update a CIDR block").

use domain::{Aggregate, CidrBlockChanged, CidrBlockId, Event, Hold, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::fault::{BlockFault, checked};
use super::held;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Replaces a block of the allow list, under the same id.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeCidrBlock {
    #[schemars(with = "i64")]
    pub block: CidrBlockId,
    /// An IPv4 or IPv6 address, or a block of them; kept as it is written.
    pub cidr: String,
    /// Whether it counts.
    pub enabled: bool,
    pub comments: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeCidrBlockRejection {
    #[error("there is no block {0}")]
    BlockUnknown(CidrBlockId),
    #[error(transparent)]
    Block(BlockFault),
    #[error(transparent)]
    Held(Hold),
}

impl Rejection for ChangeCidrBlockRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::BlockUnknown(_) => Refusal::not_found("block_unknown", "block"),
            Self::Block(fault) => fault.refusal(),
            Self::Held(hold) => held(*hold),
        }
    }
}

impl Command for ChangeCidrBlock {
    type Rejection = ChangeCidrBlockRejection;
    type Fresh = ();
    const NAME: &'static str = "ChangeCidrBlock";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.cidr.len() + self.comments.as_ref().map_or(0, String::len)
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::cidr_block(self.block)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context,
    ) -> Result<Vec<Event>, ChangeCidrBlockRejection> {
        use ChangeCidrBlockRejection as No;

        let block = self.block;
        let before = tenant.allow_list.get(block).ok_or(No::BlockUnknown(block))?;
        let comments = self.comments.as_deref();
        let after = checked(tenant, Some(block), &self.cidr, self.enabled, comments);
        let after = after.map_err(No::Block)?;
        tenant.allow_list.releases(before, context.address).map_err(No::Held)?;
        if *before == after {
            return Ok(Vec::new());
        }
        Ok(vec![CidrBlockChanged { block, before: before.clone(), after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{block, from, tenant};
    use super::*;

    const BLOCKS: &[&str] = &["10.0.0.0/8", "1.1.1.1", "-2.2.2.2"];

    fn change(
        on: bool,
        blocks: &[&str],
        (number, cidr): (i64, &str),
        address: &str,
    ) -> Result<Vec<Event>, ChangeCidrBlockRejection> {
        let (number, cidr) = (CidrBlockId(number), cidr.to_owned());
        let command = ChangeCidrBlock { block: number, cidr, enabled: true, comments: None };
        command.decide(&tenant(on, blocks), &from(address, ()))
    }

    fn changed(number: i64, from: (&str, bool), to: &str) -> Vec<Event> {
        let (before, after) = (block(from.0, from.1), block(to, true));
        vec![CidrBlockChanged { block: CidrBlockId(number), before, after }.into()]
    }

    #[test]
    fn a_list_that_is_off_may_be_changed_from_anywhere() {
        let expected = changed(1, ("10.0.0.0/8", true), "9.9.9.9");
        for address in ["10.1.1.1", "8.8.8.8", ""] {
            assert_eq!(change(false, BLOCKS, (1, "9.9.9.9"), address), Ok(expected.clone()));
        }
        assert_eq!(change(false, BLOCKS, (1, "10.0.0.0/8"), ""), Ok(vec![]));
        let rewritten = changed(1, ("10.0.0.0/8", true), "10.1.1.1/8");
        assert_eq!(change(false, BLOCKS, (1, "10.1.1.1/8"), ""), Ok(rewritten));
    }

    #[test]
    fn a_list_that_is_on_keeps_its_caller_in() {
        let held = |hold| Err(ChangeCidrBlockRejection::Held(hold));
        let to = "9.9.9.9";
        let other = changed(2, ("1.1.1.1", true), to);
        assert_eq!(change(true, BLOCKS, (2, to), "10.1.1.1"), Ok(other));
        let idle = changed(3, ("2.2.2.2", false), to);
        assert_eq!(change(true, BLOCKS, (3, to), "10.1.1.1"), Ok(idle));
        assert_eq!(change(true, BLOCKS, (1, to), "10.1.1.1"), held(Hold::CoversCaller));
        assert_eq!(change(true, BLOCKS, (2, to), "2.2.2.2"), held(Hold::AddressNotListed));
        assert_eq!(change(true, BLOCKS, (2, to), ""), held(Hold::AddressNotListed));
        let last = change(true, &["10.0.0.0/8", "-1.1.1.1"], (1, to), "10.1.1.1");
        assert_eq!(last, held(Hold::LastBlock));
    }

    #[test]
    fn refuses_an_unknown_block_and_one_that_cannot_stand() {
        use ChangeCidrBlockRejection as No;
        let unknown = Err(No::BlockUnknown(CidrBlockId(9)));
        assert_eq!(change(false, BLOCKS, (9, "1.2.3.4"), ""), unknown);
        let malformed = Err(No::Block(BlockFault::Malformed));
        assert_eq!(change(false, BLOCKS, (1, "1.2.3"), ""), malformed);
        let duplicate = Err(No::Block(BlockFault::Duplicate(CidrBlockId(2))));
        assert_eq!(change(false, BLOCKS, (1, "1.1.1.1/32"), ""), duplicate);
    }
}
