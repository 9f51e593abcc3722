//! Lets an API client call from some addresses only (Capture, `clients/set_whitelist`).

use domain::{Aggregate, ClientAllowListSet, ClientAllowLists, ClientId, Event, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{is_itself, is_last_owner};
use crate::names::bytes_of;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Each block is looked at with every call.
const BLOCKS_MAX: usize = 1000;

/// Lets an API client call from some addresses only.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetClientAllowList {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    /// 1 to 1,000 IPv4 CIDR blocks, `x.x.x.x/n`; what is named twice counts once.
    pub blocks: Vec<String>,
}

/// Why a list of blocks cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlocksFault {
    /// The first one that is none.
    #[error("{0:?} is no IPv4 CIDR block")]
    Malformed(String),
    #[error("an allow list has 1 to {BLOCKS_MAX} blocks, not {0}")]
    TooFewOrMany(usize),
}

impl BlocksFault {
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::Malformed(_) => Refusal::invalid("cidr_malformed", "blocks"),
            Self::TooFewOrMany(_) => Refusal::invalid("blocks_too_few_or_many", "blocks"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetClientAllowListRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error(transparent)]
    Blocks(BlocksFault),
    #[error("client {0} is the last usable owner, and would lock itself out")]
    LastOwnerOutside(ClientId),
}

impl Rejection for SetClientAllowListRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::Blocks(fault) => fault.refusal(),
            Self::LastOwnerOutside(client) => {
                let blocking = vec![Aggregate::client(*client)];
                Refusal::conflict("last_owner_outside", blocking).about("blocks")
            }
        }
    }
}

/// The blocks of a request in the order they came, each once.
pub(super) fn read(blocks: &[String]) -> Result<Vec<String>, BlocksFault> {
    if blocks.is_empty() || blocks.len() > BLOCKS_MAX {
        return Err(BlocksFault::TooFewOrMany(blocks.len()));
    }
    let mut read: Vec<String> = Vec::with_capacity(blocks.len());
    for block in blocks {
        if ClientAllowLists::range(block).is_none() {
            return Err(BlocksFault::Malformed(block.clone()));
        }
        if !read.contains(block) {
            read.push(block.clone());
        }
    }
    Ok(read)
}

impl Command for SetClientAllowList {
    type Rejection = SetClientAllowListRejection;
    type Fresh = ();
    const NAME: &'static str = "SetClientAllowList";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + bytes_of(&self.blocks)
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context,
    ) -> Result<Vec<Event>, SetClientAllowListRejection> {
        use SetClientAllowListRejection as No;

        let client = self.client;
        tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        let after = read(&self.blocks).map_err(No::Blocks)?;
        let before = tenant.client_allow_lists.of(client).to_vec();
        let is_as_without = before.is_empty() && after == [ClientAllowLists::EVERYWHERE];
        if before == after || is_as_without {
            return Ok(Vec::new());
        }
        let is_outside = !ClientAllowLists::covers(&after, context.address);
        if is_outside && is_itself(&context.actor, tenant, client) && is_last_owner(tenant, client)
        {
            return Err(No::LastOwnerOutside(client));
        }
        Ok(vec![ClientAllowListSet { client, before, after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::ClientFeature;

    use super::*;
    use crate::clients::sample::{acting, created, id, tenant};

    fn decide(client: u128, blocks: &[&str]) -> Result<Vec<Event>, SetClientAllowListRejection> {
        let blocks = blocks.iter().map(|block| (*block).to_owned()).collect();
        SetClientAllowList { client: id(client), blocks }.decide(&tenant(), &Context::sample(()))
    }

    #[test]
    fn the_whole_list_is_replaced() {
        let after = vec!["10.0.0.1/8".to_owned(), "192.0.2.7/32".to_owned()];
        let fact = ClientAllowListSet { client: id(2), before: Vec::new(), after: after.clone() };
        let decided = decide(2, &["10.0.0.1/8", "192.0.2.7/32", "10.0.0.1/8"]);
        assert_eq!(decided, Ok(vec![fact.clone().into()]));
        assert_eq!(decide(2, &["0.0.0.0/0"]), Ok(Vec::new()));
        let mut tenant = tenant();
        tenant.apply(&fact.into());
        let context = Context::sample(());
        let again = SetClientAllowList { client: id(2), blocks: after.clone() };
        assert_eq!(again.decide(&tenant, &context), Ok(Vec::new()));
        let everywhere = vec![ClientAllowLists::EVERYWHERE.to_owned()];
        let opened = SetClientAllowList { client: id(2), blocks: everywhere.clone() };
        let fact = ClientAllowListSet { client: id(2), before: after, after: everywhere };
        assert_eq!(opened.decide(&tenant, &context), Ok(vec![fact.into()]));
    }

    #[test]
    fn refuses_what_is_unknown_or_no_block() {
        use SetClientAllowListRejection as No;
        assert_eq!(decide(9, &["10.0.0.0/8"]), Err(No::ClientUnknown(id(9))));
        assert_eq!(decide(2, &[]), Err(No::Blocks(BlocksFault::TooFewOrMany(0))));
        for bad in ["10.0.0.1", "10.0.0.0/33", "10.0.0/8", "::/0", "", "10.0.0.0/-1", "x"] {
            let fault = BlocksFault::Malformed(bad.to_owned());
            assert_eq!(decide(2, &["10.0.0.0/8", bad]), Err(No::Blocks(fault)));
        }
        let many = BlocksFault::TooFewOrMany(1001);
        assert_eq!(decide(2, &["10.0.0.0/8"; 1001]), Err(No::Blocks(many)));
    }

    #[test]
    fn the_last_owner_does_not_lock_itself_out() {
        let decide = |tenant: &Tenant, block: &str| {
            let blocks = vec![block.to_owned()];
            let address = Some("192.0.2.7".parse().unwrap());
            let context = Context { address, ..acting(tenant, 1) };
            SetClientAllowList { client: id(1), blocks }.decide(tenant, &context).map(|it| it.len())
        };
        let mut tenant = tenant();
        assert_eq!(decide(&tenant, "192.0.2.0/24"), Ok(1));
        let refused = SetClientAllowListRejection::LastOwnerOutside(id(1));
        assert_eq!(decide(&tenant, "10.0.0.0/8"), Err(refused));
        tenant.clients.created(&created(5, "other boss", &[ClientFeature::Owner]));
        assert_eq!(decide(&tenant, "10.0.0.0/8"), Ok(1));
    }
}
