//! A record from a file into another store.

use std::fs;
use std::process::Stdio;
use std::sync::Arc;

use commands::groups::CreateGroup;
use commands::tenants::CreateTenant;
use commands::tokens::{Holder, IssueToken};
use commands::{Command, Granted};
use domain::TenantId;
use eventlog::{EventLog, Export, ExportRange, RecipientKey, VaultKind};
use projections::{Until, all, as_of};
use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::files::{Folder, place, recorded};
use crate::contract::sample;
use crate::program::{Home, client, complaint, said};
use crate::stores::{self, Database, Store, on_both_stores};
use crate::world::{Reply, World, run_inside};

on_both_stores!(
    a_tenant_moves_to_the_other_store_and_back,
    without_keys_what_was_sealed_stays_so,
    what_does_not_verify_or_clashes_is_refused_before_anything_is_written,
    an_import_that_was_killed_is_done_again,
    a_server_takes_in_what_is_imported_beside_it,
    who_was_erased_meanwhile_is_erased_after_an_import,
);

/// A store of the other kind, for as long as `what` takes.
async fn elsewhere<F: Future<Output = ()>>(here: &Database, what: impl FnOnce(Arc<Database>) -> F) {
    let other = match here.place {
        stores::Place::DataDir(_) => Store::Postgres,
        stores::Place::Url(_) => Store::Sqlite,
    };
    stores::on(other, what).await;
}

fn run(home: &Home, arguments: &[&str]) -> std::process::Output {
    block_in_place(|| home.tool(arguments))
}

/// Every row of every read model, folded from the log.
async fn rows(log: &dyn EventLog, tenant: &str) -> Vec<String> {
    let tenant = tenant.parse::<TenantId>().unwrap();
    let views = as_of(log, &tenant, Until::Now).await.unwrap().views;
    let mut rows = Vec::new();
    for projection in all().iter().filter(|it| it.is_folded_for_the_past()) {
        for (table, content) in views.contents(&**projection).await.unwrap() {
            rows.extend(content.iter().map(|row| format!("{table} {row:?}")));
        }
    }
    rows.retain(|row| row.contains(tenant.as_str()));
    rows
}

/// The lines behind the header, but for the last one.
fn body(file: &str) -> String {
    let text = fs::read_to_string(file).unwrap();
    let lines: Vec<_> = text.lines().skip(1).filter(|line| line.contains("\"ordinal\"")).collect();
    lines[..lines.len() - 1].join("\n")
}

async fn a_tenant_moves_to_the_other_store_and_back(database: Arc<Database>) {
    let (here, folder) = (Home::of(&database), Folder::new());
    block_in_place(|| here.serve(&[]).stop());
    let (there_key, here_key) = (folder.file("there.key"), folder.file("here.key"));
    let recipient = |key: &str| said(&here.run(&["keys", "recipient", "--key", key]));
    let file = folder.file("partner.ndjson");
    let to = recipient(&there_key);
    let out = ["events", "export", "--tenant", "partner", "--out", &file, "--recipient", to.trim()];
    said(&run(&here, &out));
    let log = database.log().await;
    elsewhere(&database, async |other| {
        let there = Home::of(&other);
        let import = ["events", "import", &file, "--recipient-key", &there_key, "--json"];
        let told: Value = serde_json::from_str(&said(&run(&there, &import))).unwrap();
        let events = recorded(&*log, "partner").await;
        assert_eq!((&told["written"], &told["keys"]), (&json!(events.len()), &json!(true)));
        let moved = other.log().await;
        assert_eq!(recorded(&*moved, "partner").await, events);
        assert_eq!(rows(&*moved, "partner").await, rows(&*log, "partner").await);
        // Once more finds everything there.
        let told: Value = serde_json::from_str(&said(&run(&there, &import))).unwrap();
        assert_eq!((&told["written"], &told["found"]), (&json!(0), &json!(events.len())));

        // Back into a store that has never seen it.
        let back = folder.file("back.ndjson");
        let to = recipient(&here_key);
        let out =
            ["events", "export", "--tenant", "partner", "--out", &back, "--recipient", to.trim()];
        said(&run(&there, &out));
        assert_eq!(body(&back), body(&file));
        let kind = match database.place {
            stores::Place::DataDir(_) => Store::Sqlite,
            stores::Place::Url(_) => Store::Postgres,
        };
        stores::on(kind, async |fresh| {
            let home = Home::of(&fresh);
            let import = ["events", "import", &back, "--recipient-key", &here_key];
            said(&run(&home, &import));
            let log = fresh.log().await;
            assert_eq!(rows(&*log, "partner").await, rows(&*moved, "partner").await);
        })
        .await;
    })
    .await;
}

