//! Where deliveries may go. Whoever administers a tenant chooses a webhook's address, and must not
//! reach into the server's own network by it; so what a name stands for is looked at when it is
//! looked up, and a connection goes to what was looked at.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

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

/// Whether an address is of everybody's network, and not of the server's own.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = match (a, b) {
        // This network; what carriers share; protocols' own; measurements between networks.
        (0, _) | (100, 64..=127) | (198, 18..=19) => true,
        (192, 0) => c == 0,
        // Reserved, and the broadcast.
        (240.., _) => true,
        _ => false,
    };
    !(is_special
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let within = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // Those that stand for an IPv4 address: translated, tunnelled, or written out.
        (0x64, 0xff9b) => (c, d, e, f) == (0, 0, 0, 0) && within(g, h),
        (0x2002, _) => within(b, c),
        (0, 0) => false,
        // Teredo, benchmarks, documentation, and identifiers that are no addresses.
        (0x2001, 0..=0x1ff | 0xdb8) | (0x3fff, _) => false,
        // What is assigned to everybody's network.
        (0x2000..=0x3fff, _) => true,
        _ => false,
    }
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
    fn addresses_in_urls_are_looked_at_and_names_are_not() {
        let check = |url: &str| is_public_or_named(&url.parse().unwrap());
        assert!(check("https://receiver.example/") && check("https://8.8.8.8/"));
        assert!(check("https://localhost/"), "a name is looked at when it is looked up");
        assert!(!check("https://10.0.0.1/") && !check("https://[::1]:9/"));
        assert!(!check("https://2130706433/"));
    }
}
