//! The first start against a database: is it one we can use, its schema, and its first rows.

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::append::insert_events;
use super::connections::connect;
use super::fault::fault;
use crate::store::{
    INSTALL, INSTALLED, Installation, Schema, Step, TAKEN, check_taken, installed, migrated,
    migrator,
};
use crate::{LogError, genesis};

const STEPS: [Step; 4] = [
    (1, "log", include_str!("../../../migrations/postgres/0001_log.sql")),
    (2, "proof", include_str!("../../../migrations/postgres/0002_proof.sql")),
    (4, "webhooks", include_str!("../../../migrations/postgres/0004_webhooks.sql")),
    (5, "access records", include_str!("../../../migrations/postgres/0005_access_records.sql")),
];

const OLDEST: u32 = 150_000;

pub(super) async fn install(
    options: &PgConnectOptions,
    partitions: i32,
) -> Result<Installation, LogError> {
    if partitions < 1 {
        return Err(LogError::Unusable("a log has at least one partition".to_owned()));
    }
    // A step may take long, and so may the wait for another node that is taking it.
    let patient = options.clone().options([("statement_timeout", "0"), ("lock_timeout", "0")]);
    let mut connection = connect(&patient).await.map_err(fault)?;
    check_server(&mut connection).await?;
    schema(&mut connection).await?.check()?;
    // Of nodes that start at once, one takes the steps and the others wait for it.
    migrated(migrator(&STEPS).run_direct(None, &mut connection, false).await, fault)?;
    let installation = first_rows(&mut connection, partitions).await?;
    connection.close().await.map_err(fault)?;
    Ok(installation)
}

/// What is installed, for whoever only reads and changes nothing.
pub(super) async fn installation(options: &PgConnectOptions) -> Result<Installation, LogError> {
    let mut connection = connect(options).await.map_err(fault)?;
    check_server(&mut connection).await?;
    schema(&mut connection).await?.check_made()?;
    let taken = sqlx::query_as(TAKEN).fetch_all(&mut connection).await.map_err(fault)?;
    check_taken(&STEPS, &taken)?;
    let found = sqlx::query(INSTALLED).fetch_all(&mut connection).await.map_err(fault)?;
    connection.close().await.map_err(fault)?;
    installed(&found)
}

async fn check_server(connection: &mut PgConnection) -> Result<(), LogError> {
    let version = connection.server_version_num().unwrap_or_default();
    if version < OLDEST {
        let (needed, found) = (OLDEST / 10_000, version / 10_000);
        let why = format!("PostgreSQL {needed} or newer is needed; this server is {found}");
        return Err(LogError::Unusable(why));
    }
    let encoding: String = sqlx::query_scalar("SELECT current_setting('server_encoding')")
        .fetch_one(connection)
        .await
        .map_err(fault)?;
    if encoding != "UTF8" {
        let why = format!("its encoding is {encoding}; create it with ENCODING 'UTF8'");
        return Err(LogError::Unusable(why));
    }
    Ok(())
}

async fn schema(connection: &mut PgConnection) -> Result<Schema, LogError> {
    // What belongs to an extension is not another program's, and the driver's own table may be
    // there already when another node is installing.
    let (tables, ours) = sqlx::query_as::<_, (i64, bool)>(
        "SELECT count(*), count(*) FILTER (WHERE c.relname = 'installation') > 0 \
         FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace \
         AND c.relkind IN ('r', 'p') AND c.relname <> '_sqlx_migrations' \
         AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')",
    )
    .fetch_one(connection)
    .await
    .map_err(fault)?;
    Ok(Schema { tables, ours })
}

/// Writes the installation's row and the genesis of each partition, if they are not there.
async fn first_rows(
    connection: &mut PgConnection,
    partitions: i32,
) -> Result<Installation, LogError> {
    let id = Uuid::now_v7();
    let mut tx = connection.begin().await.map_err(fault)?;
    let fresh = sqlx::query(INSTALL).bind(id.as_bytes().as_slice()).bind(i64::from(partitions));
    // Another node that is here too makes this wait, and then do nothing.
    if fresh.execute(&mut *tx).await.map_err(fault)?.rows_affected() > 0 {
        let rows: Vec<_> = (0..partitions).map(|partition| genesis(id, partition)).collect();
        insert_events(&rows).execute(&mut *tx).await.map_err(fault)?;
    }
    tx.commit().await.map_err(fault)?;
    installed(&sqlx::query(INSTALLED).fetch_all(connection).await.map_err(fault)?)
}