async fn without_keys_what_was_sealed_stays_so(database: Arc<Database>) {
    let (here, folder) = (Home::of(&database), Folder::new());
    block_in_place(|| here.serve(&[]).stop());
    let file = folder.file("default.ndjson");
    said(&run(&here, &["events", "export", "--out", &file]));
    elsewhere(&database, async |other| {
        let there = Home::of(&other);
        assert!(said(&run(&there, &["events", "import", &file])).contains("without keys"));
        let tail = ["events", "tail", "--lines", "500", "--json"];
        let shown = said(&run(&there, &tail));
        assert!(shown.contains("user.created") && !shown.contains("ada@acme.example"), "{shown}");
        assert!(said(&run(&here, &tail)).contains("ada@acme.example"));
    })
    .await;
}

async fn what_does_not_verify_or_clashes_is_refused_before_anything_is_written(
    database: Arc<Database>,
) {
    let (here, folder) = (Home::of(&database), Folder::new());
    block_in_place(|| here.serve(&[]).stop());
    let file = folder.file("partner.ndjson");
    let key = folder.file("recipient.key");
    let to = said(&here.run(&["keys", "recipient", "--key", &key]));
    let export = ["events", "export", "--tenant", "partner", "--out", &file];
    said(&run(&here, &[&export[..], &["--recipient", to.trim()]].concat()));
    let whole = fs::read_to_string(&file).unwrap();
    elsewhere(&database, async |other| {
        let there = Home::of(&other);
        let refused = |text: &str, more: &[&str], why: &str| {
            fs::write(&file, text).unwrap();
            let output = run(&there, &[&["events", "import", &file], more].concat());
            assert_eq!(output.status.code(), Some(1), "{why}");
            assert!(complaint(&output).contains(why), "{why}: {}", complaint(&output));
        };
        let with_key = ["--recipient-key", &key];
        let lines: Vec<_> = whole.lines().collect();
        let without = |number: usize| {
            let kept = lines.iter().enumerate().filter(|(line, _)| *line != number);
            kept.map(|(_, line)| format!("{line}\n")).collect::<String>()
        };
        refused(&without(3), &with_key, "line 4: ordinal 4 stands where 3 should");
        refused(&without(lines.len() - 1), &with_key, "cut off");
        refused(&whole[..whole.len() / 2], &with_key, "cut off");
        let altered = whole.replacen("\"correlation\":\"", "\"correlation\":\"x", 1);
        refused(&altered, &with_key, "line 2: event 1 does not have its leaf hash");
        refused(&whole, &[], "it takes the private key of their recipient");
        let other_key = folder.file("other.key");
        said(&here.run(&["keys", "recipient", "--key", &other_key]));
        refused(&whole, &["--recipient-key", &other_key], "sealed for another recipient");
        let swapped = whole.replacen("\"kind\":\"subject_key\"", "\"kind\":\"password\"", 1);
        refused(&swapped, &with_key, "is not what its tenant's key sealed");
        let log = other.log().await;
        assert!(log.placements().await.unwrap().is_empty());
        assert!(log.heads().await.unwrap().iter().all(|head| head.position == 0));

        // Another partner is there: its history and its ids are others.
        block_in_place(|| there.serve(&[]).stop());
        refused(&whole, &with_key, "tenant partner is here already, and its event 1 is another");
    })
    .await;
    // A tenant of another name, whose ids are taken here.
    elsewhere(&database, async |other| {
        let (there, log) = (Home::of(&other), database.log().await);
        block_in_place(|| there.serve(&[]).stop());
        let (head, tenant) = (sample::head(&*log).await, sample::tenant("guest"));
        let payload = br#"{"group":1001,"parent":null,"name":"Clash"}"#.to_vec();
        let event = sample::changed(sample::event(&head, &tenant, 1), |event| {
            (event.event_type, event.event_version) = ("group.created".to_owned(), 2);
            event.payload = payload;
        });
        let placement = eventlog::Placement { tenant, partition: head.partition };
        let mut batch = sample::batch(&head, vec![event]);
        batch.placements.push(placement);
        log.append(&batch).await.unwrap();
        let file = folder.file("guest.ndjson");
        said(&run(&here, &["events", "export", "--tenant", "guest", "--out", &file]));
        let output = run(&there, &["events", "import", &file]);
        let why = "group 1001 is one of tenant ";
        assert!(complaint(&output).contains(why), "{}", complaint(&output));
    })
    .await;
}

