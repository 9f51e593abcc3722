//! What the program leaves behind of whom it erased, as a process that is served and asked, that
//! exports, replays and logs: nothing, in any file or answer of its own.

use std::sync::Arc;

use chrono::DateTime;
use domain::Tenant;
use eventlog::{EventLog, Hash, Snapshot, VaultKind};
use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::people::{STRINGS, profile};
use super::wait_for_scrub;
use crate::moving::files::{Folder, place};
use crate::program::{Home, Serving, client, complaint, said};
use crate::secrecy::remains::{holds, is_in, remains};
use crate::stores::{self, Database, Place, Store, on_both_stores};
use crate::world::Reply;

on_both_stores!(nothing_that_the_program_owns_tells_of_whom_it_erased);

/// What is known of the user, of the client's contact, and of the person of the record.
const KNOWN: [&str; 6] = [STRINGS[0], STRINGS[1], STRINGS[2], STRINGS[3], STRINGS[5], STRINGS[6]];

/// Nobody takes mail there, so that it waits.
const NO_OUTBOX: [&str; 2] = ["--outbox", "http://127.0.0.1:9/"];

/// A served installation, and whoever administers it.
struct Site<'a> {
    home: &'a Home,
    served: Serving,
    token: String,
    subjects: Vec<String>,
    user: String,
    /// The newest ordinal before anybody was erased.
    then: String,
}

impl<'a> Site<'a> {
    /// Starts it, and has it told of people.
    async fn start(home: &'a Home) -> Self {
        let served = block_in_place(|| home.serve_loudly(&NO_OUTBOX));
        let given = home.credentials();
        let token = given["bearer"]["admin"].as_str().unwrap().to_owned();
        let (subjects, user, then) = (Vec::new(), String::new(), String::new());
        let mut site = Self { home, served, token, subjects, user, then };
        let user = json!({"organization": given["organization_id"], "profile": profile()});
        let user = site.command("CreateUser", user).await["user"].clone();
        let mut moved = profile();
        moved["jobTitle"] = json!("Korrektorin");
        site.command("ReplaceUserProfile", json!({"user": user, "profile": moved})).await;
        site.command("ResetUserPassword", json!({"user": user, "sendEmail": true})).await;
        let web = block_in_place(|| {
            home.tool(&["token", "--tenant", "default", "--role", "admin"]).stdout
        });
        let web = String::from_utf8(web).unwrap();
        let url = format!("{}/clients/v1/tenants/default/clients", site.served.url());
        let body = json!({"name": "registered", "email": STRINGS[5]});
        let made = Reply::of(client().post(url).bearer_auth(web.trim()).json(&body)).await;
        assert_eq!(made.status, 201, "{made}");
        let attributes = json!({"givenName": STRINGS[6]}).to_string();
        let owner = &given["capture"];
        let text = |name: &str| owner[name].as_str().unwrap();
        let request = client().post(format!("{}/entity.create", site.served.url()));
        let request =
            request.basic_auth(text("owner_client_id"), Some(text("owner_client_secret")));
        let record =
            Reply::of(request.form(&[("type_name", "user"), ("attributes", &attributes)])).await;
        assert_eq!(record.body["stat"], "ok", "{record}");
        for id in [&user, &made.body["id"], &record.body["uuid"]] {
            site.subjects.push(id.as_str().unwrap().to_owned());
        }
        site.user.clone_from(&site.subjects[0]);
        let newest = site.get("events?order=desc&limit=1", None).await;
        site.then = newest["events"][0]["ordinal"].to_string();
        site
    }

    async fn command(&self, name: &str, body: Value) -> Value {
        let url = format!("{}/v1/tenants/default/commands/{name}", self.served.url());
        let reply = Reply::of(client().post(url).bearer_auth(&self.token).json(&body)).await;
        assert_eq!(reply.status, 200, "{name}: {reply}");
        reply.body
    }

    async fn get(&self, path: &str, then: Option<&str>) -> Value {
        let url = format!("{}/v1/tenants/default/{path}", self.served.url());
        let request = client().get(url).bearer_auth(&self.token);
        let request = then.into_iter().fold(request, |it, then| it.header("chancery-as-of", then));
        let reply = Reply::of(request).await;
        assert_eq!(reply.status, 200, "{path}: {reply}");
        reply.body
    }

    /// All that it answers of them, now and as of then, on the network and on a terminal.
    async fn answers(&self) -> String {
        let mut told = String::new();
        let clients = "clients?limit=1000".to_owned();
        let history = format!("history/user/{}", self.user);
        let diff = format!("diff?from=0&to={}&limit=1000", self.then);
        let user = format!("users/{}", self.user);
        for path in [&user, &clients, &history, &diff, &"events?limit=1000".to_owned()] {
            for then in [None, Some(self.then.as_str())] {
                told += &self.get(path, then).await.to_string();
            }
        }
        told += &run(self.home, &["events", "tail", "--lines", "500", "--json"]);
        told += &run(self.home, &["history", "user", &self.user, "--json"]);
        told + &run(self.home, &["diff", "--from", "0", "--json"])
    }
}

