//! One test, both stores: each runs on a database of its own, which is gone when it ends.

mod database;
mod hold;
mod line;

use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;

use futures::FutureExt as _;
use tokio::runtime::Runtime;

pub(crate) use database::{Database, Place};
pub(crate) use line::Line;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    Sqlite,
    Postgres,
}

/// Runs a test on a fresh database, and takes the database away however it ends.
pub(crate) fn run<F>(store: Store, test: impl FnOnce(Arc<Database>) -> F)
where
    F: Future<Output = ()>,
{
    runtime().block_on(on(store, test));
}

/// What a test runs in.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Does something with a fresh database, and takes it away however that ends.
pub(crate) async fn on<F: Future>(
    store: Store,
    what: impl FnOnce(Arc<Database>) -> F,
) -> F::Output {
    let database = Arc::new(Database::create(store).await);
    let outcome = AssertUnwindSafe(what(Arc::clone(&database))).catch_unwind().await;
    database.remove().await;
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Makes a test for each store out of each function named, so that neither store can have fewer.
/// A function that is not named is dead code, which is an error.
macro_rules! on_both_stores {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                $crate::stores::run($crate::stores::Store::Sqlite, super::$name);
            })+
        }
        mod postgres {
            $(#[test]
            fn $name() {
                $crate::stores::run($crate::stores::Store::Postgres, super::$name);
            })+
        }
    };
}
pub(crate) use on_both_stores;
