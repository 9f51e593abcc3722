//! How the stores find the rows of a filtered list: by an index, whatever the tenant's size.

use std::sync::Arc;

use domain::{ClientId, Event, TenantId};
use eventlog::Order;
use projections::events::list_statement;
use projections::tenant_clients::{self, Deleted, Filter};
use projections::{Projections, Value};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row as _, SqliteConnection};
use uuid::Uuid;

use super::ledger::{Ledger, views};
use super::scenario::client;
use crate::stores::{Database, Place, on_both_stores};

on_both_stores!(filtered_lists_are_found_by_an_index, the_record_is_searched_by_an_index);

const CLIENTS: u128 = 4_000;

fn born(number: u128) -> Event {
    let mut born = client(0, "acme", &format!("robot {number}"), &[]);
    born.client = ClientId(Uuid::from_u128(number));
    born.akamai_id.0 = format!("aka{number}");
    born.capture_id.0 = format!("cap{number}");
    born.tags = [format!("t{}", number % 400)].into();
    born.into()
}

/// The lines of the plan by which a store answers a statement.
async fn plan(database: &Database, sql: &str, params: &[Value]) -> Vec<String> {
    match &database.place {
        Place::DataDir(dir) => {
            let url = format!("sqlite://{}/{}", dir.display(), projections::VIEWS_FILE);
            let mut raw = SqliteConnection::connect(&url).await.unwrap();
            let sql = AssertSqlSafe(format!("explain query plan {sql}"));
            let rows = sqlx::query(sql).fetch_all(&mut raw).await.unwrap();
            rows.iter().map(|row| row.get("detail")).collect()
        }
        Place::Url(url) => {
            let mut raw = PgConnection::connect(url).await.unwrap();
            sqlx::query("analyze").execute(&mut raw).await.unwrap();
            let mut query = sqlx::query(AssertSqlSafe(format!("explain {sql}")));
            for value in params {
                query = match value {
                    Value::Int(number) => query.bind(*number),
                    Value::Text(text) => query.bind(text.clone()),
                    Value::Null => query.bind(None::<String>),
                };
            }
            let rows = query.fetch_all(&mut raw).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
    }
}

async fn filtered_lists_are_found_by_an_index(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let tenant = ledger.found("acme").await;
    let engine = populated(&mut ledger, &tenant, &database).await;
    let views = views(&database).await;
    let tagged = vec!["t7".to_owned()];
    for (what, filter, total) in [
        ("everything", Filter::default(), 4_000),
        ("active ones", Filter { is_active: Some(true), ..Filter::default() }, 4_000),
        ("inactive ones", Filter { is_active: Some(false), ..Filter::default() }, 0),
        ("deleted ones", Filter { deleted: Deleted::Only, ..Filter::default() }, 0),
        ("deleted ones too", Filter { deleted: Deleted::Shown, ..Filter::default() }, 4_000),
        ("by name", Filter { name_part: Some("ot 399".to_owned()), ..Filter::default() }, 11),
        ("by tag", Filter { tags_any: tagged, ..Filter::default() }, 10),
    ] {
        let count = tenant_clients::count(&views, &tenant, &filter).await.unwrap();
        assert_eq!(count, total, "{what}");
        let rows = tenant_clients::slice(&views, &tenant, &filter, 0, 10).await.unwrap();
        assert_eq!(rows.len(), usize::try_from(total.min(10)).unwrap(), "{what}");
        let mut params = vec![Value::from(&tenant)];
        params.extend(filter.params().unwrap());
        params.extend([Value::Int(10), Value::Int(0)]);
        let plan = plan(&database, tenant_clients::statement(&filter), &params).await;
        is_by_index(&plan, what);
    }
    engine.stop().await;
}

async fn populated(ledger: &mut Ledger, tenant: &TenantId, database: &Database) -> Projections {
    for first in (0..CLIENTS).step_by(500) {
        ledger.record(tenant, (first..first + 500).map(born).collect()).await;
    }
    let engine = ledger.start(database, Vec::new()).await;
    ledger.settle(&engine).await;
    engine
}

fn is_by_index(plan: &[String], what: &str) {
    // Nobody holds a role here, and an empty table is scanned by anybody. What is narrowed down
    // already is scanned as well.
    let is_small = |line: &String| line.contains("tenant_client_roles") || line.ends_with("SCAN o");
    let scans =
        |line: &String| (line.contains("Seq Scan") || line.starts_with("SCAN ")) && !is_small(line);
    assert!(!plan.iter().any(scans), "{what}: {plan:#?}");
    let names = ["INDEX", "Index", "PRIMARY KEY"];
    let by_index = |line: &String| names.iter().any(|name| line.contains(name));
    assert!(plan.iter().any(by_index), "{what}: {plan:#?}");
}

/// Whatever is probed for, in both orders: a stretch of one list, and one place in each other. A
/// list is nowhere sorted, and never joined with another.
async fn the_record_is_searched_by_an_index(database: Arc<Database>) {
    let mut ledger = Ledger::open(database.log().await).await;
    let tenant = ledger.found("acme").await;
    let engine = populated(&mut ledger, &tenant, &database).await;
    for order in [Order::Ascending, Order::Descending] {
        for probes in 0..=8 {
            let sql = list_statement(order, probes);
            let mut params = vec![Value::from(&tenant)];
            params.extend([1, 0, 3_000, 2_000, 100].map(Value::Int));
            params.extend((0..probes).map(|_| Value::Int(2)));
            let what = format!("{order:?} with {probes} probes");
            let plan = plan(&database, sql, &params).await;
            is_by_index(&plan, &what);
            let joins = |line: &String| line.contains("Join") || line.contains("Nested Loop");
            assert!(!plan.iter().any(joins), "{what}: {plan:#?}");
        }
    }
    engine.stop().await;
}
