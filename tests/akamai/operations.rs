//! The list of operations beside the published document: what is routed is published letter for
//! letter, and what is not routed yet stands in `missing.txt`, which only shrinks.

use std::collections::BTreeSet;

use api::router::listed;
use serde_json::Value;

const DOCUMENT: &str = include_str!("openapi.json");
const MISSING: &str = include_str!("missing.txt");

/// `<METHOD> <path> <operation id>` of every published operation.
fn published() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let methods = ["get", "put", "post", "delete", "patch"];
    let mut all = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if methods.contains(&method.as_str()) {
                let (method, id) = (method.to_uppercase(), operation["operationId"].as_str());
                all.insert(format!("{method} {path} {}", id.unwrap()));
            }
        }
    }
    all
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
