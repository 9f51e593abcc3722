//! Takes a block off the allow list (Akamai IAM v3, "Delete a CIDR block"). Sessions that are open
//! stay open.

use domain::{Aggregate, CidrBlockId, CidrBlockRemoved, Event, Hold, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::held;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Takes a block off the allow list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoveCidrBlock {
    #[schemars(with = "i64")]
    pub block: CidrBlockId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoveCidrBlockRejection {
    #[error("there is no block {0}")]
    BlockUnknown(CidrBlockId),
    #[error(transparent)]
    Held(Hold),
}

impl Rejection for RemoveCidrBlockRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::BlockUnknown(_) => Refusal::not_found("block_unknown", "block"),
            Self::Held(hold) => held(*hold),
        }
    }
}

impl Command for RemoveCidrBlock {
    type Rejection = RemoveCidrBlockRejection;
    type Fresh = ();
    const NAME: &'static str = "RemoveCidrBlock";

    fn needs(&self) -> Right {
        Right::UserAdmin
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
    ) -> Result<Vec<Event>, RemoveCidrBlockRejection> {
        use RemoveCidrBlockRejection as No;

        let block = self.block;
        let before = tenant.allow_list.get(block).ok_or(No::BlockUnknown(block))?;
        tenant.allow_list.releases(before, context.address).map_err(No::Held)?;
        Ok(vec![CidrBlockRemoved { block, before: before.clone() }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{block, from, tenant};
    use super::*;

    fn check(
        (on, blocks): (bool, &[&str]),
        number: i64,
        address: &str,
        expected: Result<&str, RemoveCidrBlockRejection>,
    ) {
        let number = CidrBlockId(number);
        let decided = RemoveCidrBlock { block: number };
        let decided = decided.decide(&tenant(on, blocks), &from(address, ()));
        let removed = |text: &str| {
            let cidr = text.trim_start_matches('-');
            vec![CidrBlockRemoved { block: number, before: block(cidr, cidr == text) }.into()]
        };
        assert_eq!(decided, expected.map(removed), "{number} from {address}");
    }

    #[test]
    fn a_list_that_is_off_may_lose_any_block() {
        check((false, &["10.0.0.0/8"]), 1, "10.1.1.1", Ok("10.0.0.0/8"));
        check((false, &["10.0.0.0/8"]), 1, "", Ok("10.0.0.0/8"));
        let unknown = RemoveCidrBlockRejection::BlockUnknown(CidrBlockId(2));
        check((false, &["10.0.0.0/8"]), 2, "", Err(unknown));
    }

    #[test]
    fn a_list_that_is_on_keeps_its_caller_in_and_its_last_block() {
        let held = |hold| Err(RemoveCidrBlockRejection::Held(hold));
        let on = |blocks| (true, blocks);
        let two: &[&str] = &["10.0.0.0/8", "1.1.1.1", "-2.2.2.2"];
        check(on(two), 2, "10.1.1.1", Ok("1.1.1.1"));
        check(on(two), 3, "10.1.1.1", Ok("-2.2.2.2"));
        check(on(two), 1, "10.1.1.1", held(Hold::CoversCaller));
        check(on(two), 2, "8.8.8.8", held(Hold::AddressNotListed));
        check(on(two), 2, "", held(Hold::AddressNotListed));
        check(on(&["10.0.0.0/8", "-2.2.2.2"]), 1, "10.1.1.1", held(Hold::LastBlock));
    }
}
