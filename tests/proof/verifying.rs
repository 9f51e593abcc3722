//! `chancery verify`: a store that is served or not, an export, the proof of one event.

use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::block_in_place;

use crate::program::{Home, Serving, client, complaint, said};
use crate::secrecy::remains::remains;
use crate::stores::{Database, Place, on_both_stores};

on_both_stores!(
    a_record_holds_until_somebody_alters_it,
    a_record_is_sealed_on_after_a_kill,
    an_event_is_proved_offline,
    an_export_is_proved_offline,
    what_cannot_be_told_is_not_guessed,
    a_check_changes_nothing_of_what_it_checks,
);

/// A server that seals each second, and a way to ask it.
struct Asked {
    serving: Serving,
    token: String,
}

impl Asked {
    fn serve(home: &Home) -> Self {
        let serving = block_in_place(|| home.serve(&["--seal-every", "1"]));
        let token = home.credentials()["bearer"]["admin"].as_str().unwrap().to_owned();
        Self { serving, token }
    }

    async fn text(&self, path: &str) -> (u16, String) {
        let request = client().get(format!("{}{path}", self.serving.url()));
        let answer = request.bearer_auth(&self.token).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn groups(&self, count: usize) {
        let url = format!("{}/v1/tenants/default/commands/CreateGroup", self.serving.url());
        for number in 0..count {
            let body = json!({"parent": 1005, "name": format!("group {number}")});
            let answer = client().post(&url).bearer_auth(&self.token).json(&body).send().await;
            assert_eq!(answer.unwrap().status().as_u16(), 200);
        }
    }

    /// The newest checkpoint, once it vouches for at least so many events.
    async fn checkpoint(&self, size: i64) -> String {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let (status, note) = self.text("/v1/tenants/default/checkpoint").await;
            let sealed = note.lines().nth(1).and_then(|size| size.parse::<i64>().ok());
            if status == 200 && sealed >= Some(size) {
                return note;
            }
            assert!(Instant::now() < deadline, "nothing is sealed: {note}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn events(&self) -> i64 {
        let path = "/v1/tenants/default/events?order=desc&limit=1";
        let page: Value = serde_json::from_str(&self.text(path).await.1).unwrap();
        page["events"][0]["ordinal"].as_i64().unwrap()
    }
}

fn verify(home: &Home, arguments: &[&str]) -> Output {
    block_in_place(|| home.tool(&[&["verify"], arguments].concat()))
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn told(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", complaint(output)))
}

/// A file of the test, beside the data directory's own.
fn write(home: &Home, name: &str, text: &str) -> String {
    let path = Path::new(&home.data_dir).join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

async fn a_record_holds_until_somebody_alters_it(database: Arc<Database>) {
    let home = Home::of(&database);
    let asked = Asked::serve(&home);
    let note = asked.checkpoint(1).await;
    let whole = verify(&home, &[]);
    assert!(said(&whole).starts_with("holds: "), "while it is served: {}", said(&whole));
    asked.groups(3).await;
    let last = asked.events().await;
    let (_, key) = asked.text("/v1/proof-key").await;
    block_in_place(|| asked.serving.stop());
    let whole = told(&verify(&home, &["--json"]));
    assert_eq!((&whole["holds"], &whole["unsealed"]), (&json!(true), &json!(0)), "{whole}");
    assert_eq!(whole["tenants"], 3);
    let one = told(&verify(&home, &["--tenant", "default", "--json", "--key", key.trim()]));
    assert_eq!((&one["holds"], &one["events"]), (&json!(true), &json!(last)), "{one}");
    let kept = write(&home, "kept.txt", &note);
    said(&verify(&home, &["--checkpoint", &kept]));

    let at = format!("tenant = 'default' AND ordinal = {last}");
    database.tamper(&format!("UPDATE events SET command = 'Other' WHERE {at}")).await;
    for arguments in [vec!["--json"], vec!["--json", "--tenant", "default"]] {
        let output = verify(&home, &arguments);
        let told = told(&output);
        assert_eq!((code(&output), &told["holds"]), (1, &json!(false)), "{told}");
        let spot = (&told["first"]["tenant"], &told["first"]["ordinal"]);
        assert_eq!(spot, (&json!("default"), &json!(last)), "{told}");
    }
    let text = verify(&home, &[]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.starts_with(&format!("does not hold: tenant default, ordinal {last}")), "{text}");
    database.tamper(&format!("DELETE FROM events WHERE {at}")).await;
    let cut = verify(&home, &["--json"]);
    assert_eq!((code(&cut), &told(&cut)["first"]["ordinal"]), (1, &json!(last)));
    let other = "0".repeat(64);
    let other = eventlog::proof::SigningKey::derive(
        &eventlog::MasterKey::parse(&other).unwrap(),
        database.log().await.installation(),
    );
    let other = other.unwrap().verifier().to_string();
    assert_eq!(code(&verify(&home, &["--key", &other])), 1, "another key");
}

async fn a_record_is_sealed_on_after_a_kill(database: Arc<Database>) {
    let home = Home::of(&database);
    let asked = Asked::serve(&home);
    let note = asked.checkpoint(1).await;
    asked.groups(5).await;
    let kept = write(&home, "kept.txt", &note);
    block_in_place(|| asked.serving.kill());
    said(&verify(&home, &["--checkpoint", &kept]));
    let asked = Asked::serve(&home);
    asked.groups(2).await;
    let events = asked.events().await;
    asked.checkpoint(events).await;
    block_in_place(|| asked.serving.kill());
    let whole = told(&verify(&home, &["--json", "--checkpoint", &kept]));
    assert_eq!((&whole["holds"], &whole["unsealed"]), (&json!(true), &json!(0)), "{whole}");
}

async fn an_event_is_proved_offline(database: Arc<Database>) {
    let home = Home::of(&database);
    let asked = Asked::serve(&home);
    asked.checkpoint(7).await;
    let (_, key) = asked.text("/v1/proof-key").await;
    let key = write(&home, "proof.key", &key);
    let (status, proof) = asked.text("/v1/tenants/default/events/7/proof").await;
    assert_eq!(status, 200, "{proof}");
    let beyond = asked.text("/v1/tenants/default/events/99999/proof").await;
    let nowhere = asked.text("/v1/tenants/default/events/x/proof").await;
    assert_eq!((beyond.0, nowhere.0), (404, 400), "{} {}", beyond.1, nowhere.1);
    block_in_place(|| asked.serving.stop());
    let look = |name: &str, text: &str| {
        let file = write(&home, name, text);
        verify(&home, &["--event", &file, "--key", &key])
    };
    let whole = look("event.json", &proof);
    assert!(said(&whole).starts_with("holds: event 7 of tenant default"), "{}", said(&whole));
    let pretty: Value = serde_json::from_str(&proof).unwrap();
    said(&look("pretty.json", &format!("{pretty:#}")));
    let mut altered = pretty.clone();
    altered["event"]["command"] = json!("Other");
    assert_eq!(code(&look("altered.json", &altered.to_string())), 1);
    let mut moved = pretty;
    moved["tenant"] = json!("partner");
    assert_eq!(code(&look("moved.json", &moved.to_string())), 1);
    assert_eq!(code(&look("nonsense.json", "{}")), 2);
}

async fn an_export_is_proved_offline(database: Arc<Database>) {
    let home = Home::of(&database);
    let asked = Asked::serve(&home);
    let events = asked.events().await;
    asked.checkpoint(events).await;
    let (_, key) = asked.text("/v1/proof-key").await;
    let file = Path::new(&home.data_dir).join("default.ndjson").display().to_string();
    let export = ["events", "export", "--out", &file];
    said(&block_in_place(|| home.tool(&export)));
    asked.groups(1).await;
    let newer = write(&home, "newer.txt", &asked.checkpoint(events + 1).await);
    block_in_place(|| asked.serving.stop());
    let key = key.trim();
    let whole = told(&verify(&home, &["--export", &file, "--key", key, "--json"]));
    assert_eq!((&whole["holds"], &whole["events"]), (&json!(true), &json!(events)), "{whole}");

    let stale = verify(&home, &["--export", &file, "--key", key, "--checkpoint", &newer, "--json"]);
    assert_eq!((code(&stale), &told(&stale)["first"]["ordinal"]), (1, &json!(events + 1)));
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let look = |name: &str, lines: &[&str]| {
        let file = write(&home, name, &format!("{}\n", lines.join("\n")));
        verify(&home, &["--export", &file, "--key", key, "--json"])
    };
    let mut altered = lines.clone();
    let other = altered[5].replace("\"command\":\"", "\"command\":\"X");
    altered[5] = &other;
    let altered = look("altered.ndjson", &altered);
    assert_eq!((code(&altered), &told(&altered)["first"]["ordinal"]), (1, &json!(5)));
    let cut = look("cut.ndjson", &lines[..lines.len() - 1]);
    assert_eq!((code(&cut), &told(&cut)["holds"]), (1, &json!(false)), "cut off");
    let mut swapped = lines.clone();
    swapped.swap(3, 4);
    assert_eq!(told(&look("swapped.ndjson", &swapped))["first"]["ordinal"], 3);
    let mut unsigned = lines.clone();
    let mut end: Value = serde_json::from_str(unsigned[lines.len() - 1]).unwrap();
    end["checkpoint"] = Value::Null;
    let end = end.to_string();
    unsigned[lines.len() - 1] = &end;
    assert_eq!(code(&look("unsigned.ndjson", &unsigned)), 2, "nothing vouches for it");
}

async fn what_cannot_be_told_is_not_guessed(database: Arc<Database>) {
    let home = Home::of(&database);
    let key = "chancery/x+00000000+AAAA";
    for arguments in [
        vec!["--key", key],
        vec!["--event", "nowhere.json"],
        vec!["--export", "nowhere.ndjson", "--key", "nowhere.key"],
        vec!["--export", "a", "--event", "b", "--key", key],
        vec!["--tenant", "no such/tenant"],
    ] {
        let output = verify(&home, &arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", complaint(&output));
        assert!(!complaint(&output).is_empty(), "{arguments:?}");
    }
    drop(database.log().await);
    let nobody = verify(&home, &["--tenant", "nobody"]);
    assert_eq!(code(&nobody), 2, "{}", complaint(&nobody));
}

/// All that the store holds, byte for byte.
async fn held(database: &Database, home: &Home) -> Vec<(String, Vec<u8>)> {
    let mut held = remains(database, &home.data_dir).await;
    held.retain(|(name, _)| name.ends_with("log.db") || name.starts_with("table "));
    assert!(!held.is_empty());
    held
}

/// The same database for a role that may look at its tables, and do nothing else.
fn as_reader(url: &str, role: &str) -> Place {
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    let rest = place.split_once("://").unwrap().1;
    let (authority, name) = rest.split_once('/').unwrap();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let ours = format!("user={role}&password=look");
    let kept = query.split('&').filter(|pair| !pair.starts_with("user=") && !pair.is_empty());
    let query: Vec<_> = kept.chain([ours.as_str()]).collect();
    Place::Url(format!("postgres://{host}/{name}?{}", query.join("&")))
}

async fn a_check_changes_nothing_of_what_it_checks(database: Arc<Database>) {
    let home = Home::of(&database);
    let asked = Asked::serve(&home);
    asked.checkpoint(1).await;
    block_in_place(|| asked.serving.stop());
    let before = held(&database, &home).await;
    said(&verify(&home, &[]));
    assert_eq!(held(&database, &home).await, before);

    // A step that this program knows is not taken, and then one is that it does not know.
    let taken = "WHERE version = 2";
    let aside = format!(
        "CREATE TABLE aside AS SELECT * FROM _sqlx_migrations {taken}; \
         DELETE FROM _sqlx_migrations {taken}"
    );
    let back = "INSERT INTO _sqlx_migrations SELECT * FROM aside; DROP TABLE aside";
    let later = format!("UPDATE _sqlx_migrations SET version = 99 {taken}");
    let sooner = "UPDATE _sqlx_migrations SET version = 2 WHERE version = 99";
    for (change, undo, why) in [
        (aside.as_str(), back, "its schema is older than this program"),
        (&later, sooner, "its schema has step 99, which is newer than this program"),
    ] {
        database.tamper(change).await;
        let before = held(&database, &home).await;
        let output = verify(&home, &[]);
        assert_eq!(code(&output), 2);
        assert!(complaint(&output).contains(why), "{}", complaint(&output));
        assert_eq!(held(&database, &home).await, before);
        database.tamper(undo).await;
    }
    said(&verify(&home, &[]));

    let Place::Url(url) = &database.place else { return };
    let role = format!("reader_{}", uuid::Uuid::now_v7().simple());
    let made = format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'look'; \
         GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
    );
    database.tamper(&made).await;
    let reader = Home::at(&as_reader(url, &role));
    assert!(said(&verify(&reader, &[])).starts_with("holds: "));
    // Whoever brings the schema up to date needs more.
    assert_eq!(code(&block_in_place(|| reader.tool(&["migrate"]))), 1);
    database.tamper(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}
