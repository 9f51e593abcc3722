//! What a block must be like, whether it is new or takes the place of another.

use domain::{Aggregate, CidrBlock, CidrBlockId, Tenant};

use crate::Refusal;
use crate::names::is_description;

const COMMENTS_MAX: usize = 1000;

/// Why a block cannot stand on the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockFault {
    #[error("neither an IP address nor a CIDR block")]
    Malformed,
    #[error("comments have at most {COMMENTS_MAX} characters, none of them control characters")]
    CommentsInvalid,
    #[error("block {0} stands for the same addresses")]
    Duplicate(CidrBlockId),
}

impl BlockFault {
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::Malformed => Refusal::invalid("cidr_malformed", "cidr"),
            Self::CommentsInvalid => Refusal::invalid("comments_invalid", "comments"),
            Self::Duplicate(block) => {
                Refusal::conflict("cidr_duplicate", vec![Aggregate::cidr_block(*block)])
            }
        }
    }
}

/// The block as a fact holds it. `at` is the one whose place it takes. Empty comments are none.
pub(super) fn checked(
    tenant: &Tenant,
    at: Option<CidrBlockId>,
    cidr: &str,
    enabled: bool,
    comments: Option<&str>,
) -> Result<CidrBlock, BlockFault> {
    let range = CidrBlock::range_of(cidr).ok_or(BlockFault::Malformed)?;
    let comments = comments.filter(|comments| !comments.is_empty());
    if comments.is_some_and(|comments| !is_description(comments, COMMENTS_MAX)) {
        return Err(BlockFault::CommentsInvalid);
    }
    if let Some(other) = tenant.allow_list.of_range(range).filter(|other| Some(*other) != at) {
        return Err(BlockFault::Duplicate(other));
    }
    Ok(CidrBlock { cidr: cidr.to_owned(), enabled, comments: comments.map(str::to_owned) })
}
