//! Calls from web pages of other origins, as browsers ask for them (CORS). Whoever calls shows a
//! credential of its own and no browser adds one by itself, so no cookie is ever allowed.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, header};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

/// Any origin.
const ANY: &str = "*";

/// How long a browser may remember what it was allowed.
const REMEMBERED: Duration = Duration::from_hours(2);

/// What a page may read of an answer beside its body: where things are, how it went over gRPC-web,
/// and what Chancery itself says.
const SHOWN: [HeaderName; 10] = [
    header::ETAG,
    header::LOCATION,
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
    HeaderName::from_static("chancery-position"),
    HeaderName::from_static("chancery-as-of-milliseconds"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-status-details-bin"),
    HeaderName::from_static(super::REQUEST_ID),
];

/// Answers for pages of these origins; `None` where there are none.
pub(super) fn layer(origins: &[String]) -> Option<CorsLayer> {
    let values = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let allowed = match origins {
        [] => return None,
        any if any.iter().any(|origin| origin == ANY) => AllowOrigin::any(),
        _ => AllowOrigin::list(values),
    };
    let layer = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(SHOWN)
        .max_age(REMEMBERED);
    Some(layer)
}

/// An origin as a browser sends it: `scheme://host[:port]`, or `*`.
pub(crate) fn origin(text: &str) -> Result<String, String> {
    if text == ANY {
        return Ok(text.to_owned());
    }
    let url = reqwest::Url::parse(text).map_err(|error| error.to_string())?;
    let is_web = matches!(url.scheme(), "http" | "https");
    // A path, and be it a slash, never stands in an origin.
    if is_web && url.origin().ascii_serialization() == text {
        Ok(text.to_owned())
    } else {
        Err("an origin is scheme://host[:port] as a browser sends it, or *".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for good in ["*", "https://console.example", "http://localhost:3000"] {
            assert_eq!(origin(good).as_deref(), Ok(good));
        }
        for bad in ["", "console.example", "https://a.example/", "https://a.example/x", "ftp://a"] {
            assert!(origin(bad).is_err(), "{bad}");
        }
        assert!(origin("https://A.example").is_err(), "a browser sends it in lower case");
    }
}
