//! The program is killed in the midst of a thousand concurrent commands. What it acknowledged is
//! there when it comes back; nothing has a hole; the rows are the fold of the log.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::TenantId;
use projections::{Until, Views, as_of, groups};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::program::{Home, client};
use crate::stores::{Database, Place, on_both_stores};

const COMMANDS: usize = 1_000;
/// Acknowledged when the program is killed: early enough that most are still on their way.
const ENOUGH: usize = 150;

on_both_stores!(what_was_acknowledged_outlives_the_program);

async fn what_was_acknowledged_outlives_the_program(database: Arc<Database>) {
    let home = Home::of(&database);
    let served = tokio::task::block_in_place(|| home.serve(&[]));
    let token = home.credentials()["bearer"]["admin"].as_str().unwrap().to_owned();
    let client = client();
    let root = create_group(&client, served.url(), &token, None, "root").await.unwrap();

    let acknowledged = Arc::new(AtomicUsize::new(0));
    let mut callers = JoinSet::new();
    for number in 0..COMMANDS {
        let (client, url, token) = (client.clone(), served.url().to_owned(), token.clone());
        let acknowledged = Arc::clone(&acknowledged);
        callers.spawn(async move {
            let name = format!("group {number}");
            let group = create_group(&client, &url, &token, Some(root), &name).await?;
            acknowledged.fetch_add(1, Ordering::SeqCst);
            Some((group, name))
        });
    }
    while acknowledged.load(Ordering::SeqCst) < ENOUGH {
        tokio::task::yield_now().await;
    }
    tokio::task::block_in_place(|| served.kill());
    let answers = callers.join_all().await;
    let acknowledged: BTreeMap<_, _> = answers.into_iter().flatten().collect();
    assert!(acknowledged.len() >= ENOUGH && acknowledged.len() < COMMANDS);

    assert_whole(&database).await;
    let served = tokio::task::block_in_place(|| home.serve(&[]));
    let url = format!("{}/v1/tenants/default/groups", served.url());
    let listed: Value =
        client.get(url).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
    let listed = listed["groups"].as_array().unwrap();
    let names: BTreeMap<_, _> = listed
        .iter()
        .map(|group| (group["group"].as_i64().unwrap(), group["name"].as_str().unwrap()))
        .collect();
    for (group, name) in &acknowledged {
        assert_eq!(names.get(group), Some(&name.as_str()), "acknowledged, and gone");
    }
    assert_rows_are_the_fold(&database).await;
    tokio::task::block_in_place(|| served.kill());
}

/// The new group's id, if the server lived to say so.
async fn create_group(
    client: &Client,
    url: &str,
    token: &str,
    parent: Option<i64>,
    name: &str,
) -> Option<i64> {
    let url = format!("{url}/v1/tenants/default/commands/CreateGroup");
    let request =
        client.post(url).bearer_auth(token).json(&json!({"parent": parent, "name": name}));
    let response = request.send().await.ok()?;
    let status = response.status();
    let body: Value = response.json().await.ok()?;
    assert!(status.is_success(), "{status} {body}");
    body["group"].as_i64()
}

/// Positions, ordinals and sequences without a hole, every hash as it should be.
async fn assert_whole(database: &Database) {
    let log = database.log().await;
    let (mut ordinals, mut sequences) = (BTreeMap::new(), BTreeMap::new());
    for head in log.heads().await.unwrap() {
        let mut position = 0;
        while position < head.position {
            // A hole, or a hash that does not follow, is an error of the read.
            for event in log.read(head.partition, position, 1_000).await.unwrap() {
                let ordinal = ordinals.entry(event.tenant.clone()).or_insert(0);
                *ordinal += 1;
                assert_eq!(event.ordinal, *ordinal);
                let aggregate = (event.tenant.clone(), event.aggregate.clone());
                let sequence = sequences.entry(aggregate).or_insert(0);
                *sequence += 1;
                assert_eq!(event.sequence, *sequence);
                position = event.position;
            }
        }
    }
}

async fn assert_rows_are_the_fold(database: &Database) {
    let (log, tenant) = (database.log().await, TenantId::new("default").unwrap());
    let views = match &database.place {
        Place::DataDir(dir) => Views::sqlite(dir).await.unwrap(),
        Place::Url(url) => Views::postgres(url).await.unwrap(),
    };
    let folded = as_of(log.as_ref(), &tenant, Until::Now).await.unwrap().views;
    let rows = groups::all(&views, &tenant).await.unwrap();
    assert_eq!(rows, groups::all(&folded, &tenant).await.unwrap());
}
