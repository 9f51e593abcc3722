//! What does not belong where it is sent.

use serde_json::{Map, Value, json};

use super::dice::Dice;
use crate::akamai::walk::rows::Names;

/// Parts of a path.
const PARTS: &[&str] = &[
    "0",
    "-1",
    "1.5",
    "1e3",
    "9223372036854775807",
    "9223372036854775808",
    "99999999999999999999999999",
    "x",
    "self",
    "null",
    "A-B-1",
    "A-B-99999999999999999999",
    "abcd1234efgh5678",
    "somebody@acme.example",
    "a+b@acme.example",
    "%00",
    "%ff%fe",
    "%e0%80%af",
    "%f0%9f%a6%80",
    "%2e%2e%2f",
    "%20",
    "1%20or%201=1",
    "%27%22%3b--",
    "%",
    "%zz",
    "deactivate",
    "move",
];

const PARAMETERS: &[&str] = &[
    "actions",
    "users",
    "grantedRoles",
    "ignoreContext",
    "groupId",
    "userType",
    "authGrants",
    "notifications",
    "credentials",
    "groupAccess",
    "apiAccess",
    "ipAcl",
    "search",
    "cidrblock",
    "sendEmail",
    "clientType",
    "allowAccountSwitch",
    "accountSwitchKey",
    "%ff",
    "",
];

const VALUES: &[&str] = &[
    "true",
    "false",
    "TRUE",
    "",
    "all",
    "lostAccess",
    "blocked",
    "CLIENT",
    "SERVICE_ACCOUNT",
    "1.2.3.4%2F8",
    "::%2F0",
    "default",
    "1-PRTNR:1-2RBL",
    "1-NONE",
];

/// Bodies that are no JSON, or not what is due.
const BODIES: &[&[u8]] = &[
    b"",
    b" ",
    b"null",
    b"{}",
    b"[]",
    b"7",
    b"\"MFA\"",
    b"true",
    b"{",
    b"{\"a\":1,}",
    b"{\"a\":NaN}",
    b"[1,2",
    b"\xff\xfe{\"groupName\":\"x\"}",
    b"{\"groupName\":\"\xc3\x28\"}",
    b"{\"groupName\":\"\\ud800\"}",
    b"{\"groupName\":\"a\",\"groupName\":[]}",
    b"\xef\xbb\xbf{}",
    b"{\"groupName\":1e999}",
    b"\0",
];

const TEXTS: &[&str] = &[
    "",
    " ",
    "x",
    "\0",
    "a\u{7}b",
    "\u{202e}abc",
    "\u{1f980}\u{1f980}",
    "ß",
    "true",
    "1",
    "-1",
    "TFA",
    "ACTIVE",
    "DELETED",
    "USA",
    "GMT",
    "English",
    "CLIENT",
    "READ-ONLY",
    "0.0.0.0/0",
    "::1/129",
    "1.2.3.4/33",
    "nobody@acme.example",
    "@",
    "a@b@c",
    "+1 (617) 555-0100",
    "2026-13-45T99:99:99.000Z",
    "9999-12-31T23:59:59.999999999Z",
    "+262143-12-31T23:59:59.0Z",
    "-262144-01-01T00:00:00.0Z",
    "2027-01-01T00:00:00.000+23:59",
    "2016-12-31T23:59:60.0Z",
    "'; drop table events; --",
    "%s%n",
    "../../etc/passwd",
];

/// A part of a path: mostly what belongs there, or an id near those that are given out.
fn part(name: &str, names: &Names, dice: &mut Dice) -> String {
    match dice.below(10) {
        0..=5 => match names.get(name) {
            Some(known) => known.clone(),
            None => (1000 + dice.below(2000)).to_string(),
        },
        6 => (1000 + dice.below(2000)).to_string(),
        7 if dice.is_below(5) => "a".repeat(3000),
        _ => (*dice.pick(PARTS)).to_owned(),
    }
}

/// The text with each name in it replaced by something.
fn filled(template: &str, names: &Names, dice: &mut Dice) -> String {
    let mut pieces = template.split('<');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('>').unwrap_or((piece, ""));
        text.push_str(&part(name, names, dice));
        text.push_str(rest);
    }
    text
}

/// A path with its query.
pub(super) fn path(template: &str, names: &Names, dice: &mut Dice) -> String {
    let text = filled(template, names, dice);
    if dice.is_below(60) {
        return text;
    }
    let path = text.split('?').next().unwrap_or_default();
    let pairs: Vec<_> = (0..dice.below(4))
        .map(|_| {
            let value = if dice.is_below(60) { *dice.pick(VALUES) } else { *dice.pick(PARTS) };
            format!("{}={value}", dice.pick(PARAMETERS))
        })
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

/// Any JSON at all.
pub(super) fn value(dice: &mut Dice) -> Value {
    match dice.below(20) {
        0 | 1 => Value::Null,
        2 => json!(dice.is_below(50)),
        3 => json!(dice.below(3000)),
        4 => json!(-1),
        5 => json!(u64::MAX),
        6 => json!(i64::MIN),
        7 => json!(1.5),
        8 => json!(1e308),
        9 => json!([]),
        10 => json!({}),
        11 => json!([null, [null], {}]),
        12 => json!(vec![json!({"groupId": 1, "roleId": 1, "subGroups": []}); 200]),
        13 => (0..60).fold(json!(1), |inner, _| json!([inner])),
        14 => (0..60).fold(json!([]), |inner, _| json!({"groupId": 1, "subGroups": [inner]})),
        15 if dice.is_below(10) => json!("x".repeat(100_000)),
        _ => json!(dice.pick(TEXTS)),
    }
}

/// Puts something else in a place of a value.
fn spoil(value: &mut Value, dice: &mut Dice) {
    let goes_on = dice.is_below(70);
    match value {
        Value::Object(members) if goes_on && !members.is_empty() => {
            let names: Vec<_> = members.keys().cloned().collect();
            let name = dice.pick(&names);
            match dice.below(10) {
                0 => drop(members.shift_remove(name)),
                1 => drop(members.insert("unknown".to_owned(), self::value(dice))),
                _ => spoil(&mut members[name], dice),
            }
        }
        Value::Array(elements) if goes_on && !elements.is_empty() => {
            let at = dice.below(elements.len());
            match dice.below(10) {
                0 => elements.extend(elements.clone()),
                1 => elements.push(self::value(dice)),
                _ => spoil(&mut elements[at], dice),
            }
        }
        other => *other = self::value(dice),
    }
}

/// A body for a row's request.
pub(super) fn body(method: &str, template: &str, names: &Names, dice: &mut Dice) -> Vec<u8> {
    if method == "GET" && !dice.is_below(3) {
        return Vec::new();
    }
    if dice.is_below(15) {
        return match dice.below(40) {
            0 => "[".repeat(5000).into_bytes(),
            1 => "{\"a\":".repeat(5000).into_bytes(),
            2 => format!("[{}]", "0,".repeat(20_000) + "0").into_bytes(),
            _ => dice.pick(BODIES).to_vec(),
        };
    }
    let text = filled(template, names, dice);
    let mut value = serde_json::from_str(&text).unwrap_or_else(|_| Value::Object(Map::new()));
    for _ in 0..dice.below(4) {
        spoil(&mut value, dice);
    }
    value.to_string().into_bytes()
}
