//! The tables the walk goes by, read from their files.

use std::collections::BTreeMap;

use crate::world::published::{PUBLISHED, Published};

const OPERATIONS: &str = include_str!("operations.txt");
const AUTHORIZATION: &str = include_str!("authorization.txt");

/// What stands for what in a path or a body.
pub(crate) type Names = BTreeMap<String, String>;

/// One operation as it is called, and what has to come of it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: &'static str,
    pub(crate) path: &'static str,
    pub(crate) body: &'static str,
    /// Names, and where in the reply they are told.
    pub(super) keeps: Vec<(&'static str, &'static str)>,
    /// A type of event, and the member of it that tells what stood before.
    pub(super) event: Option<(&'static str, Option<&'static str>)>,
    /// Path, pointer, and the value that a read finds there.
    pub(super) sees: Vec<(&'static str, &'static str, &'static str)>,
    pub(super) gone: Option<&'static str>,
    pub(super) is_spare: bool,
}

/// The two parts of a text around its first blanks.
fn split(text: &'static str) -> (&'static str, &'static str) {
    let (one, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (one, rest.trim())
}

/// Lines that are neither empty nor remarks.
fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

/// All rows, in the order of the walk.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in lines(OPERATIONS) {
        let (word, rest) = split(line.trim());
        if !line.starts_with(' ') {
            let (path, body) = split(rest);
            let (keeps, sees) = (Vec::new(), Vec::new());
            let (event, gone, is_spare) = (None, None, false);
            rows.push(Row { id: word, path, body, keeps, event, sees, gone, is_spare });
            continue;
        }
        let row = rows.last_mut().unwrap();
        let (first, second) = split(rest);
        match word {
            "keep" => row.keeps.push((first, second)),
            "event" => row.event = Some((first, Some(second).filter(|it| !it.is_empty()))),
            "see" => {
                let (pointer, value) = split(second);
                row.sees.push((first, pointer, value));
            }
            "gone" => row.gone = Some(first),
            "spare" => row.is_spare = true,
            other => panic!("nobody knows what {other} means"),
        }
    }
    rows
}

/// Who walks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Admin,
    Editor,
    Viewer,
    Nobody,
    ReadOnly,
}

/// What each operation answers to each kind of caller.
pub(super) fn authorization() -> BTreeMap<&'static str, [u16; 5]> {
    let row = |line: &'static str| {
        let (id, statuses) = split(line);
        let statuses: Vec<u16> =
            statuses.split_whitespace().map(|status| status.parse().unwrap()).collect();
        (id, statuses.try_into().unwrap())
    };
    lines(AUTHORIZATION).skip(1).map(row).collect()
}

impl Row {
    pub(crate) fn published(&self) -> &'static Published {
        let found = PUBLISHED.iter().find(|it| it.id == self.id);
        found.unwrap_or_else(|| panic!("{} is not published", self.id))
    }

    /// Whether it is about something of the account.
    pub(super) fn names_something(&self) -> bool {
        self.path.contains('<') || self.body.contains('<')
    }
}

/// The text with all names in it replaced.
pub(crate) fn filled(text: &str, names: &Names) -> String {
    let mut text = text.to_owned();
    for (name, value) in names {
        text = text.replace(&format!("<{name}>"), value);
    }
    text
}
