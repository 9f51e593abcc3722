//! No secret and nothing personal stands in clear where it is stored or shown: every file and
//! table, the record of events, and the metrics are searched for each.

use std::sync::Arc;

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::stores::{Database, Place, on_both_stores};
use crate::world::World;

on_both_stores!(nothing_secret_or_personal_stands_in_clear);

const PERSON: [&str; 4] = ["Zebulon", "Quixote", "zebulon@quixote.example", "Ruritania"];

async fn nothing_secret_or_personal_stands_in_clear(database: Arc<Database>) {
    let world = World::start(&database).await;
    let robot = world.robot("robot").await;
    let [first, last, email, country] = PERSON;
    let person = json!({
        "organization": world.credentials.organization_id,
        "profile": {"firstName": first, "lastName": last, "email": email, "country": country},
    });
    world.command("CreateUser", person).await;
    let reset = json!({"client": robot.client, "hoursToLive": 1});
    let reset = world.command("ResetClientSecret", reset).await;
    let keyed = world.request("POST", "/v1/tenants/default/commands/IssueToken");
    let keyed = keyed.bearer_auth(&world.credentials.bearer.admin).header("idempotency-key", "k");
    let keyed = keyed.json(&json!({"name": "kept", "rights": []})).send().await.unwrap();
    let keyed: Value = keyed.json().await.unwrap();

    let held = &world.credentials;
    let half = |token: &str| token.rsplit('_').next().unwrap().to_owned();
    let mut needles = vec![
        held.akamai.client_secret.clone(),
        held.capture.owner_client_secret.clone(),
        held.capture.plain_client_secret.clone(),
        held.clients_jwt_secret.clone(),
        half(&held.bearer.admin),
        half(&held.bearer.viewer),
        robot.signer.client_secret.clone(),
        robot.capture.1.clone(),
        half(&robot.token),
        reset["secret"].as_str().unwrap().to_owned(),
        half(keyed["secret"].as_str().unwrap()),
    ];
    needles.extend(PERSON.map(str::to_owned));

    let body = json!({"name": "auditor", "rights": ["events.read", "client.read"]});
    let auditor = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    for path in ["events?limit=1000", "clients?limit=1000"] {
        let path = format!("/v1/tenants/default/{path}");
        let reply = world.bearer(&auditor, "GET", &path, Value::Null).await;
        assert_eq!(reply.status, 200);
        search("a reply", reply.body.to_string().as_bytes(), &needles);
    }
    search("the metrics", api::measure::render().as_bytes(), &needles);
    for (place, bytes) in stored(&database).await {
        search(&place, &bytes, &needles);
    }
    world.stop().await;
    for (place, bytes) in stored(&database).await {
        search(&place, &bytes, &needles);
    }
}

/// Everything that is stored, file by file or table by table.
async fn stored(database: &Database) -> Vec<(String, Vec<u8>)> {
    match &database.place {
        Place::DataDir(dir) => {
            let files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
            let read = |file: std::path::PathBuf| {
                (file.display().to_string(), std::fs::read(&file).unwrap())
            };
            let files: Vec<_> = files.filter(|file| file.is_file()).map(read).collect();
            assert!(files.len() >= 2, "log.db and views.db at least");
            files
        }
        Place::Url(url) => {
            let mut server = PgConnection::connect(url).await.unwrap();
            let tables = "select tablename::text from pg_tables where schemaname = 'public'";
            let tables: Vec<String> =
                sqlx::query_scalar(tables).fetch_all(&mut server).await.unwrap();
            assert!(tables.len() > 10, "{tables:?}");
            let mut read = Vec::new();
            for table in tables {
                let rows = format!("select coalesce(string_agg(t::text, ' '), '') from {table} t");
                let rows: String =
                    sqlx::query_scalar(AssertSqlSafe(rows)).fetch_one(&mut server).await.unwrap();
                read.push((table, rows.into_bytes()));
            }
            server.close().await.unwrap();
            read
        }
    }
}

/// Fails where a needle stands, as it is or as the digits of its bytes.
fn search(place: &str, hay: &[u8], needles: &[String]) {
    let hay = String::from_utf8_lossy(hay);
    for needle in needles {
        let digits = |text: String, byte: u8| text + &format!("{byte:02x}");
        let digits = needle.bytes().fold(String::new(), digits);
        assert!(!hay.contains(needle) && !hay.contains(&digits), "{needle} stands in {place}");
    }
}
