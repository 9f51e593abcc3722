//! What a name or a description may be made of, whoever's it is, what texts weigh, and how a
//! rejection names objects.

use domain::Aggregate;

/// How many objects a rejection's text names; its refusal holds them all.
const NAMED_MAX: usize = 10;

/// Whether `text` has 1 to `max` characters, not all of them blank, and no control characters,
/// which not every store of read models can keep.
pub(crate) fn is_name(text: &str, max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control)
}

/// Whether `text` has at most `max` characters, and no control characters but line breaks and
/// tabs.
pub(crate) fn is_description(text: &str, max: usize) -> bool {
    let allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    text.chars().count() <= max && text.chars().all(allowed)
}

/// Whether mail could be sent to `text` of at most `max` characters: a local part and a host.
pub(crate) fn is_address(text: &str, max: usize) -> bool {
    let is_host = |host: &str| !host.contains('@') && host.split('.').all(|it| !it.is_empty());
    let is_split = |(local, host): (&str, &str)| !local.is_empty() && is_host(host);
    is_name(text, max)
        && !text.contains(char::is_whitespace)
        && text.rsplit_once('@').is_some_and(is_split)
}

/// The longest address that mail can be sent to (RFC 5321).
pub(crate) const EMAIL_MAX: usize = 254;

/// Whether `text` is a name without blanks.
pub(crate) fn has_no_blank(text: &str, max: usize) -> bool {
    is_name(text, max) && !text.contains(char::is_whitespace)
}

/// Roughly how many bytes a list of texts takes.
pub(crate) fn bytes_of(texts: &[String]) -> usize {
    size_of_val(texts) + texts.iter().map(String::len).sum::<usize>()
}

/// The first few of these objects, in words.
pub(crate) fn listed(objects: &[Aggregate]) -> String {
    let named = objects.iter().take(NAMED_MAX).map(|it| format!("{} {}", it.kind, it.id));
    let text = named.collect::<Vec<_>>().join(", ");
    match objects.len().saturating_sub(NAMED_MAX) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_counted_in_characters_and_says_something() {
        assert!(is_name("Ä", 1) && is_name(" Emea ", 6));
        for bad in ["", "  ", "ab", "\u{0}"] {
            assert!(!is_name(bad, 1), "{bad:?}");
        }
    }

    #[test]
    fn a_description_may_be_empty_and_have_lines() {
        assert!(is_description("", 0) && is_description("a\n\tb", 4));
        assert!(!is_description("abc", 2) && !is_description("\u{0}", 9));
    }
}