async fn an_import_that_was_killed_is_done_again(database: Arc<Database>) {
    let (here, folder) = (Home::of(&database), Folder::new());
    block_in_place(|| here.serve(&[]).stop());
    let log = database.log().await;
    super::export::record_many(&*log, &sample::tenant("acme"), 10_000).await;
    let file = folder.file("acme.ndjson");
    said(&run(&here, &["events", "export", "--tenant", "acme", "--out", &file]));
    elsewhere(&database, async |other| {
        let there = Home::of(&other);
        block_in_place(|| there.serve(&[]).stop());
        let moved = other.log().await;
        let partition = eventlog::partition_of(&sample::tenant("acme"), moved.partitions());
        let at = async || {
            let heads = moved.heads().await.unwrap();
            heads.into_iter().find(|head| head.partition == partition).unwrap().position
        };
        let before = at().await;
        let data_dir = there.data_dir.display().to_string();
        let arguments = ["events", "import", &file, "--data-dir", &data_dir];
        let mut program = there.command(&arguments).stdout(Stdio::null()).spawn().unwrap();
        while at().await <= before {
            assert_eq!(program.try_wait().unwrap(), None, "it ended before it was killed");
        }
        program.kill().unwrap();
        program.wait().unwrap();
        // Nobody finds half of it.
        assert_eq!(moved.placement(&sample::tenant("acme")).await.unwrap(), None);
        let told: Value =
            serde_json::from_str(&said(&run(&there, &["events", "import", &file, "--json"])))
                .unwrap();
        assert!(told["found"].as_i64().unwrap() > 0, "{told}");
        assert_eq!(recorded(&*moved, "acme").await, recorded(&*log, "acme").await);
        assert_eq!(place(&*moved, "acme").await.partition, partition);
    })
    .await;
}

/// Runs a command of the installation itself in a tenant.
async fn ask<C: Command>(world: &World, tenant: &TenantId, command: C) -> Granted<C::Fresh> {
    let ran = run_inside(&world.app.writer, tenant, command).await;
    ran.map_err(|error| error.to_string()).unwrap()
}

