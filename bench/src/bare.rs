//! What everything is measured beside: one prepared `INSERT` of one row, committed by itself. The
//! table has the two unique keys that any store of events needs, and a payload as long as an
//! event's of the command it is compared with.

use sqlx::{Connection as _, PgConnection};
use tokio::sync::Mutex;

use crate::Result;
use crate::cell::Contender;

const TABLE: &str = "CREATE TABLE bare (\
     position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text NOT NULL, \
     version bigint NOT NULL, kind text NOT NULL, payload bytea NOT NULL, \
     UNIQUE (stream, version))";

const INSERT: &str = "INSERT INTO bare (stream, version, kind, payload) VALUES ($1, $2, $3, $4)";

struct Line {
    connection: PgConnection,
    stream: String,
    version: i64,
}

/// A connection for each caller.
pub(crate) struct Bare {
    lines: Vec<Mutex<Line>>,
    payload: Vec<u8>,
}

impl Bare {
    pub(crate) async fn prepare(url: &str, callers: usize, payload: Vec<u8>) -> Result<Self> {
        let mut lines = Vec::new();
        for caller in 0..callers {
            let mut connection = PgConnection::connect(url).await?;
            if caller == 0 {
                sqlx::raw_sql(TABLE).execute(&mut connection).await?;
            }
            let stream = format!("stream-{caller}");
            lines.push(Mutex::new(Line { connection, stream, version: 0 }));
        }
        Ok(Self { lines, payload })
    }
}

impl Contender for Bare {
    async fn act(&self, caller: usize) -> Result<()> {
        let line = self.lines.get(caller).ok_or("too many callers")?;
        let mut line = line.lock().await;
        line.version += 1;
        let query = sqlx::query(INSERT)
            .bind(line.stream.clone())
            .bind(line.version)
            .bind("group.renamed")
            .bind(self.payload.as_slice());
        query.execute(&mut line.connection).await?;
        Ok(())
    }
}
