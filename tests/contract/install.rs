//! The first start, and starts against what is not ours.

use std::sync::Arc;

use eventlog::{GENESIS_TYPE, LogError};
use futures::future::join_all;

use crate::stores::{Database, on_both_stores};

on_both_stores!(
    nodes_that_install_at_once_agree,
    a_second_start_finds_everything,
    another_programs_database_is_left_alone,
    a_newer_schema_is_refused,
    a_place_that_is_none_is_refused,
);

fn unusable<T>(result: Result<T, LogError>) -> String {
    match result {
        Err(LogError::Unusable(why)) => why,
        Err(other) => panic!("not told apart: {other:?}"),
        Ok(_) => panic!("it was used"),
    }
}

async fn nodes_that_install_at_once_agree(database: Arc<Database>) {
    let nodes = join_all((0..4).map(|_| {
        let database = Arc::clone(&database);
        tokio::spawn(async move { database.log().await })
    }))
    .await;
    let nodes: Vec<_> = nodes.into_iter().map(Result::unwrap).collect();
    let first = &nodes[0];
    assert!(nodes.iter().all(|node| node.installation() == first.installation()));
    assert_eq!(first.heads().await.unwrap().len(), usize::try_from(first.partitions()).unwrap());
    for partition in 0..first.partitions() {
        let genesis = first.read(partition, -1, 10).await.unwrap();
        assert_eq!(genesis.len(), 1);
        assert_eq!(genesis[0].event_type, GENESIS_TYPE);
        let named = String::from_utf8(genesis[0].payload.clone()).unwrap();
        assert!(named.contains(&first.installation().to_string()), "{named}");
    }
}

async fn a_second_start_finds_everything(database: Arc<Database>) {
    let first = database.log().await;
    let (installation, heads) = (first.installation(), first.heads().await.unwrap());
    drop(first);
    let second = database.log().await;
    assert_eq!((second.installation(), second.heads().await.unwrap()), (installation, heads));
}

async fn another_programs_database_is_left_alone(database: Arc<Database>) {
    database.execute_on_empty("CREATE TABLE invoices (id INTEGER)").await;
    assert!(unusable(database.open().await).contains("another program"));
    database.execute("INSERT INTO invoices (id) VALUES (1)").await.unwrap();
    assert!(database.execute("SELECT * FROM events").await.is_err());
}

async fn a_newer_schema_is_refused(database: Arc<Database>) {
    drop(database.log().await);
    let applied = "INSERT INTO _sqlx_migrations \
         (version, description, installed_on, success, checksum, execution_time) \
         SELECT 9000, 'later', installed_on, success, checksum, 0 FROM _sqlx_migrations \
         WHERE version = 1";
    database.execute(applied).await.unwrap();
    assert!(unusable(database.open().await).contains("newer than this program"));
}

async fn a_place_that_is_none_is_refused(database: Arc<Database>) {
    unusable(database.nowhere().await);
}