/// All that the program says, of whatever it was asked to do.
fn run(home: &Home, arguments: &[&str]) -> String {
    let output = block_in_place(|| home.tool(arguments));
    assert!(output.status.success(), "{arguments:?}: {}", complaint(&output));
    String::from_utf8(output.stdout.clone()).unwrap() + &complaint(&output)
}

fn known(text: &str) -> Vec<&'static str> {
    KNOWN.into_iter().filter(|known| text.contains(known)).collect()
}

/// What an export comes to in an installation that never saw it, under the key it was sealed for.
async fn imported(file: &str, key: &str, here: &Database) -> String {
    let store = match here.place {
        Place::DataDir(_) => Store::Sqlite,
        Place::Url(_) => Store::Postgres,
    };
    stores::on(store, async |fresh| {
        let home = Home::of(&fresh);
        let told = run(&home, &["events", "import", file, "--recipient-key", key]);
        told + &run(&home, &["events", "tail", "--lines", "500", "--json"])
    })
    .await
}

/// A snapshot of the tenant, which holds what its fold knew.
async fn snapshot(log: &dyn EventLog) {
    let place = place(log, "default").await;
    let (ordinal, position, leaf_hash) = (1, 1, Hash([0; 32]));
    let snapshot = Snapshot {
        tenant: place.tenant,
        partition: place.partition,
        fold_version: Tenant::FOLD_VERSION,
        ordinal,
        position,
        leaf_hash,
        sealed: vec![7; 64],
    };
    log.save_snapshot(&snapshot).await.unwrap();
}

async fn nothing_that_the_program_owns_tells_of_whom_it_erased(database: Arc<Database>) {
    let (home, folder) = (Home::of(&database), Folder::new());
    let site = Site::start(&home).await;
    let log = database.log().await;
    let tenant = "default".parse().unwrap();
    let key = folder.file("recipient.key");
    let to = said(&block_in_place(|| home.run(&["keys", "recipient", "--key", &key])));
    let export = |file: &str| {
        run(&home, &["events", "export", "--out", file, "--recipient", to.trim(), "--json"])
    };
    let (before, after) = (folder.file("before.ndjson"), folder.file("after.ndjson"));
    export(&before);
    snapshot(&*log).await;
    let mut keys = Vec::new();
    for subject in &site.subjects {
        let id = format!("default/{subject}");
        keys.push(log.vault(VaultKind::SubjectKey, &id).await.unwrap().unwrap().sealed);
    }
    // What is looked for can be found, in each of these ways.
    assert_eq!(known(&site.answers().await), KNOWN);
    assert_eq!(known(&imported(&before, &key, &database).await), KNOWN);
    assert_eq!(log.vault_of(VaultKind::Mail, &tenant).await.unwrap().len(), 1);
    assert!(log.load_snapshot(&tenant, Tenant::FOLD_VERSION).await.unwrap().is_some());
    let left = remains(&database, &home.data_dir).await;
    assert!(keys.iter().all(|key| holds(&left, key)));

    for subject in &site.subjects {
        let erased = site.command("EraseSubject", json!({"subject": subject})).await;
        let path = erased["report"].as_str().unwrap();
        let path = path.strip_prefix("/v1/tenants/default/").unwrap();
        let report = site.get(path, None).await;
        assert_eq!(report["subject"], *subject, "{report}");
        let at = report["erasedAt"].as_str().unwrap();
        assert!(DateTime::parse_from_rfc3339(at).is_ok(), "{report}");
    }
    let nothing: [&str; 0] = [];
    assert_eq!(known(&site.answers().await), nothing);
    assert_eq!(log.vault_of(VaultKind::Mail, &tenant).await.unwrap(), []);
    assert_eq!(log.load_snapshot(&tenant, Tenant::FOLD_VERSION).await.unwrap(), None);
    export(&after);
    assert_eq!(known(&imported(&after, &key, &database).await), nothing);
    let replayed = folder.file("then.sqlite");
    run(&home, &["replay", "--until", &site.then, "--into", &replayed]);
    wait_for_scrub(&database, &home.data_dir, &keys).await;
    let mut left = remains(&database, &home.data_dir).await;
    for file in [&after, &replayed] {
        left.push((file.clone(), std::fs::read(file).unwrap()));
    }
    let Site { served, .. } = site;
    left.push(("what it said".to_owned(), served.block.clone().into_bytes()));
    let logged = block_in_place(|| served.stop());
    assert!(logged.contains("EraseSubject"), "the log is looked at, and there should be one");
    left.push(("the log".to_owned(), logged.into_bytes()));
    // Once more behind the end, when all that was held back is written.
    left.extend(remains(&database, &home.data_dir).await);
    for text in KNOWN.map(str::as_bytes).into_iter().chain(keys.iter().map(Vec::as_slice)) {
        let place = left.iter().find(|(_, bytes)| is_in(bytes, text)).map(|(place, _)| place);
        assert_eq!(place, None, "{:?} is left", String::from_utf8_lossy(text));
    }
}
