//! The addresses that an API client may call from: each client has a list of its own, and calls
//! from anywhere while it has none.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};

use crate::{ClientDeleted, ClientId};

/// A client may call from these blocks only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientAllowListSet {
    pub client: ClientId,
    /// Empty when it had no list.
    pub before: Vec<String>,
    /// IPv4 CIDR blocks as they were sent, bits behind the prefix and all.
    pub after: Vec<String>,
}

/// A client may call from anywhere again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientAllowListCleared {
    pub client: ClientId,
    pub before: Vec<String>,
}

/// The lists of one tenant's clients, as far as they have one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientAllowLists {
    by_client: BTreeMap<ClientId, Vec<String>>,
}

impl ClientAllowLists {
    /// The block that stands for every address, an IPv6 one too.
    pub const EVERYWHERE: &str = "0.0.0.0/0";

    /// The range that a text of the form `x.x.x.x/n` stands for.
    pub fn range(text: &str) -> Option<Ipv4Net> {
        text.parse().ok()
    }

    /// Whether a client with these blocks may call from `address`. With none it may from anywhere.
    pub fn covers<T: AsRef<str>>(blocks: &[T], address: Option<IpAddr>) -> bool {
        let mut ranges = blocks.iter().filter_map(|block| Self::range(block.as_ref()));
        let is_covered = |range: Ipv4Net| match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => range.contains(&address),
            Some(IpAddr::V6(_)) | None => range.prefix_len() == 0,
        };
        blocks.is_empty() || ranges.any(is_covered)
    }

    /// The client's blocks; empty when it has no list.
    pub fn of(&self, client: ClientId) -> &[String] {
        self.by_client.get(&client).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn len(&self) -> usize {
        self.by_client.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_client.is_empty()
    }

    pub fn set(&mut self, fact: &ClientAllowListSet) {
        self.by_client.insert(fact.client, fact.after.clone());
    }

    pub fn cleared(&mut self, fact: &ClientAllowListCleared) {
        self.by_client.remove(&fact.client);
    }

    pub fn client_deleted(&mut self, fact: &ClientDeleted) {
        self.by_client.remove(&fact.client);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_covers_what_lies_in_one_of_its_blocks() {
        for (blocks, address, covered) in [
            (&[][..], "2001:db8::1", true),
            (&["10.1.2.3/8"], "10.255.0.1", true),
            (&["10.0.0.0/8"], "::ffff:10.0.0.1", true),
            (&["10.0.0.0/8"], "11.0.0.1", false),
            (&["10.0.0.0/8", "11.0.0.1/32"], "11.0.0.1", true),
            (&["10.0.0.0/8"], "2001:db8::1", false),
            (&["0.0.0.0/0"], "2001:db8::1", true),
        ] {
            let address = Some(address.parse().unwrap());
            assert_eq!(
                ClientAllowLists::covers(blocks, address),
                covered,
                "{blocks:?} {address:?}"
            );
        }
        assert!(!ClientAllowLists::covers(&["10.0.0.0/8"], None));
    }
}
