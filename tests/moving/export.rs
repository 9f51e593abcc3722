//! A tenant's record as a file, over HTTP and on the command line.

use std::fs;
use std::process::Stdio;
use std::sync::Arc;

use domain::TenantId;
use eventlog::{Batch, EventLog, ExportError, ExportLine, Placement, Recorded, VaultKind};
use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::files::{Folder, events, lines, recorded};
use crate::contract::sample;
use crate::program::{Home, client, complaint, mode, said};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_file_has_every_event_and_can_be_gone_on_with,
    a_file_of_something_else_is_left_alone,
    an_export_that_was_killed_is_gone_on_with,
    over_http_it_is_for_those_who_may_read_the_record,
    keys_travel_for_their_recipient_alone,
);

async fn a_file_has_every_event_and_can_be_gone_on_with(database: Arc<Database>) {
    let (home, folder) = (Home::of(&database), Folder::new());
    let served = block_in_place(|| home.serve(&[]));
    let file = folder.file("default.ndjson");
    let export = |more: &[&str]| {
        let arguments = ["events", "export", "--out", &file, "--json"];
        block_in_place(|| home.tool(&[&arguments, more].concat()))
    };
    let told: Value = serde_json::from_str(&said(&export(&[]))).unwrap();
    let whole = fs::read(&file).unwrap();
    let first = recorded(&*database.log().await, "default").await;
    assert_eq!(events(&lines(&whole).unwrap()), first);
    assert_eq!(told["events"], first.len(), "{told}");
    assert_eq!(told["leafHash"], first.last().unwrap().leaf_hash.to_string());
    assert_eq!(mode(file.as_ref()), 0o600);
    assert!(!String::from_utf8(whole.clone()).unwrap().contains("{\"vault\""));

    // Wherever it was cut off, it comes to the same.
    for length in [0, 20, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        fs::write(&file, &whole[..length]).unwrap();
        said(&export(&["--resume"]));
        let again = fs::read(&file).unwrap();
        // The header says when it was begun, and the last line has the newest checkpoint.
        let between = |text: &[u8]| {
            let lines: Vec<_> = text.split_inclusive(|byte| *byte == b'\n').collect();
            lines[1..lines.len() - 1].concat()
        };
        assert_eq!(between(&again), between(&whole), "cut off at {length}");
        assert_eq!(events(&lines(&again).unwrap()), first);
    }
    // Once the record is sealed, the file says so.
    let sealed = loop {
        let told: Value = serde_json::from_str(&said(&export(&["--resume"]))).unwrap();
        if let Some(note) = told["checkpoint"].as_str() {
            break note.to_owned();
        }
    };
    assert!(sealed.lines().next().unwrap().contains("default"), "{sealed}");
    block_in_place(|| served.stop());

    // What was recorded since is appended, by a program that opens the store itself.
    let served = block_in_place(|| home.serve(&[]));
    let token = home.credentials()["bearer"]["admin"].as_str().unwrap().to_owned();
    let url = format!("{}/v1/tenants/default/commands/CreateGroup", served.url());
    let request = client().post(url).bearer_auth(token);
    assert_eq!(Reply::of(request.json(&json!({"name": "later"}))).await.status, 200);
    block_in_place(|| served.stop());
    said(&export(&["--resume"]));
    let more = recorded(&*database.log().await, "default").await;
    assert_eq!(events(&lines(&fs::read(&file).unwrap()).unwrap()), more);
    assert_eq!(more.len(), first.len() + 1);

    // A part of it, to standard output.
    let arguments = ["events", "export", "--out", "-", "--after", "3", "--until", "7"];
    let part = block_in_place(|| home.tool(&arguments));
    assert!(complaint(&part).contains("4 events of default"), "{}", complaint(&part));
    assert_eq!(events(&lines(&part.stdout).unwrap()), more[3..7]);
}

