//! Appends to a log, one command after another, and prints what was acknowledged, until it is
//! killed. The contract's kill test runs it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::allow_attributes,
    reason = "it is part of a test, which reads what it prints"
)]

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use eventlog::{Appended, EventLog, PostgresLog, SqliteLog};

mod sample;
use sample::{batch, events, head, tenant};

async fn open(place: &str) -> Arc<dyn EventLog> {
    if place.starts_with("postgres") {
        Arc::new(PostgresLog::connect(place, 1).await.unwrap())
    } else {
        Arc::new(SqliteLog::open(Path::new(place)).await.unwrap())
    }
}

#[tokio::main]
async fn main() {
    let log = open(&std::env::args().nth(1).unwrap()).await;
    let acme = tenant("acme");
    loop {
        let base = head(&*log).await;
        let new = batch(&base, events(&base, &acme, base.position + 1, 3));
        if log.append(&new).await.unwrap() == Appended::Landed {
            for event in &new.events {
                println!("{} {}", event.position, event.leaf_hash);
            }
            std::io::stdout().flush().unwrap();
        }
    }
}
