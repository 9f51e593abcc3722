//! Bodies of commands: JSON objects, and what is wrong with those that are none.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Why a body is not the command it should be, in words for whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    #[error("the body is not a JSON object")]
    NotAnObject,
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    #[error("{}{what}", member.as_ref().map(|name| format!("`{name}`: ")).unwrap_or_default())]
    Member {
        /// The member at fault, outermost first and joined by dots; the body itself if absent.
        member: Option<String>,
        what: String,
    },
}

/// Reads a command. A body that is not there has no members.
pub(crate) fn read<C: DeserializeOwned>(body: &[u8]) -> Result<C, BodyError> {
    let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
    // Else a list would do, its elements taken for the members in order.
    if !matches!(body.trim_ascii_start().first(), Some(b'{')) {
        return Err(match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
            Ok(_) => BodyError::NotAnObject,
            Err(error) => BodyError::NotJson(error.to_string()),
        });
    }
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Data => {
            let text = error.to_string();
            let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
            BodyError::Member { member: member(before(body, &error)), what: what.to_owned() }
        }
        Category::Io | Category::Syntax | Category::Eof => BodyError::NotJson(error.to_string()),
    })
}

/// The part of the body that was read when the error was met.
fn before<'a>(body: &'a [u8], error: &serde_json::Error) -> &'a [u8] {
    let newlines = body.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let lines = std::iter::once(0).chain(newlines.map(|(at, _)| at + 1));
    let start = lines.take(error.line()).last().unwrap_or_default();
    body.get(..start + error.column()).unwrap_or(body)
}

/// The member that JSON text breaks off in.
fn member(text: &[u8]) -> Option<String> {
    let mut open: Vec<Option<String>> = Vec::new();
    let mut string = String::new();
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => string = rest_of_string(&mut bytes),
            b'{' | b'[' => open.push(None),
            b'}' | b']' => drop(open.pop()),
            b':' => {
                if let Some(name) = open.last_mut() {
                    *name = Some(std::mem::take(&mut string));
                }
            }
            b',' => {
                if let Some(name) = open.last_mut() {
                    *name = None;
                }
            }
            _ => {}
        }
    }
    let names: Vec<_> = open.into_iter().flatten().collect();
    (!names.is_empty()).then(|| names.join("."))
}

/// Behind an opening quotation mark, up to the closing one. Escapes stay as they are written.
fn rest_of_string(bytes: &mut impl Iterator<Item = u8>) -> String {
    let mut string = Vec::new();
    while let Some(byte) = bytes.next().filter(|byte| *byte != b'"') {
        string.push(byte);
        if byte == b'\\' {
            string.extend(bytes.next());
        }
    }
    String::from_utf8_lossy(&string).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::CreateClient;
    use crate::groups::MoveGroup;

    fn check<C: DeserializeOwned + std::fmt::Debug>(body: &str, expected: &str) {
        assert_eq!(read::<C>(body.as_bytes()).unwrap_err().to_string(), expected, "{body}");
    }

    #[test]
    fn the_member_at_fault_is_named() {
        let wrong = "`to`: invalid type: string \"x\", expected i64";
        check::<MoveGroup>(r#"{"group": 1, "to": "x"}"#, wrong);
        let fraction = "`group`: invalid type: floating point `1.5`, expected i64";
        check::<MoveGroup>(r#"{"group": 1.5,"to": 2}"#, fraction);
        check::<MoveGroup>("{\n \"group\": 1,\n \"to\": \"x\"\n}", wrong);
        check::<MoveGroup>(r#"{"group": 1}"#, "missing field `to`");
        check::<MoveGroup>("", "missing field `group`");
        check::<MoveGroup>(
            r#"{"group": 1, "\"}": 2}"#,
            "unknown field `\"}`, expected `group` or `to`",
        );
        check::<CreateClient>(
            r#"{"name": "a", "tags": ["}", "b"], "access": [{"role": 1, "group": null}]}"#,
            "`access.group`: invalid type: null, expected i64",
        );
    }

    #[test]
    fn what_is_no_object_says_so() {
        check::<MoveGroup>("[1, 2]", "the body is not a JSON object");
        check::<MoveGroup>("7", "the body is not a JSON object");
        let broken = "the body is not JSON: expected ident at line 1 column 2";
        check::<MoveGroup>("nope", broken);
        check::<MoveGroup>(
            "{\"group\":",
            "the body is not JSON: EOF while parsing a value at line 1 column 9",
        );
    }
}
