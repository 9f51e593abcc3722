//! Searching texts by their parts, and by any of some tags, in SQL that both stores share.

use std::collections::BTreeSet;

use crate::{Value, ViewError};

/// How many tags one question may name.
pub const TAGS_MOST: usize = 16;

/// A name as it is searched: in lower case.
pub(crate) fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// Every ending of a name, folded.
pub(crate) fn endings(name: &str) -> BTreeSet<String> {
    let name = folded(name);
    name.char_indices().filter_map(|(at, _)| name.get(at..)).map(str::to_owned).collect()
}

/// The tags as parameters, always as many.
pub(crate) fn padded(tags: &[String]) -> Result<Vec<Value>, ViewError> {
    let tags: BTreeSet<_> = tags.iter().collect();
    if tags.len() > TAGS_MOST {
        return Err(ViewError::TooManyTags { most: TAGS_MOST });
    }
    let mut params: Vec<_> = tags.into_iter().map(Value::from).collect();
    let last = params.last().cloned().unwrap_or(Value::Text(String::new()));
    params.resize(TAGS_MOST, last);
    Ok(params)
}

/// The first text behind all texts that begin with `part`, byte by byte.
pub(crate) fn just_past(part: &str) -> String {
    let mut chars: Vec<char> = part.chars().collect();
    while let Some(last) = chars.pop() {
        // The surrogates between these two are no characters.
        let next = if last == '\u{d7ff}' { '\u{e000}' as u32 } else { last as u32 + 1 };
        if let Some(next) = char::from_u32(next) {
            chars.push(next);
            break;
        }
    }
    chars.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn just_past_a_text_lies_nothing_that_begins_with_it() {
        assert_eq!(just_past("abc"), "abd");
        assert_eq!(just_past("a\u{d7ff}"), "a\u{e000}");
        assert_eq!(just_past("a\u{10ffff}"), "b");
        assert!("abc\u{10ffff}" < just_past("abc").as_str());
    }

    #[test]
    fn tags_are_padded_and_counted() {
        assert_eq!(padded(&["a".to_owned()]).unwrap(), vec![Value::from("a"); TAGS_MOST]);
        let many: Vec<_> = (0..=TAGS_MOST).map(|n| n.to_string()).collect();
        assert!(padded(&many).is_err());
    }
}