async fn a_file_of_something_else_is_left_alone(database: Arc<Database>) {
    let (home, folder) = (Home::of(&database), Folder::new());
    let served = block_in_place(|| home.serve(&[]));
    let file = folder.file("default.ndjson");
    let export = |arguments: &[&str]| {
        let output = block_in_place(|| {
            home.tool(&[&["events", "export", "--out", &file], arguments].concat())
        });
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        complaint(&output)
    };
    let said_of = |arguments: &[&str], why: &str| {
        let said = export(arguments);
        assert!(said.contains(why), "{arguments:?}: {said}");
    };
    said_of(&["--tenant", "nobody"], "there is no tenant nobody");
    fs::remove_file(&file).unwrap();
    said_of(&["--until", "2999-01-01T00:00:00Z"], "yet to come");
    fs::remove_file(&file).unwrap();
    said_of(&["--until", "999999"], "there is no event 999999; the newest one is");
    fs::remove_file(&file).unwrap();
    said_of(&["--after", "9", "--until", "8"], "event 8, with which to end, is not behind event 9");
    fs::remove_file(&file).unwrap();
    said(&block_in_place(|| home.tool(&["events", "export", "--out", &file])));
    let whole = fs::read_to_string(&file).unwrap();

    said_of(&[], "is there already; --resume goes on with it");
    said_of(&["--resume", "--tenant", "partner"], "is of tenant default");
    said_of(&["--resume", "--after", "3"], "begins behind event 0");
    let altered = whole.replacen("\"command\":\"", "\"command\":\"X", 1);
    fs::write(&file, &altered).unwrap();
    said_of(&["--resume"], "line 2: event 1 does not have its leaf hash");
    assert_eq!(fs::read_to_string(&file).unwrap(), altered, "it is left as it was");
    let wrong = home.tool(&["events", "export", "--out", "-", "--resume"]);
    assert_eq!(wrong.status.code(), Some(2));
    let wrong = home.tool(&["events", "export", "--out", "-", "--until", "yesterday"]);
    assert_eq!(wrong.status.code(), Some(2));
    block_in_place(|| served.stop());
}