async fn a_server_takes_in_what_is_imported_beside_it(database: Arc<Database>) {
    // Ids that the other store has not come to yet.
    database.log().await.reserve_ids(100_000).await.unwrap();
    let (world, folder, guest) =
        (World::start(&database).await, Folder::new(), sample::tenant("guest"));
    ask(&world, &guest, CreateTenant { name: "Guest".to_owned() }).await;
    ask(&world, &guest, CreateGroup { parent: None, name: "Top".to_owned() }).await;
    let token = IssueToken {
        name: "x".to_owned(),
        holder: Holder::default(),
        rights: vec!["group.admin".to_owned()],
        organization: None,
        expires_at: None,
    };
    let token = ask(&world, &guest, token).await.fresh.text.expose().to_owned();
    let (key, file) = (folder.file("recipient.key"), folder.file("guest.ndjson"));
    let private = RecipientKey::draw().unwrap();
    fs::write(&key, private.expose()).unwrap();
    let range = ExportRange { recipient: Some(private.public()), ..ExportRange::default() };
    let (log, keyring) = (Arc::clone(&world.app.log), world.app.keyring.clone());
    let export = Export::begin(log, keyring, &guest, range, chrono::Utc::now()).await;
    let (mut export, mut text) = (export.unwrap(), Vec::new());
    while let Some(lines) = export.page().await.unwrap() {
        text.extend(lines);
    }
    fs::write(&file, text).unwrap();
    elsewhere(&database, async |other| {
        let there = Home::of(&other);
        let served = block_in_place(|| there.serve(&[]));
        let groups = format!("{}/v1/tenants/guest/groups", served.url());
        let list = async || Reply::of(client().get(&groups).bearer_auth(&token)).await;
        assert_eq!(list().await.status, 401, "nobody knows that token yet");
        said(&run(&there, &["events", "import", &file, "--recipient-key", &key]));
        // Whoever could sign in there can here, and goes on with the same record.
        let listed = list().await;
        assert_eq!((listed.status, &listed.body["groups"][0]["name"]), (200, &json!("Top")));
        let create = format!("{}/v1/tenants/guest/commands/CreateGroup", served.url());
        let request = client().post(&create).bearer_auth(&token).json(&json!({"name": "Next"}));
        let made = Reply::of(request).await;
        assert_eq!(made.status, 200, "{made}");
        let imported = listed.body["groups"][0]["group"].as_i64().unwrap();
        assert!(made.body["group"].as_i64().unwrap() != imported, "{made}");
        let events = recorded(&*other.log().await, "guest").await;
        let before = recorded(&*world.app.log, "guest").await;
        assert_eq!(events[..before.len()], before);
        let times: Vec<_> = events.iter().map(|event| event.created_at).collect();
        assert!(times.is_sorted(), "a tenant's time never runs backwards");
        block_in_place(|| served.stop());
    })
    .await;
    world.stop().await;
}

async fn who_was_erased_meanwhile_is_erased_after_an_import(database: Arc<Database>) {
    let (here, folder) = (Home::of(&database), Folder::new());
    let key = folder.file("there.key");
    let to = said(&here.run(&["keys", "recipient", "--key", &key]));
    let export = |file: &str| {
        said(&run(&here, &["events", "export", "--out", file, "--recipient", to.trim()]))
    };
    let (before, after) = (folder.file("before.ndjson"), folder.file("after.ndjson"));
    block_in_place(|| here.serve(&[]).stop());
    export(&before);
    let served = block_in_place(|| here.serve(&[]));
    let credentials = here.credentials();
    let user = credentials["user_id"].as_str().unwrap();
    let token = credentials["bearer"]["admin"].as_str().unwrap();
    let erase = format!("{}/v1/tenants/default/commands/EraseSubject", served.url());
    let request = client().post(&erase).json(&json!({"subject": user}));
    let reply = Reply::of(request.bearer_auth(token)).await;
    assert_eq!(reply.status, 200, "{reply}");
    block_in_place(|| served.stop());
    export(&after);
    elsewhere(&database, async |other| {
        let there = Home::of(&other);
        for (file, is_known) in [(&before, true), (&after, false), (&before, false)] {
            said(&run(&there, &["events", "import", file, "--recipient-key", &key]));
            let (log, id) = (other.log().await, format!("default/{user}"));
            let held = log.vault(VaultKind::SubjectKey, &id).await.unwrap();
            assert_eq!(held.is_some(), is_known, "{file}");
        }
    })
    .await;
}
