//! Where deliveries may go. Whoever administers a tenant chooses a webhook's address, and must not
//! reach into the server's own network by it; so what a name stands for is looked at when it is
//! looked up, and a connection goes to what was looked at.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Looks names up, and gives public addresses only.
pub(super) struct PublicOnly;

/// A name stands for no address that may be reached.
#[derive(Debug)]
pub(super) struct NotAllowed;

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the address is not allowed")
    }
}

impl std::error::Error for NotAllowed {}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let mut public: Vec<SocketAddr> = found.filter(|it| is_public(it.ip())).collect();
            public.dedup();
            if public.is_empty() {
                return Err(NotAllowed.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether the address spelled out in a URL, if one is, may be reached by anybody: no name is
/// looked up for it.
pub(super) fn is_public_or_named(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.parse().map_or(true, is_public)
}

/// Networks that are not everybody's: this host and its networks, those that are private, shared by
/// carriers, or local to a link, and what is set apart for groups, protocols, measurements,
/// documents and the future.
const APART: [&str; 18] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "2001::/23",
    "2001:db8::/32",
    "3fff::/20",
    "5f00::/16",
];
/// All of IPv6 that is anybody's.
const ASSIGNED: &str = "2000::/3";
/// Those that stand for an IPv4 address: translated, and tunnelled.
const TRANSLATED: &str = "64:ff9b::/96";
const TUNNELLED: &str = "2002::/16";

/// Whether an address is of everybody's network, and not of the server's own.
fn is_public(address: IpAddr) -> bool {
    let address = address.to_canonical();
    let within = |network: &str| network.parse().is_ok_and(|it: IpNet| it.contains(&address));
    if let IpAddr::V6(v6) = address {
        let [.., a, b, c, d] = v6.octets();
        if within(TRANSLATED) {
            return is_public(Ipv4Addr::new(a, b, c, d).into());
        }
        let [_, _, a, b, c, d, ..] = v6.octets();
        if within(TUNNELLED) {
            return is_public(Ipv4Addr::new(a, b, c, d).into());
        }
        if !within(ASSIGNED) {
            return false;
        }
    }
    !APART.iter().any(|network| within(network))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_everybodys_network_are_public() {
        for (addresses, expected) in [
            ("93.184.216.34 8.8.8.8 172.32.0.1 100.128.0.1 192.0.1.1 2606:4700::1111", true),
            ("64:ff9b::808:808 2002:808:808::1 ::ffff:8.8.8.8", true),
            ("127.0.0.1 127.9.9.9 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 192.168.1.1", false),
            ("169.254.169.254 100.64.0.1 198.18.0.1 192.0.0.8 192.0.2.1 224.0.0.1", false),
            ("255.255.255.255 240.0.0.1 :: ::1 ::7f00:1 ::ffff:127.0.0.1", false),
            ("::ffff:10.0.0.1 64:ff9b::a00:1 2002:a00:1::1 2002:7f00:1::", false),
            (
                "fc00::1 fd12::1 fe80::1 fec0::1 ff02::1 2001::1 2001:db8::1 100::1 64:ff9b:1::1",
                false,
            ),
        ] {
            for address in addresses.split(' ') {
                assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
            }
        }
    }

    #[test]
    fn every_network_is_one() {
        for network in APART.iter().chain([&ASSIGNED, &TRANSLATED, &TUNNELLED]) {
            let read = network.parse::<IpNet>().unwrap();
            assert_eq!(read.trunc().to_string(), *network);
        }
    }

    #[test]
    fn addresses_in_urls_are_looked_at_and_names_are_not() {
        let check = |url: &str| is_public_or_named(&url.parse().unwrap());
        assert!(check("https://receiver.example/") && check("https://8.8.8.8/"));
        assert!(check("https://localhost/"), "a name is looked at when it is looked up");
        assert!(!check("https://10.0.0.1/") && !check("https://[::1]:9/"));
        assert!(!check("https://2130706433/"));
    }
}
