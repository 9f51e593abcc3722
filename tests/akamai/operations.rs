//! The list of operations beside the published document: what is routed is published letter for
//! letter, and what is not routed yet stands in `missing.txt`, which only shrinks.

use std::collections::BTreeSet;

use api::router::listed;

use crate::world::published::PUBLISHED;

const MISSING: &str = include_str!("missing.txt");

/// `<METHOD> <path> <operation id>` of every published operation.
fn published() -> BTreeSet<String> {
    PUBLISHED.iter().map(|it| format!("{} {} {}", it.method, it.path, it.id)).collect()
}

fn routed() -> BTreeSet<String> {
    let akamai = listed().into_iter().filter(|listed| listed.dialect == "akamai");
    let operations = akamai.flat_map(|listed| listed.operations);
    operations.map(|it| format!("{} {} {}", it.method, it.path, it.id)).collect()
}

#[test]
fn all_that_is_routed_is_published_letter_for_letter() {
    let (routed, published) = (routed(), published());
    assert_eq!(published.len(), 96);
    let invented: Vec<_> = routed.difference(&published).collect();
    assert!(invented.is_empty(), "not in openapi.json: {invented:#?}");
}

#[test]
fn what_is_missing_is_listed_and_nothing_else() {
    let missing: BTreeSet<_> = MISSING.lines().map(str::to_owned).collect();
    let expected: BTreeSet<_> = published().difference(&routed()).cloned().collect();
    let done: Vec<_> = missing.difference(&expected).collect();
    assert!(done.is_empty(), "take these lines out of missing.txt, they are served: {done:#?}");
    let lost: Vec<_> = expected.difference(&missing).collect();
    assert!(lost.is_empty(), "serve these, since missing.txt may only shrink: {lost:#?}");
    assert!(MISSING.lines().is_sorted(), "keep missing.txt sorted");
}
