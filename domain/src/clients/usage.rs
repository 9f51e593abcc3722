//! How an API client may be used, and whom it is for (Akamai IAM v3, "Create an API client").

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{CidrBlock, ClientId, ClientKind, CpCodeId, Personal, UserId};

/// The addresses that a client may call from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IpAcl {
    /// Whether it holds.
    pub enabled: bool,
    /// Addresses and blocks as they were sent, in that order.
    pub cidrs: Vec<String>,
}

/// What a client may purge from caches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurgeOptions {
    pub by_cp_code: bool,
    pub by_cache_tag: bool,
    /// Every CP code of its groups, now or later; then none is listed.
    pub all_cp_codes: bool,
    /// In the order they were sent, each once.
    pub cp_codes: Vec<CpCodeId>,
}

/// How a client may be used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientUsage {
    /// Whether it may act in other accounts, under their switch keys.
    pub allows_account_switch: bool,
    /// Whether a client that it creates may have a credential at once.
    pub creates_credentials: bool,
    /// `None` until it was told which.
    pub ip_acl: Option<IpAcl>,
    /// `None` where it was told nothing of purging.
    pub purge: Option<PurgeOptions>,
}

impl ClientUsage {
    /// Whether its credentials keep to the rotation of its user's password, and their expiry is
    /// not edited. The vendor says so of clients with the rights of a user in Control Center, and
    /// not what marks one: here they are those that manage the credentials of another user, and
    /// may act in other accounts.
    pub fn follows_user(&self, kind: ClientKind) -> bool {
        kind == ClientKind::UserClient && self.allows_account_switch
    }
}

/// A client may be used otherwise from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientUsageChanged {
    pub client: ClientId,
    pub before: ClientUsage,
    pub after: ClientUsage,
}

/// A client acts for another user from now on, who may hold more or less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientTransferred {
    pub client: ClientId,
    pub from: Option<UserId>,
    pub to: UserId,
}

/// Whom to tell when a client's credentials expire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationEmails {
    /// In the order they were sent.
    pub emails: Vec<String>,
    /// Keyed hash of all of them: equal lists are known by it.
    pub email_lookup: String,
}

/// Somebody else is told of a client's credentials from now on. What stood before stands in the
/// fact before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientNotificationEmailsSet {
    pub client: ClientId,
    /// Sealed for the user the client acts for; `None` where nobody is told.
    pub emails: Option<Personal<NotificationEmails>>,
}

impl IpAcl {
    /// Whether calls from `address` are let in. From nowhere counts as from outside.
    pub fn lets_in(&self, address: Option<IpAddr>) -> bool {
        let covers = |cidr: &String| {
            let range = CidrBlock::range_of(cidr);
            let address = address.map(|address| address.to_canonical());
            range.zip(address).is_some_and(|(range, address)| range.contains(&address))
        };
        !self.enabled || self.cidrs.iter().any(covers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acl_that_holds_lets_in_only_whom_it_covers() {
        let acl = |enabled, cidrs: &[&str]| {
            let cidrs = cidrs.iter().map(|cidr| (*cidr).to_owned()).collect();
            IpAcl { enabled, cidrs }
        };
        let lets_in = |acl: &IpAcl, address: &str| acl.lets_in(address.parse().ok());
        let some = acl(true, &["192.0.2.239", "198.51.100.20/24", "2001:db8::/32"]);
        for inside in ["192.0.2.239", "::ffff:192.0.2.239", "198.51.100.1", "2001:db8::1"] {
            assert!(lets_in(&some, inside), "{inside}");
        }
        for outside in ["192.0.2.238", "203.0.113.1", "2001:db9::1", ""] {
            assert!(!lets_in(&some, outside), "{outside}");
        }
        assert!(lets_in(&acl(false, &["192.0.2.239"]), "203.0.113.1"));
        assert!(!lets_in(&acl(true, &[]), "203.0.113.1"));
    }
}
