//! The addresses that a tenant's users may sign in from: blocks, and a switch.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Serialize};

use crate::{CidrBlockId, TenantId};

/// An address, or a range of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CidrBlock {
    /// As it was sent: bits behind the prefix stay, and a plain address stays one.
    pub cidr: String,
    /// Whether it counts.
    pub enabled: bool,
    pub comments: Option<String>,
}

/// A block was put on the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CidrBlockAdded {
    pub block: CidrBlockId,
    pub after: CidrBlock,
}

/// A block became another one under the same id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CidrBlockChanged {
    pub block: CidrBlockId,
    pub before: CidrBlock,
    pub after: CidrBlock,
}

/// A block was taken off the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CidrBlockRemoved {
    pub block: CidrBlockId,
    pub before: CidrBlock,
}

/// From here on the list holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowListEnabled {
    pub tenant: TenantId,
}

/// From here on the list does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowListDisabled {
    pub tenant: TenantId,
}

impl CidrBlock {
    /// The addresses it stands for; `None` when it is neither an address nor a CIDR block.
    pub fn range(&self) -> Option<IpNet> {
        Self::range_of(&self.cidr)
    }

    /// The addresses a text stands for, host bits cut off, so that equal ranges are equal.
    pub fn range_of(text: &str) -> Option<IpNet> {
        let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
        let net = text.parse::<IpNet>().ok().or_else(address)?.trunc();
        // Callers are known by their IPv4 address even where they come in by an IPv6 socket.
        Some(match net {
            IpNet::V4(_) => net,
            IpNet::V6(wide) => mapped(wide.addr(), wide.prefix_len()).map_or(net, IpNet::V4),
        })
    }

    /// Whether it counts, and `address` is one of those it stands for.
    pub fn covers(&self, address: IpAddr) -> bool {
        self.enabled && self.range().is_some_and(|range| range.contains(&address.to_canonical()))
    }
}

/// The IPv4 range that an IPv6 range maps.
fn mapped(address: Ipv6Addr, prefix: u8) -> Option<Ipv4Net> {
    Ipv4Net::new(address.to_ipv4_mapped()?, prefix.checked_sub(96)?).ok()
}

/// Why a list that is on may not be changed: somebody would be locked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Hold {
    #[error("the allow list is on, and the caller's address is not on it")]
    AddressNotListed,
    #[error("the allow list is on, and this is the last block that counts")]
    LastBlock,
    #[error("the allow list is on, and this block covers the caller's address")]
    CoversCaller,
}

/// The allow list of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowList {
    is_enabled: bool,
    blocks: BTreeMap<CidrBlockId, CidrBlock>,
}

impl AllowList {
    /// A list of which all is known, for whoever asks what could be done with it.
    pub fn new(is_enabled: bool, blocks: BTreeMap<CidrBlockId, CidrBlock>) -> Self {
        Self { is_enabled, blocks }
    }

    /// Whether the list holds.
    pub fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    pub fn get(&self, id: CidrBlockId) -> Option<&CidrBlock> {
        self.blocks.get(&id)
    }

    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// How many blocks count.
    pub fn enabled_blocks(&self) -> usize {
        self.blocks.values().filter(|block| block.enabled).count()
    }

    /// Whether a block that counts covers this address. What comes from nowhere is not covered.
    pub fn covers(&self, address: Option<IpAddr>) -> bool {
        address.is_some_and(|address| self.blocks.values().any(|block| block.covers(address)))
    }

    /// The block that stands for exactly these addresses, however it is written.
    pub fn of_range(&self, range: IpNet) -> Option<CidrBlockId> {
        let mut blocks = self.blocks.iter();
        blocks.find(|(_, block)| block.range() == Some(range)).map(|(id, _)| *id)
    }

    /// Whether somebody at `address` may change the list at all: anybody, while it is off.
    pub fn open_to(&self, address: Option<IpAddr>) -> Result<(), Hold> {
        if self.is_enabled && !self.covers(address) {
            return Err(Hold::AddressNotListed);
        }
        Ok(())
    }

    /// Whether somebody at `address` may edit or remove this block.
    pub fn releases(&self, block: &CidrBlock, address: Option<IpAddr>) -> Result<(), Hold> {
        self.open_to(address)?;
        if !self.is_enabled {
            return Ok(());
        }
        if block.enabled && self.enabled_blocks() == 1 {
            return Err(Hold::LastBlock);
        }
        if address.is_some_and(|address| block.covers(address)) {
            return Err(Hold::CoversCaller);
        }
        Ok(())
    }

    pub fn added(&mut self, fact: &CidrBlockAdded) {
        self.blocks.insert(fact.block, fact.after.clone());
    }

    pub fn changed(&mut self, fact: &CidrBlockChanged) {
        self.blocks.insert(fact.block, fact.after.clone());
    }

    pub fn removed(&mut self, fact: &CidrBlockRemoved) {
        self.blocks.remove(&fact.block);
    }

    pub fn switch(&mut self, on: bool) {
        self.is_enabled = on;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(cidr: &str) -> CidrBlock {
        CidrBlock { cidr: cidr.to_owned(), enabled: true, comments: None }
    }

    #[test]
    fn a_block_covers_what_lies_in_its_range() {
        for (cidr, address, covered) in [
            ("1.2.3.4/8", "1.255.0.1", true),
            ("1.2.3.4/8", "2.0.0.1", false),
            ("1.2.3.4", "1.2.3.4", true),
            ("1.2.3.4", "::ffff:1.2.3.4", true),
            ("::ffff:1.2.3.0/120", "1.2.3.4", true),
            ("::ffff:1.2.3.0/120", "1.2.4.4", false),
            ("2001:db8::1/32", "2001:db8:ffff::", true),
            ("::1", "::2", false),
            ("::/0", "1.2.3.4", false),
            ("0.0.0.0/0", "1.2.3.4", true),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(block(cidr).covers(address), covered, "{cidr} {address}");
            assert!(!CidrBlock { enabled: false, ..block(cidr) }.covers(address));
        }
    }

    #[test]
    fn what_is_neither_address_nor_block_has_no_range() {
        for bad in
            ["", " ", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4 ", "::1/129", "x", "1.2.3.4/-1"]
        {
            assert_eq!(CidrBlock::range_of(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn ranges_are_the_same_however_they_are_written() {
        let same = |one, other| CidrBlock::range_of(one) == CidrBlock::range_of(other);
        assert!(same("1.2.3.4/8", "1.0.0.0/8") && same("1.2.3.4", "1.2.3.4/32"));
        assert!(same("::1", "0:0::1/128") && same("::ffff:1.2.3.4", "1.2.3.4"));
        assert!(!same("1.2.3.4/8", "1.2.3.4/9"));
    }
}
