//! Rules about the source that no compiler checks. Each failure says what to do next.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// All files below the packages that have this ending, with their text.
fn sources(ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let packages = ["domain", "eventlog", "commands", "projections", "api", "tests", "bench"];
    let mut folders: Vec<_> = packages.map(|package| root().join(package)).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|held| held == ending) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "no .{ending} files below {}", root().display());
    found.sort();
    found
}

/// Fails with one line a finding.
fn none(findings: Vec<String>, mend: &str) {
    assert!(findings.is_empty(), "{mend}:\n  {}", findings.join("\n  "));
}

#[test]
fn every_file_says_what_is_in_it() {
    let silent = sources("rs").into_iter().filter(|(_, text)| !text.starts_with("//!"));
    none(
        silent.map(|(path, _)| path.display().to_string()).collect(),
        "begin each file with a `//!` line that says what is here",
    );
}

#[test]
fn no_file_is_longer_than_can_be_read_in_one_sitting() {
    let lengths = sources("rs").into_iter().map(|(path, text)| (path, text.lines().count()));
    let long = lengths.filter(|(_, lines)| *lines > 400);
    none(
        long.map(|(path, lines)| format!("{}: {lines} lines", path.display())).collect(),
        "split what has grown past 400 lines by what it is about",
    );
}

#[test]
fn nothing_is_left_for_later() {
    let marks = ["TO", "FIX", "XX"].into_iter().zip(["DO", "ME", "X"]);
    let marks: Vec<_> = marks.map(|(a, b)| format!("{a}{b}")).collect();
    let mut found = Vec::new();
    for (path, text) in sources("rs") {
        for (number, line) in text.lines().enumerate() {
            let words = || line.split(|c: char| !c.is_ascii_alphanumeric());
            if words().any(|word| marks.iter().any(|mark| mark == word)) {
                found.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    none(found, "do it now, or file an issue and remove the mark");
}

/// The direction of dependencies, as ARCHITECTURE.md draws it.
#[test]
fn packages_depend_downwards() {
    let ours = ["domain", "eventlog", "commands", "projections", "api", "tests", "bench"];
    let allowed = [
        ("domain", vec![]),
        ("eventlog", vec!["domain"]),
        ("commands", vec!["domain", "eventlog"]),
        ("projections", vec!["domain", "eventlog"]),
        ("api", vec!["domain", "eventlog", "commands", "projections"]),
    ];
    for (package, may) in allowed {
        let manifest = fs::read_to_string(root().join(package).join("Cargo.toml")).unwrap();
        let library = manifest.split("[dev-dependencies]").next().unwrap();
        for other in ours.iter().filter(|other| !may.contains(other)) {
            let line = format!("\n{other}.workspace");
            assert!(!library.contains(&line), "{package} must not depend on {other}");
        }
    }
}

/// What may only stand in some packages: (what, where it may stand, why).
const BOUND: [(&str, &[&str], &str); 4] = [
    ("sqlx::", &["eventlog", "projections", "tests", "bench"], "ask a query, or the log, for it"),
    ("StatusCode", &["api", "tests"], "a rejection says what is the case; api finds the status"),
    ("uiIdentity", &["api/src/akamai", "tests"], "the domain's word is user"),
    (
        "whitelist",
        &["api/src/capture", "api/src/capture.rs", "tests"],
        "the domain's word is allow list",
    ),
];

#[test]
fn each_layer_keeps_to_its_own() {
    for (what, homes, mend) in BOUND {
        let strays = sources("rs").into_iter().filter(|(path, text)| {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            !homes.iter().any(|home| path.starts_with(home))
                && code.into_iter().any(|line| line.contains(what))
        });
        none(
            strays.map(|(path, _)| path.display().to_string()).collect(),
            &format!("`{what}` belongs to {}; {mend}", homes.join(", ")),
        );
    }
}

/// Numbers were handed out beforehand to what was made at the same time, so some may be left out.
#[test]
fn migrations_are_numbered_and_say_why() {
    let names = ["sqlite", "postgres"].map(|store| {
        let folder = root().join("migrations").join(store);
        let mut files: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let mut last = 0;
        let checked = files.iter().map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let number = name.split_once('_').and_then(|(number, _)| number.parse::<u32>().ok());
            let number = number.unwrap_or_else(|| panic!("{store}/{name} begins with no number"));
            assert!(number > last, "{store}/{name}: another one has that number");
            last = number;
            let text = fs::read_to_string(path).unwrap();
            assert!(text.starts_with("-- "), "{store}/{name} should begin with why it is there");
            name
        });
        checked.collect::<Vec<_>>()
    });
    assert_eq!(names[0], names[1], "each step is there for both stores");
}

#[test]
fn the_map_fits_on_a_few_pages() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    assert!(map.lines().count() <= 200, "ARCHITECTURE.md is a map: shorten it to 200 lines");
}
