//! A request gets its name, its caller's address, and one place for its host.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CACHE_CONTROL, HOST};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use uuid::Uuid;

use super::REQUEST_ID;

const REQUEST_ID_LENGTH_MAX: usize = 128;
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Makes of what arrived what all else relies on: `x-request-id` and `host` are in the headers,
/// and `ConnectInfo` has the address of the caller, not of a proxy.
pub(super) async fn receive(
    State(trusted): State<Arc<[IpNet]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = request_id(request.headers());
    request.headers_mut().insert(REQUEST_ID, id.clone());

    // HTTP/2 has the host in `:authority`, which EdgeGrid signs as it would `Host`.
    if let Some(authority) = request.uri().authority().cloned()
        && !request.headers().contains_key(HOST)
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        request.headers_mut().insert(HOST, host);
    }

    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    if let Some(peer) = peer {
        let address = caller_address(peer.ip().to_canonical(), request.headers(), &trusted);
        let caller = SocketAddr::new(address, peer.port());
        request.extensions_mut().insert(ConnectInfo(caller));
    }

    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id);
    // Answers are about the moment, and some show a secret.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The id the caller gave, if it can stand in a header and a log line, or a fresh one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let fits = |id: &&HeaderValue| {
        (1..=REQUEST_ID_LENGTH_MAX).contains(&id.len())
            && id.as_bytes().iter().all(u8::is_ascii_graphic)
    };
    if let Some(given) = headers.get(REQUEST_ID).filter(fits) {
        return given.clone();
    }
    let fresh = Uuid::now_v7().simple().to_string();
    HeaderValue::from_str(&fresh).unwrap_or(HeaderValue::from_static("unnamed"))
}

/// Walks the forwarding chain from its near end as far as it consists of trusted proxies.
fn caller_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut address = peer;
    let values = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let chain: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in chain.into_iter().rev() {
        if !is_trusted(&address) {
            break;
        }
        let Some(before) = parse(hop) else { break };
        address = before;
    }
    address
}

/// An address, with or without a port.
fn parse(hop: &str) -> Option<IpAddr> {
    let address = hop.parse().ok().or_else(|| hop.parse().ok().map(|peer: SocketAddr| peer.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peer: &str, forwarded: &[&str], expected: &str) {
        let trusted = ["10.0.0.0/8", "::1/128"].map(|net| net.parse().unwrap());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let found = caller_address(peer.parse().unwrap(), &headers, &trusted);
        assert_eq!(found.to_string(), expected, "{peer} {forwarded:?}");
    }

    #[test]
    fn only_trusted_proxies_say_who_called() {
        check("192.0.2.1", &["198.51.100.7"], "192.0.2.1");
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("::1", &["2001:db8::7"], "2001:db8::7");
        check("10.0.0.1", &["203.0.113.9, 198.51.100.7"], "198.51.100.7");
        check("10.0.0.1", &["203.0.113.9", "198.51.100.7, 10.2.2.2"], "198.51.100.7");
        check("10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7");
        check("10.0.0.1", &["198.51.100.7, unknown"], "10.0.0.1");
    }

    #[test]
    fn a_request_id_is_kept_if_it_is_harmless() {
        let with = |id: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, id.parse().unwrap());
            request_id(&headers)
        };
        assert_eq!(with("abc-1"), "abc-1");
        for bad in ["", "two words", &"x".repeat(129)] {
            assert_eq!(with(bad).len(), 32, "{bad}");
        }
        assert_ne!(with(""), with(""));
    }
}
