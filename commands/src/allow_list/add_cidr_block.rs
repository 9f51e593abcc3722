//! Puts an address or a range of addresses on the allow list (Akamai IAM v3, "Create a CIDR block").

use domain::{Aggregate, CidrBlockAdded, CidrBlockId, Event, Hold, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::fault::{BlockFault, checked};
use super::held;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Puts an address or a range of addresses on the allow list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddCidrBlock {
    /// An IPv4 or IPv6 address, or a block of them; kept as it is written.
    pub cidr: String,
    /// Whether it counts.
    pub enabled: bool,
    pub comments: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddCidrBlockRejection {
    #[error(transparent)]
    Block(BlockFault),
    #[error(transparent)]
    Held(Hold),
}

impl Rejection for AddCidrBlockRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Block(fault) => fault.refusal(),
            Self::Held(hold) => held(*hold),
        }
    }
}

impl Command for AddCidrBlock {
    type Rejection = AddCidrBlockRejection;
    type Fresh = CidrBlockId;
    const NAME: &'static str = "AddCidrBlock";
    const NUMBERS: usize = 1;

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.cidr.len() + self.comments.as_ref().map_or(0, String::len)
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<CidrBlockId, SealError> {
        mint.number().map(CidrBlockId)
    }

    fn target(&self, _: &Tenant, context: &Context<CidrBlockId>) -> Aggregate {
        Aggregate::cidr_block(context.fresh)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<CidrBlockId>,
    ) -> Result<Vec<Event>, AddCidrBlockRejection> {
        use AddCidrBlockRejection as No;

        let after = checked(tenant, None, &self.cidr, self.enabled, self.comments.as_deref());
        let after = after.map_err(No::Block)?;
        tenant.allow_list.open_to(context.address).map_err(No::Held)?;
        Ok(vec![CidrBlockAdded { block: context.fresh, after }.into()])
    }

    fn reply(fresh: &CidrBlockId) -> Map<String, Value> {
        Map::from_iter([("block".to_owned(), fresh.0.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{block, from, tenant};
    use super::*;

    fn add(on: bool, cidr: &str, comments: &str) -> Result<Vec<Event>, AddCidrBlockRejection> {
        let tenant = tenant(on, &["10.0.0.0/8", "-1.1.1.1"]);
        let comments = Some(comments.to_owned());
        let command = AddCidrBlock { cidr: cidr.to_owned(), enabled: true, comments };
        command.decide(&tenant, &from("10.1.1.1", CidrBlockId(7)))
    }

    fn added(cidr: &str) -> Vec<Event> {
        vec![CidrBlockAdded { block: CidrBlockId(7), after: block(cidr, true) }.into()]
    }

    #[test]
    fn a_block_is_kept_as_it_is_written() {
        for cidr in ["1.2.3.4/8", "1.2.3.4", "2001:DB8::1/32", "::1"] {
            assert_eq!(add(false, cidr, ""), Ok(added(cidr)));
            assert_eq!(add(true, cidr, ""), Ok(added(cidr)));
        }
    }

    #[test]
    fn refuses_what_is_no_block_and_what_is_there_already() {
        let refused = |fault| Err(AddCidrBlockRejection::Block(fault));
        assert_eq!(add(false, "10.0.0.0/33", ""), refused(BlockFault::Malformed));
        assert_eq!(add(false, "1.2.3.4", "\u{0}"), refused(BlockFault::CommentsInvalid));
        let there = refused(BlockFault::Duplicate(CidrBlockId(1)));
        assert_eq!(add(false, "10.0.0.0/8", ""), there);
        assert_eq!(add(false, "10.9.9.9/8", ""), there);
        let there = refused(BlockFault::Duplicate(CidrBlockId(2)));
        assert_eq!(add(false, "1.1.1.1/32", ""), there);
    }

    #[test]
    fn a_list_that_is_on_takes_blocks_from_listed_addresses_only() {
        let command = AddCidrBlock { cidr: "9.9.9.9".to_owned(), enabled: true, comments: None };
        for (on, address, refused) in [
            (true, "10.1.1.1", false),
            (true, "1.1.1.1", true),
            (true, "9.9.9.9", true),
            (true, "", true),
            (false, "9.9.9.9", false),
            (false, "", false),
        ] {
            let tenant = tenant(on, &["10.0.0.0/8", "-1.1.1.1"]);
            let decided = command.decide(&tenant, &from(address, CidrBlockId(7)));
            let no = Err(AddCidrBlockRejection::Held(Hold::AddressNotListed));
            assert_eq!(decided, if refused { no } else { Ok(added("9.9.9.9")) }, "{on} {address}");
        }
    }
}
