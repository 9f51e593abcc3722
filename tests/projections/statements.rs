//! Every query is one text for both stores.

use std::sync::Arc;

use sqlx::{Connection as _, Executor as _, PgConnection, SqlSafeStr as _, SqliteConnection};

use super::ledger::Ledger;
use crate::stores::{Database, Place, on_both_stores};

on_both_stores!(every_statement_can_be_prepared);

async fn every_statement_can_be_prepared(database: Arc<Database>) {
    let ledger = Ledger::open(database.log().await).await;
    ledger.start(&database, vec![]).await.stop().await;
    let statements = projections::statements();
    assert!(statements.len() > 30);
    match &database.place {
        Place::DataDir(dir) => {
            let url = format!("sqlite://{}", dir.join("views.db").display());
            let mut raw = SqliteConnection::connect(&url).await.unwrap();
            for sql in statements {
                let prepared = raw.prepare(sql.into_sql_str()).await;
                prepared.unwrap_or_else(|error| panic!("{sql}\n{error}"));
            }
        }
        Place::Url(url) => {
            let mut raw = PgConnection::connect(url).await.unwrap();
            for sql in statements {
                let prepared = raw.prepare(sql.into_sql_str()).await;
                prepared.unwrap_or_else(|error| panic!("{sql}\n{error}"));
            }
        }
    }
}

/// What only one of the stores understands, or what cannot use an index.
#[test]
fn no_statement_uses_what_only_one_store_has() {
    for sql in projections::statements() {
        let words: Vec<_> = sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
        for banned in ["like", "ilike", "lower", "upper", "unnest", "array", "any", "json_each"] {
            assert!(!words.contains(&banned), "`{banned}` in: {sql}");
        }
        assert!(!sql.contains("::") && !sql.contains('*') || sql.contains("count(*)"), "{sql}");
    }
}
