//! What was written is read again; anything else is refused, by its line.

use domain::{Aggregate, TenantId};
use uuid::Uuid;

use super::*;
use crate::{genesis, leaf_hash, payload_hash};

fn event(ordinal: i64, id: &str, sequence: i64) -> Recorded {
    let payload = format!(r#"{{"group":{ordinal},"name":"Zürich \"7\""}}"#).into_bytes();
    let mut event = Recorded {
        partition: 0,
        position: 0,
        tenant: TenantId::new("acme").unwrap(),
        ordinal,
        aggregate: Aggregate { kind: "group".to_owned(), id: id.to_owned() },
        sequence,
        event_type: "group.created".to_owned(),
        payload_hash: payload_hash(&payload),
        payload,
        caller_address: (ordinal == 2).then(|| vec![0, 255, 7]),
        created_at: DateTime::from_timestamp_micros(1_700_000_000_000_000 + ordinal).unwrap(),
        ..genesis(Uuid::from_u128(7), 0)
    };
    event.leaf_hash = leaf_hash(&event);
    event
}

fn lines() -> Vec<ExportLine> {
    let events = [event(1, "a", 1), event(2, "b", 1), event(3, "a", 2)];
    let header = ExportHeader {
        installation: Uuid::from_u128(9),
        tenant: TenantId::new("acme").unwrap(),
        after: 0,
        after_leaf_hash: None,
        exported_at: DateTime::from_timestamp_micros(1_800_000_000_000_001).unwrap(),
    };
    let secret = ExportedSecret {
        kind: VaultKind::SubjectKey,
        public_id: "acme/A-B-1".to_owned(),
        owner: "A-B-1".to_owned(),
        sealed: vec![1, 2, 3],
    };
    let leaf_hash = Some(events[2].leaf_hash);
    let end = ExportEnd { events: 3, ordinal: 3, leaf_hash, checkpoint: Some("note\n".into()) };
    let mut lines = vec![ExportLine::Header(header)];
    lines.extend(events.map(|event| ExportLine::Event(Box::new(event))));
    lines.extend([ExportLine::Secret(secret), ExportLine::End(end)]);
    lines
}

fn text(lines: &[ExportLine]) -> Vec<String> {
    let text = |line: &ExportLine| {
        let mut bytes = Vec::new();
        line.put(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    lines.iter().map(text).collect()
}

fn read(text: &str) -> Result<Vec<ExportLine>, ExportError> {
    let mut reader = ExportReader::new(text.as_bytes());
    let mut lines = Vec::new();
    while let Some(line) = reader.next_line()? {
        lines.push(line);
    }
    assert_eq!(reader.bytes(), u64::try_from(text.len()).unwrap());
    Ok(lines)
}

#[test]
fn what_was_written_is_read_again() {
    let lines = lines();
    assert_eq!(read(&text(&lines).concat()).unwrap(), lines);
    let mut reader = ExportReader::new("".as_bytes());
    assert_eq!(reader.header().unwrap_err().line(), 0);
}

#[test]
fn a_line_of_an_event_looks_as_documented() {
    let line = &text(&lines())[2];
    let shown: serde_json::Value = serde_json::from_str(line).unwrap();
    let members: Vec<_> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "ordinal aggregate sequence type version payload payloadHash resourceOwner \
                    actor command commandId correlation callerAddress createdAt leafHash";
    assert_eq!(members, expected.split_whitespace().collect::<Vec<_>>());
    assert_eq!(shown["callerAddress"], "AP8H");
    assert_eq!(shown["createdAt"], "2023-11-14T22:13:20.000002Z");
    assert_eq!(shown["payload"], "{\"group\":2,\"name\":\"Zürich \\\"7\\\"\"}");
}

/// The line that is told to be at fault, and why.
fn fault(text: &[String]) -> (u64, String) {
    let error = read(&text.concat()).unwrap_err();
    (error.line(), error.to_string())
}

#[test]
fn lines_that_are_missing_doubled_or_out_of_order_are_named() {
    let whole = text(&lines());
    for (order, line) in [
        (vec![1, 2, 3, 4, 5], 1),
        (vec![0, 2, 3, 4, 5], 2),
        (vec![0, 1, 1, 2, 3, 4, 5], 3),
        (vec![0, 2, 1, 3, 4, 5], 2),
        (vec![0, 1, 2, 4, 3, 5], 5),
        (vec![0, 1, 2, 5], 4),
        (vec![0, 0, 1, 2, 3, 4, 5], 2),
        (vec![0, 1, 2, 3, 4, 5, 4], 7),
        (vec![0, 1, 2, 3, 4, 5, 5], 7),
        (vec![0, 1, 2, 3, 4], 5),
        (vec![0], 1),
        (vec![], 0),
    ] {
        let picked: Vec<_> = order.iter().map(|at| whole[*at].clone()).collect();
        assert_eq!(fault(&picked).0, line, "{order:?}");
    }
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_refused() {
    let whole = text(&lines()).concat();
    for end in 0..whole.len() {
        let Some(cut) = whole.get(..end) else { continue };
        assert!(read(cut).is_err(), "{end}");
    }
}

#[test]
fn what_was_altered_is_named() {
    let whole = text(&lines());
    for (line, from, to, why) in [
        (0, "export/1", "export/2", "the form"),
        (0, "\"after\":0", "\"after\":4", "do not go together"),
        (0, "acme", "ac me", "tenant"),
        (0, "001Z", "0012Z", "exportedAt"),
        (1, "Zürich", "Zuerich", "payload"),
        (2, "AP8H", "AP8I", "leaf hash"),
        (2, "AP8H", "AP8", "base64"),
        (2, "000002Z", "000003Z", "leaf hash"),
        (2, "000002Z", "000002+00:00", "createdAt"),
        (2, "\"sequence\":1", "\"sequence\":1,\"sequence\":1", "duplicate"),
        (2, "\"sequence\":1", "\"sequence\":1,\"more\":1", "unknown field"),
        (2, "\"correlation\":\"\",", "", "missing field"),
        (2, "\"id\":\"b\"", "\"id\":\"c\"", "leaf hash"),
        (4, "subject_key", "skeleton_key", "no kind"),
        (4, "{\"vault\"", "{ \"vault\"", "no header"),
        (5, "\"events\":3", "\"events\":2", "3 up to 3"),
        (5, "\"leafHash\":\"", "\"leafHash\":\"A", "lower-case"),
    ] {
        let mut altered = whole.clone();
        altered[line] = altered[line].replacen(from, to, 1);
        assert_ne!(altered[line], whole[line], "{from}");
        let (at, said) = fault(&altered);
        let at = usize::try_from(at).unwrap();
        // Another tenant in the header shows only in the events' hashes.
        assert!(at == line + 1 && said.contains(why), "{from} -> {to}: {said}");
    }
    let other = whole[0].replace("acme", "acmf");
    let said = fault(&[&[other], &whole[1..]].concat());
    assert!(said.0 == 2 && said.1.contains("leaf hash"), "{said:?}");
}

#[test]
fn a_sequence_that_skips_is_refused_even_where_all_hashes_hold() {
    let mut lines = lines();
    lines[3] = ExportLine::Event(Box::new(event(3, "a", 3)));
    let (line, said) = fault(&text(&lines));
    assert!(line == 4 && said.contains("sequence 3 of group:a, which stood at 1"), "{said}");
}

#[test]
fn a_line_without_an_end_takes_no_more_memory_than_allowed() {
    let endless = std::io::BufReader::new(std::io::repeat(b'x'));
    let error = ExportReader::new(endless).next_line().unwrap_err();
    assert!(error.to_string().contains("more than 16777216 bytes"), "{error}");
}
