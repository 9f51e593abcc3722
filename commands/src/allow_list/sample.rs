//! For cases: a tenant with some blocks, and somebody at an address.

use domain::{CidrBlock, CidrBlockAdded, CidrBlockId, Tenant, TenantId};

use crate::Context;

/// A block without comments.
pub(super) fn block(cidr: &str, enabled: bool) -> CidrBlock {
    CidrBlock { cidr: cidr.to_owned(), enabled, comments: None }
}

/// A tenant whose blocks are 1, 2, ...; one that starts with `-` does not count.
pub(super) fn tenant(on: bool, blocks: &[&str]) -> Tenant {
    let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
    for (id, text) in (1..).zip(blocks) {
        let cidr = text.trim_start_matches('-');
        let after = block(cidr, cidr == *text);
        tenant.allow_list.added(&CidrBlockAdded { block: CidrBlockId(id), after });
    }
    tenant.allow_list.switch(on);
    tenant
}

/// Somebody at `address`; empty for nowhere.
pub(super) fn from<F>(address: &str, fresh: F) -> Context<F> {
    Context { address: address.parse().ok(), ..Context::sample(fresh) }
}
