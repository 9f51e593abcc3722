//! Where a page of events ended, as one opaque word. It goes with the search it came from and with
//! no other.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::TenantId;
use eventlog::payload_hash;

use crate::problem::Problem;

/// Of the form below; another form gets another number.
const VERSION: u8 = 1;

/// By what a page goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// In the order of the log, to read all of it: a cursor can be kept and asked again when more
    /// was recorded.
    Ordinal,
    /// By when it happened, and by ordinal inside a microsecond. Time never runs backwards in a
    /// tenant, so both walk the same way; what differs is what a cursor holds on to.
    Time,
}

/// What tells one search from another: a cursor is refused by any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint([u8; 8]);

impl Fingerprint {
    /// Of the parameters that say what is found and in which order.
    pub(super) fn of(tenant: &TenantId, said: &[(String, String)]) -> Self {
        let mut said: Vec<_> = said.iter().collect();
        said.sort();
        let text = serde_json::json!([tenant, said]).to_string();
        let hash = payload_hash(text.as_bytes()).0;
        Self(hash.first_chunk().copied().unwrap_or_default())
    }
}

/// A place in a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) sort: Sort,
    pub(super) search: Fingerprint,
    /// The last event that was looked at.
    pub(super) ordinal: i64,
    /// When it was recorded; told by cursors that go by time.
    pub(super) at: Option<DateTime<Utc>>,
}

impl Cursor {
    pub(super) fn encode(&self) -> String {
        let sort = match self.sort {
            Sort::Ordinal => b'o',
            Sort::Time => b't',
        };
        let mut bytes = vec![VERSION, sort];
        bytes.extend(self.search.0);
        bytes.extend(self.ordinal.to_be_bytes());
        if let Some(at) = self.at {
            bytes.extend(at.timestamp_micros().to_be_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor, given as `member`, that must be of this search.
    pub(super) fn decode(
        text: &str,
        member: &str,
        sort: Sort,
        search: Fingerprint,
    ) -> Result<Self, Problem> {
        let refuse = |why: &str| {
            let detail = format!("{member} {why}");
            Problem::invalid("cursor_invalid", member, detail)
        };
        let broken = || refuse("is not an ordinal or a cursor that this server gave out");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| broken())?;
        let (&[version, sorted], rest) = bytes.split_first_chunk().ok_or_else(broken)?;
        if version != VERSION {
            return Err(refuse("is a cursor of another version of this server"));
        }
        let (found, rest) = rest.split_first_chunk().ok_or_else(broken)?;
        let (ordinal, rest) = rest.split_first_chunk().ok_or_else(broken)?;
        let ordinal = i64::from_be_bytes(*ordinal);
        let given = match (sorted, rest) {
            (b'o', []) => {
                Self { sort: Sort::Ordinal, search: Fingerprint(*found), ordinal, at: None }
            }
            (b't', rest) => {
                let micros = rest.try_into().map(i64::from_be_bytes).map_err(|_| broken())?;
                let at = DateTime::from_timestamp_micros(micros).ok_or_else(broken)?;
                Self { sort: Sort::Time, search: Fingerprint(*found), ordinal, at: Some(at) }
            }
            _ => return Err(broken()),
        };
        if given.ordinal < 0 {
            return Err(broken());
        }
        if (given.sort, given.search) != (sort, search) {
            return Err(refuse(
                "is a cursor of another search: it goes with the same filters, order and sort",
            ));
        }
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(said: &[(&str, &str)]) -> Fingerprint {
        let said: Vec<_> = said.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Fingerprint::of(&TenantId::system(), &said)
    }

    #[test]
    fn a_cursor_goes_with_its_own_search() {
        let one = search(&[("type", "group.moved"), ("order", "desc")]);
        assert_eq!(search(&[("order", "desc"), ("type", "group.moved")]), one, "in any order");
        for at in [None, DateTime::from_timestamp_micros(1_767_225_600_000_001)] {
            let sort = if at.is_some() { Sort::Time } else { Sort::Ordinal };
            let cursor = Cursor { sort, search: one, ordinal: 17, at };
            let text = cursor.encode();
            assert_eq!(Cursor::decode(&text, "cursor", sort, one), Ok(cursor));
            let other = search(&[("type", "group.moved"), ("order", "asc")]);
            let refused = Cursor::decode(&text, "cursor", sort, other).unwrap_err();
            assert!(refused.detail.contains("another search"), "{}", refused.detail);
            let sort = if at.is_some() { Sort::Ordinal } else { Sort::Time };
            assert!(Cursor::decode(&text, "cursor", sort, one).is_err());
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let one = search(&[]);
        let whole = Cursor { sort: Sort::Ordinal, search: one, ordinal: 17, at: None }.encode();
        let mut later = URL_SAFE_NO_PAD.decode(&whole).unwrap();
        later[0] = 2;
        let later = URL_SAFE_NO_PAD.encode(later);
        for broken in ["", "x", "AA", "%%%", "é", &whole[1..], &format!("{whole}AAAA"), &later] {
            let refused = Cursor::decode(broken, "after", Sort::Ordinal, one).unwrap_err();
            assert_eq!(
                (refused.code, refused.member.as_deref()),
                ("cursor_invalid", Some("after"))
            );
        }
        let negative = Cursor { sort: Sort::Ordinal, search: one, ordinal: -1, at: None };
        assert!(Cursor::decode(&negative.encode(), "after", Sort::Ordinal, one).is_err());
    }
}
