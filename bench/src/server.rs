//! A PostgreSQL for the bench, had by the same means as the tests have theirs.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

use crate::Result;

/// Names the server, then keeps it until the standard input ends.
const PROVIDE: &str = "cd \"$1\" && . tests/postgres.sh && provide_postgres && \
     echo \"$TEST_DATABASE_URL\" && cat >/dev/null";

/// A server, as long as this is held.
pub(crate) struct Server {
    shell: Child,
    url: String,
    made: Vec<String>,
}

impl Server {
    /// Waits, and blocks, until there is one.
    pub(crate) fn provide() -> Result<Self> {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let mut shell = Command::new("bash")
            .args(["-c", PROVIDE, "bash", root])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = shell.stdout.take().ok_or("the shell has no output")?;
        let url = BufReader::new(output).lines().next().ok_or("there is no PostgreSQL")??;
        Ok(Self { shell, url, made: Vec::new() })
    }

    pub(crate) async fn connect(&self) -> Result<PgConnection> {
        Ok(PgConnection::connect(&self.url).await?)
    }

    /// Makes a database and returns its URL.
    pub(crate) async fn database(&mut self) -> Result<String> {
        let name = format!("chancery_bench_{}", Uuid::now_v7().simple());
        let (place, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let (place, _) = place.rsplit_once('/').ok_or("the server's URL names no database")?;
        let url = format!("{place}/{name}?{query}");
        let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut self.connect().await?).await?;
        self.made.push(name);
        Ok(url)
    }

    /// Takes away what was made.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let mut connection = self.connect().await?;
        for name in &self.made {
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut connection).await?;
        }
        connection.close().await?;
        drop(self.shell.stdin.take());
        self.shell.wait()?;
        Ok(())
    }
}
