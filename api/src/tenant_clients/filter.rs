//! Which clients a list shows, and which page of them, as the query says it.

use commands::clients::{ACTIVE, CLIENT_TYPES};
use projections::TAGS_MOST;
use projections::tenant_clients::{Deleted, Filter, Word};

use super::error::ClientsError;
use crate::call::Incoming;

const LIMIT_USUAL: u64 = 10;
const LIMIT_MOST: u64 = 100;

/// What a list was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// `None` when what is asked for cannot be: the list is empty.
    pub(super) filter: Option<Filter>,
    /// Part of the address, whatever its case.
    pub(super) email_part: Option<String>,
    pub(super) page: u64,
    pub(super) limit: u64,
}

/// Reads the query. Parameters that are not known are ignored.
pub(super) fn asked(request: &Incoming) -> Result<Asked, ClientsError> {
    let value = |name| request.query_value(name).filter(|value| !value.is_empty());
    let flag = |name| value(name).map(|text| boolean(name, &text)).transpose();
    let (active, only, deleted) = (flag("active")?, flag("active_only")?, flag("deleted")?);
    let wanted = active.or(only.filter(|only| *only));
    let tags_any: Vec<_> = value("tags").iter().flat_map(|tags| list(tags)).collect();
    if tags_any.len() > TAGS_MOST {
        return Err(ClientsError::invalid(format!("at most {TAGS_MOST} tags can be asked for")));
    }
    let client_type = value("client_type");
    let is_type = |wanted: &String| CLIENT_TYPES.contains(&wanted.as_str());
    let shows_deleted = deleted == Some(true);
    let filter = states(value("status").as_deref(), wanted, shows_deleted);
    let filter = filter.filter(|_| client_type.as_ref().is_none_or(is_type));
    let filter = filter.map(|states| Filter {
        client_type,
        owner: value("owner_id"),
        name_part: value("name"),
        tags_any,
        ..states
    });
    let number = |name| value(name).and_then(|text| text.parse::<u64>().ok());
    let page = number("page").filter(|page| *page >= 1).unwrap_or(1);
    let limit = number("limit").filter(|limit| (1..=LIMIT_MOST).contains(limit));
    let limit = limit.unwrap_or(LIMIT_USUAL);
    Ok(Asked { filter, email_part: value("email"), page, limit })
}

/// What status, flag and deletion together ask for; `None` where they contradict each other.
fn states(status: Option<&str>, active: Option<bool>, shows_deleted: bool) -> Option<Filter> {
    let deleted = if shows_deleted { Deleted::Shown } else { Deleted::Hidden };
    let Some(status) = status else {
        return Some(Filter { deleted, is_active: active, ..Filter::default() });
    };
    // A status belongs to clients that were not deleted, but for the one that says so.
    let (by_status, is_locked, word) = match status {
        ACTIVE => (true, Some(false), None),
        "Locked" => (true, Some(true), None),
        "Deleted" => {
            let only = Filter { deleted: Deleted::Only, ..Filter::default() };
            return Some(only).filter(|_| shows_deleted && active != Some(true));
        }
        "Inactive" => (false, None, Some(Word::Usual)),
        word => (false, None, Some(Word::Is(word.to_owned()))),
    };
    let agrees = active.is_none_or(|active| active == by_status);
    let is_active = Some(by_status);
    agrees.then(|| Filter { is_active, is_locked, word, ..Filter::default() })
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
        check_states("status=Inactive", Some((Some(false), None)));
        check_states("status=Pending", Some((Some(false), None)));
        check_states("status=Inactive&active=true", None);
        check_states("status=Deleted", None);
        check_states("status=Deleted&deleted=1", Some((None, None)));
        check_states("client_type=toaster", None);
    }

    #[test]
    fn deleted_clients_are_hidden_unless_asked_for() {
        let deleted = |query: &str| ask(query).unwrap().filter.unwrap().deleted;
        assert_eq!(deleted(""), Deleted::Hidden);
        assert_eq!(deleted("deleted=false"), Deleted::Hidden);
        assert_eq!(deleted("deleted=true"), Deleted::Shown);
        assert_eq!(deleted("deleted=true&status=Deleted"), Deleted::Only);
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
