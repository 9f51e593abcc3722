//! The list of operations beside the published document: they are the same, letter for letter.

use std::collections::BTreeSet;

use api::router::listed;

use crate::world::published::PUBLISHED;

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
fn what_is_routed_is_published_letter_for_letter_and_nothing_is_left_out() {
    let (routed, published) = (routed(), published());
    assert_eq!(published.len(), 96);
    let invented: Vec<_> = routed.difference(&published).collect();
    assert!(invented.is_empty(), "not in openapi.json: {invented:#?}");
    let lost: Vec<_> = published.difference(&routed).collect();
    assert!(lost.is_empty(), "published and not served: {lost:#?}");
}
