//! Signs as the published clients do, without help from what is tested.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::RequestBuilder;
use sha1::Sha1;

use crate::world::World;

/// How a client of a published library goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Sorts `key=value` texts; nothing follows the date where there are no parameters.
    Python,
    /// Sorts by key; an empty line follows where there are none.
    Samples,
}

/// The text of a `Date` header, `minutes` from now.
pub(super) fn date(minutes: i64) -> String {
    (Utc::now() + TimeDelta::minutes(minutes)).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The `Authorization` header for a call.
pub(super) fn signature(
    manner: Manner,
    (id, secret): (&str, &str),
    endpoint: &str,
    date: &str,
    parameters: &[(&str, &str)],
) -> String {
    let mut pairs = parameters.to_vec();
    pairs.sort_by_key(|(key, _)| *key);
    let mut lines: Vec<_> = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if manner == Manner::Python {
        lines.sort();
    }
    let mut text = format!("{endpoint}\n{date}\n{}", lines.join("\n"));
    if manner == Manner::Samples || !lines.is_empty() {
        text.push('\n');
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    format!("Signature {id}:{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// A signed call as the Python library sends it: a form, or nothing and no content type.
pub(super) fn python(
    world: &World,
    client: (&str, &str),
    endpoint: &str,
    parameters: &[(&str, &str)],
) -> RequestBuilder {
    let date = date(0);
    let header = signature(Manner::Python, client, endpoint, &date, parameters);
    let request = world.request("POST", endpoint);
    let request = request.header("authorization", header).header("date", date);
    if parameters.is_empty() {
        return request.header("content-length", "0");
    }
    request.header("accept-encoding", "gzip").form(parameters)
}
