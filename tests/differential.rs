//! The same random commands on both stores leave the same rows; and on each, the rows are the fold
//! of the log: live, folded aside, and rebuilt.

mod acts;
mod node;

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::stores::{self, Database, Store};
use acts::{Act, act};
use node::Node;

/// Few cases of many commands: what can differ is in how commands follow one another.
const CASES: u32 = 3;
const COMMANDS: std::ops::Range<usize> = 40..120;

/// What a run leaves behind: how each command ended, and the rows.
#[derive(Debug, PartialEq)]
struct Left {
    outcomes: Vec<String>,
    rows: String,
}

async fn play(database: Arc<Database>, acts: &[Act]) -> Left {
    let (node, place) = (Node::start(&database).await, &database.place);
    let mut outcomes = Vec::new();
    for act in acts {
        outcomes.push(node.play(act).await);
    }
    let rows = node.rows().await;
    assert_eq!(rows, node.folded().await, "the rows at {place:?} are not the fold of its log");
    node.rebuild().await;
    assert_eq!(rows, node.rows().await, "a rebuild at {place:?} came to other rows");
    let left = Left { outcomes, rows: node.anonymous(&rows) };
    node.stop().await;
    left
}

#[test]
fn both_stores_answer_alike_and_hold_the_same_rows() {
    let runtime = stores::runtime();
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let acts = prop::collection::vec(act(), COMMANDS);
    let outcome = TestRunner::new(config).run(&acts, |acts| {
        let (sqlite, postgres) = runtime.block_on(async {
            let on = |store| stores::on(store, |database| play(database, &acts));
            tokio::join!(on(Store::Sqlite), on(Store::Postgres))
        });
        prop_assert_eq!(sqlite, postgres);
        Ok(())
    });
    outcome.unwrap();
}
