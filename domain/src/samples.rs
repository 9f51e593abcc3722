//! Of every version of every event that was ever shipped, a stored sample: `samples/` holds
//! `<event>.<version>.json`, byte for byte as a log has it. A sample is never edited; a new version
//! of an event brings a new one.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use crate::{Aggregate, Event, TenantId};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// Name and version of every sample there should be.
fn expected() -> impl Iterator<Item = (&'static str, i32)> {
    Event::TYPES.iter().flat_map(|(name, newest)| (1..=*newest).map(|version| (*name, version)))
}

#[test]
fn every_version_of_every_event_still_decodes_and_the_newest_keep_their_bytes() {
    for (name, version) in expected() {
        let path = folder().join(format!("{name}.{version}.json"));
        let stored = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{} is missing, write it: {error}", path.display()));
        let stored = stored.trim_end();
        let event = Event::decode(name, version, stored.as_bytes())
            .unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
        assert_eq!(event.name(), name);
        let kind = event.aggregate(&TenantId::system()).kind;
        assert!(Aggregate::KINDS.contains(&kind.as_str()), "{kind} is a kind of aggregate");
        if event.version() == version {
            let encoded = String::from_utf8(event.encode().unwrap()).unwrap();
            assert_eq!(encoded, stored, "{name} is stored in another form: give it a new version");
        }
    }
}

#[test]
fn there_are_no_samples_of_events_that_never_were() {
    let expected: BTreeSet<_> =
        expected().map(|(name, version)| format!("{name}.{version}.json")).collect();
    let found: BTreeSet<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, expected);
}
