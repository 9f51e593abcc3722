//! What a webhook may be: where events may be sent, and which can be asked for.

use domain::{Aggregate, WebhookContent, is_event_filter};
use url::{Host, Url};

use crate::Refusal;
use crate::names::is_description;

const URL_MAX: usize = 2_048;
const DESCRIPTION_MAX: usize = 1_024;
const FILTERS_MAX: usize = 64;

/// Why a webhook cannot be like that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentFault {
    #[error("a URL has at most {URL_MAX} characters")]
    UrlTooLong,
    #[error("the URL is malformed: {0}")]
    UrlMalformed(String),
    #[error("a URL is https, or http on this machine's own addresses")]
    UrlNotHttps,
    #[error("a URL has no user and no password: they would stand in the record")]
    UrlHasUser,
    #[error("a URL has no query: it would stand in the record, with whatever is secret in it")]
    UrlHasQuery,
    #[error("a URL has no fragment")]
    UrlHasFragment,
    #[error("a description has at most {DESCRIPTION_MAX} characters")]
    DescriptionInvalid,
    #[error("there is no type of events {0}, and no family: one is `group.moved`, or `group.*`")]
    EventTypeUnknown(String),
    #[error("there is no kind {0}; kinds are {kinds}", kinds = Aggregate::KINDS.join(", "))]
    KindUnknown(String),
    #[error("at most {FILTERS_MAX} can be named")]
    TooMany(&'static str),
}

impl ContentFault {
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::UrlTooLong => Refusal::invalid("url_too_long", "url"),
            Self::UrlMalformed(_) => Refusal::invalid("url_malformed", "url"),
            Self::UrlNotHttps => Refusal::invalid("url_not_https", "url"),
            Self::UrlHasUser => Refusal::invalid("url_has_user", "url"),
            Self::UrlHasQuery => Refusal::invalid("url_has_query", "url"),
            Self::UrlHasFragment => Refusal::invalid("url_has_fragment", "url"),
            Self::DescriptionInvalid => Refusal::invalid("description_invalid", "description"),
            Self::EventTypeUnknown(_) => Refusal::invalid("event_type_unknown", "eventTypes"),
            Self::KindUnknown(_) => Refusal::invalid("kind_unknown", "aggregateKinds"),
            Self::TooMany(member) => Refusal::invalid("too_many_filters", member),
        }
    }
}

/// The content as it is recorded: its URL in the one form that it will be sent to.
pub(super) fn checked(content: WebhookContent) -> Result<WebhookContent, ContentFault> {
    use ContentFault as No;

    let url = checked_url(&content.url)?;
    if !is_description(&content.description, DESCRIPTION_MAX) {
        return Err(No::DescriptionInvalid);
    }
    for (member, named) in
        [("eventTypes", &content.event_types), ("aggregateKinds", &content.aggregate_kinds)]
    {
        if named.len() > FILTERS_MAX {
            return Err(No::TooMany(member));
        }
    }
    if let Some(unknown) = content.event_types.iter().find(|text| !is_event_filter(text)) {
        return Err(No::EventTypeUnknown(unknown.clone()));
    }
    let is_kind = |text: &&String| Aggregate::KINDS.contains(&text.as_str());
    if let Some(unknown) = content.aggregate_kinds.iter().find(|text| !is_kind(text)) {
        return Err(No::KindUnknown(unknown.clone()));
    }
    Ok(WebhookContent { url, ..content })
}

fn checked_url(text: &str) -> Result<String, ContentFault> {
    use ContentFault as No;

    if text.len() > URL_MAX {
        return Err(No::UrlTooLong);
    }
    let url = Url::parse(text).map_err(|error| No::UrlMalformed(error.to_string()))?;
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => {}
        "http" if is_here => {}
        _ => return Err(No::UrlNotHttps),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(No::UrlHasUser);
    }
    if url.query().is_some() {
        return Err(No::UrlHasQuery);
    }
    if url.fragment().is_some() {
        return Err(No::UrlHasFragment);
    }
    // Escapes may have made it longer.
    let url = String::from(url);
    if url.len() > URL_MAX { Err(No::UrlTooLong) } else { Ok(url) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: Result<&str, ContentFault>) {
        assert_eq!(checked_url(url), expected.map(str::to_owned), "{url}");
    }

    #[test]
    fn a_url_is_https_or_http_on_this_machine() {
        use ContentFault as No;
        check("https://Receiver.example", Ok("https://receiver.example/"));
        check("https://receiver.example:8443/a/b", Ok("https://receiver.example:8443/a/b"));
        check("http://localhost:9000/hook", Ok("http://localhost:9000/hook"));
        check("http://127.0.0.1/", Ok("http://127.0.0.1/"));
        check("http://[::1]:9000/", Ok("http://[::1]:9000/"));
        check("http://2130706433/", Ok("http://127.0.0.1/"));
        for bad in [
            "http://receiver.example/",
            "http://10.0.0.1/",
            "http://localhost.example/",
            "ftp://receiver.example/",
            "file:///etc/passwd",
            "data:text/plain,x",
        ] {
            check(bad, Err(No::UrlNotHttps));
        }
        check("https://ada:s3cret@receiver.example/", Err(No::UrlHasUser));
        check("https://ada@receiver.example/", Err(No::UrlHasUser));
        check("https://receiver.example/?key=s3cret", Err(No::UrlHasQuery));
        check("https://receiver.example/#part", Err(No::UrlHasFragment));
        for bad in ["", "receiver.example", "https://", "https://a b/", "https://[::1/"] {
            assert!(matches!(checked_url(bad), Err(No::UrlMalformed(_))), "{bad}");
        }
        let long = |length: usize| format!("https://a/{}", "x".repeat(length - 10));
        check(&long(2_049), Err(No::UrlTooLong));
        check(&long(2_048), Ok(&long(2_048)));
        let escaped = format!("https://a/{}", "ä".repeat(1_000));
        check(&escaped, Err(No::UrlTooLong));
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        use ContentFault as No;
        let set = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let good = || WebhookContent {
            url: "https://receiver.example/".to_owned(),
            description: "audit\nsecond line".to_owned(),
            event_types: set(&["group.*", "user.created"]),
            aggregate_kinds: set(&["feature.system"]),
        };
        assert_eq!(checked(good()), Ok(good()));
        let long = WebhookContent { description: "x".repeat(1_025), ..good() };
        assert_eq!(checked(long), Err(No::DescriptionInvalid));
        let odd = WebhookContent { event_types: set(&["group.painted"]), ..good() };
        assert_eq!(checked(odd), Err(No::EventTypeUnknown("group.painted".to_owned())));
        let odd = WebhookContent { aggregate_kinds: set(&["feature"]), ..good() };
        assert_eq!(checked(odd), Err(No::KindUnknown("feature".to_owned())));
        let many = (0..65).map(|number| number.to_string()).collect();
        let many = WebhookContent { aggregate_kinds: many, ..good() };
        assert_eq!(checked(many), Err(No::TooMany("aggregateKinds")));
    }
}
