//! Which clients a list shows, and which page of them, as the query says it.

use projections::TAGS_MOST;
use projections::clients::ClientFilter;

use super::error::ClientsError;
use crate::call::Incoming;

/// The only type of client there is so far.
pub(super) const CLIENT_TYPE: &str = "application";

const LIMIT_USUAL: u64 = 10;
const LIMIT_MOST: u64 = 100;

/// What a list was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// `None` when what is asked for cannot be: the list is empty.
    pub(super) filter: Option<ClientFilter>,
    pub(super) page: u64,
    pub(super) limit: u64,
}

/// Reads the query. Parameters that are not known are ignored.
pub(super) fn asked(request: &Incoming) -> Result<Asked, ClientsError> {
    let value = |name| request.query_value(name).filter(|value| !value.is_empty());
    let active = value("active").map(|text| boolean("active", &text)).transpose()?;
    let only = value("active_only").map(|text| boolean("active_only", &text)).transpose()?;
    value("deleted").map(|text| boolean("deleted", &text)).transpose()?;
    let wanted = active.or(only.filter(|only| *only));
    let tags_any: Vec<_> = value("tags").iter().flat_map(|tags| list(tags)).collect();
    if tags_any.len() > TAGS_MOST {
        return Err(ClientsError::invalid(format!("at most {TAGS_MOST} tags can be asked for")));
    }
    let states = states(value("status").as_deref(), wanted);
    // No client has an e-mail address, and all are of one type.
    let is_possible =
        value("email").is_none() && value("client_type").is_none_or(|wanted| wanted == CLIENT_TYPE);
    let name_part = value("name");
    let filter = states.filter(|_| is_possible).map(|(is_active, is_locked)| ClientFilter {
        is_active,
        is_locked,
        name_part,
        tags_any,
    });
    let number = |name| value(name).and_then(|text| text.parse::<u64>().ok());
    let page = number("page").filter(|page| *page >= 1).unwrap_or(1);
    let limit = number("limit").filter(|limit| (1..=LIMIT_MOST).contains(limit));
    Ok(Asked { filter, page, limit: limit.unwrap_or(LIMIT_USUAL) })
}

/// Active or not and locked or not, as status and flag together ask; `None` where they contradict
/// each other.
fn states(status: Option<&str>, active: Option<bool>) -> Option<(Option<bool>, Option<bool>)> {
    let (by_status, locked) = match status {
        None => return Some((active, None)),
        Some("Active") => (true, Some(false)),
        Some("Locked") => (true, Some(true)),
        Some("Inactive") => (false, None),
        Some(_) => return None,
    };
    active.is_none_or(|active| active == by_status).then_some((Some(by_status), locked))
}

/// The words that Go reads as a boolean.
fn boolean(name: &str, text: &str) -> Result<bool, ClientsError> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(ClientsError::invalid(format!("invalid {name} value"))),
    }
}

/// Parts of a comma list, trimmed, blanks dropped.
fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &str) -> Result<Asked, ClientsError> {
        asked(&Incoming::sample("GET", &format!("/clients?{query}")))
    }

    fn check_states(query: &str, expected: Option<(Option<bool>, Option<bool>)>) {
        let filter = ask(query).unwrap().filter;
        let states = filter.map(|filter| (filter.is_active, filter.is_locked));
        assert_eq!(states, expected, "{query}");
    }

    #[test]
    fn active_wins_over_its_alias_and_status_must_agree() {
        check_states("", Some((None, None)));
        check_states("active=T", Some((Some(true), None)));
        check_states("active=0&active_only=true", Some((Some(false), None)));
        check_states("active_only=true", Some((Some(true), None)));
        check_states("active_only=false", Some((None, None)));
        check_states("status=Active", Some((Some(true), Some(false))));
        check_states("status=Locked&active=true", Some((Some(true), Some(true))));
        check_states("status=Inactive&active=true", None);
        check_states("status=Deleted", None);
        check_states("email=x", None);
        check_states("client_type=ai_agent", None);
    }

    #[test]
    fn what_is_no_boolean_is_refused() {
        for name in ["active", "active_only", "deleted"] {
            let refused = ClientsError::invalid(format!("invalid {name} value"));
            assert_eq!(ask(&format!("{name}=yes")), Err(refused));
        }
    }

    #[test]
    fn pages_out_of_range_count_as_the_usual_ones() {
        for (query, page, limit) in [
            ("", 1, 10),
            ("page=3&limit=100", 3, 100),
            ("page=0&limit=0", 1, 10),
            ("page=-1&limit=101", 1, 10),
            ("page=x&limit=x", 1, 10),
        ] {
            let asked = ask(query).unwrap();
            assert_eq!((asked.page, asked.limit), (page, limit), "{query}");
        }
    }

    #[test]
    fn tags_are_a_comma_list() {
        let filter = ask("tags=a,%20b%20,,c").unwrap().filter.unwrap();
        assert_eq!(filter.tags_any, ["a", "b", "c"]);
        assert!(ask(&format!("tags={}", "x,".repeat(17))).is_err());
    }
}
