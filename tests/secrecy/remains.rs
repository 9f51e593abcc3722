//! All that a database holds, byte for byte.

use std::fs;
use std::path::Path;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::stores::{Database, Place};

/// What is kept on purpose, readable by its owner only: the credentials of the start data, and the
/// embedded store's key.
const KEPT_APART: [&str; 2] = ["credentials", "master.key"];

/// Named places and what is in each.
pub(crate) async fn remains(database: &Database, data_dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = files(data_dir);
    if let Place::Url(url) = &database.place {
        found.extend(tables(url).await);
    }
    let size: usize = found.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(size > 10_000, "there should be something to look at");
    found
}

fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if KEPT_APART.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push((entry.path().display().to_string(), fs::read(entry.path()).unwrap()));
        }
    }
    found
}

/// Every row of every table as text; bytes stand in it as hexadecimal digits.
async fn tables(url: &str) -> Vec<(String, Vec<u8>)> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let names = "select format('%I', tablename) from pg_tables where schemaname = 'public'";
    let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut connection).await.unwrap();
    let mut found = Vec::new();
    for name in names {
        let rows = format!("select t::text from {name} t");
        let rows = sqlx::query_scalar::<_, String>(AssertSqlSafe(rows));
        let rows = rows.fetch_all(&mut connection).await.unwrap();
        found.push((format!("table {name}"), rows.join("\n").into_bytes()));
    }
    found
}

/// Whether bytes stand somewhere in others, as they are or as hexadecimal digits.
pub(crate) fn is_in(bytes: &[u8], what: &[u8]) -> bool {
    let hex: String = what.iter().map(|byte| format!("{byte:02x}")).collect();
    let forms = [what, hex.as_bytes()];
    forms.iter().any(|form| bytes.windows(form.len()).any(|window| window == *form))
}

/// Whether they stand in any of these places.
pub(crate) fn holds(found: &[(String, Vec<u8>)], what: &[u8]) -> bool {
    found.iter().any(|(_, bytes)| is_in(bytes, what))
}