/// Records so many events of a tenant that an export of it takes a while.
pub(super) async fn record_many(log: &dyn EventLog, tenant: &TenantId, count: usize) {
    let mut head = sample::head(log).await;
    let placement = Placement { tenant: tenant.clone(), partition: head.partition };
    let batch = Batch { bases: vec![head], placements: vec![placement], ..Batch::default() };
    log.append(&batch).await.unwrap();
    for first in (1..count).step_by(1_000) {
        let first = i64::try_from(first).unwrap();
        let readable = |event: &mut Recorded| {
            event.payload = format!(r#"{{"group":7,"from":1,"to":{}}}"#, event.ordinal).into();
        };
        let events = sample::events(&head, tenant, first, 1_000).into_iter();
        let events: Vec<_> = events.map(|event| sample::changed(event, readable)).collect();
        let last = sample::head_of(events.last().unwrap());
        log.append(&sample::batch(&head, events)).await.unwrap();
        head = last;
    }
}

async fn an_export_that_was_killed_is_gone_on_with(database: Arc<Database>) {
    let (home, folder) = (Home::of(&database), Folder::new());
    block_in_place(|| home.serve(&[]).stop());
    let log = database.log().await;
    record_many(&*log, &sample::tenant("acme"), 20_000).await;
    let file = folder.file("acme.ndjson");
    let data_dir = home.data_dir.display().to_string();
    let arguments =
        ["events", "export", "--tenant", "acme", "--out", &file, "--data-dir", &data_dir];
    let mut program = home.command(&arguments).stdout(Stdio::null()).spawn().unwrap();
    while !fs::metadata(&file).is_ok_and(|file| file.len() > 100_000) {
        assert_eq!(program.try_wait().unwrap(), None, "it ended before it was killed");
        tokio::task::yield_now().await;
    }
    program.kill().unwrap();
    program.wait().unwrap();
    let cut = fs::read(&file).unwrap();
    assert!(matches!(lines(&cut), Err(ExportError::CutOff { .. })));
    said(&block_in_place(|| home.run(&[&arguments[..], &["--resume"]].concat())));
    let whole = fs::read(&file).unwrap();
    assert!(whole.starts_with(cut.rsplitn(2, |byte| *byte == b'\n').last().unwrap()));
    let told = lines(&whole).unwrap();
    assert_eq!(events(&told), recorded(&*log, "acme").await);
    assert!(matches!(told.last(), Some(ExportLine::End(end)) if end.events == 20_000));
}

async fn over_http_it_is_for_those_who_may_read_the_record(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = "/v1/tenants/default/export";
    let get = |token: &str, path: &str| world.request("GET", path).bearer_auth(token);
    let admin = world.credentials.bearer.admin.clone();
    let answer = get(&admin, path).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
    let count = answer.headers()["chancery-export-events"].to_str().unwrap().to_owned();
    let text = answer.bytes().await.unwrap();
    let all = recorded(&*world.app.log, "default").await;
    assert_eq!(events(&lines(&text).unwrap()), all);
    assert_eq!(count, all.len().to_string());

    // As of then, it is what it was then.
    let then = get(&admin, path).header("chancery-as-of", "5").send().await.unwrap();
    assert_eq!(events(&lines(&then.bytes().await.unwrap()).unwrap()), all[..5]);

    let body = json!({"name": "x", "rights": ["group.read"]});
    let reader = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    for (token, query, status, member) in [
        ("cht_x_y", "", 401, Value::Null),
        (reader.as_str(), "", 403, Value::Null),
        (admin.as_str(), "?after=-1", 400, json!("after")),
        (admin.as_str(), "?after=x", 400, json!("after")),
        (admin.as_str(), "?after=99999", 400, json!("after, until")),
        (admin.as_str(), "?after=5&until=4", 400, json!("after, until")),
        (admin.as_str(), "?until=tomorrow", 400, json!("until")),
        (admin.as_str(), "?until=2999-01-01T00:00:00Z", 400, json!("until")),
        (admin.as_str(), "?recipient=age1xyz", 400, json!("recipient")),
    ] {
        let refused = Reply::of(get(token, &format!("{path}{query}"))).await;
        assert_eq!((refused.status, &refused.body["member"]), (status, &member), "{refused}");
    }
    let foreign = Reply::of(get(&admin, "/v1/tenants/partner/export")).await;
    assert_eq!(foreign.status, 404, "{foreign}");
    let recipient = eventlog::RecipientKey::draw().unwrap().public();
    let refused = Reply::of(get(&admin, &format!("{path}?recipient={recipient}"))).await;
    assert_eq!(refused.status, 403, "an administrator of one tenant takes no keys: {refused}");
    world.stop().await;
}

async fn keys_travel_for_their_recipient_alone(database: Arc<Database>) {
    let (home, folder) = (Home::of(&database), Folder::new());
    let served = block_in_place(|| home.serve(&[]));
    let key = folder.file("recipient.key");
    let recipient = said(&home.run(&["keys", "recipient", "--key", &key]));
    assert_eq!(said(&home.run(&["keys", "recipient", "--key", &key])), recipient, "drawn once");
    assert_eq!(mode(key.as_ref()), 0o600);
    let file = folder.file("default.ndjson");
    let arguments = ["events", "export", "--out", &file, "--recipient", recipient.trim()];
    said(&block_in_place(|| home.tool(&arguments)));
    let told = lines(&fs::read(&file).unwrap()).unwrap();
    let secrets: Vec<_> = told
        .iter()
        .filter_map(|line| match line {
            ExportLine::Secret(secret) => Some(secret),
            _ => None,
        })
        .collect();
    let log = database.log().await;
    for kind in VaultKind::ALL {
        let rows = log.vault_of(kind, &sample::tenant("default")).await.unwrap();
        let travelled = secrets.iter().filter(|secret| secret.kind == kind).count();
        match kind {
            VaultKind::Mail => assert_eq!(travelled, 0),
            // What is noted of this very export may have drawn this month's.
            VaultKind::AddressKey => assert!(travelled <= rows.len()),
            _ => assert_eq!(travelled, rows.len(), "{kind:?}"),
        }
    }
    let private = fs::read_to_string(&key).unwrap();
    let arguments = ["events", "export", "--out", "-", "--recipient", private.trim()];
    let refused = home.run(&arguments);
    assert!(complaint(&refused).contains("private half"), "{}", complaint(&refused));
    block_in_place(|| served.stop());
}
