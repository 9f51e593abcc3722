//! Whoever was erased is shown nowhere: by no dialect, as of no instant, on no node, in no file.
//! Events and their hashes stay as they were.

mod leftovers;
mod people;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api::router::listed;
use axum::http::Method;
use eventlog::VaultKind;
use serde_json::{Value, json};

use crate::as_of::ask;
use crate::projections::ledger::contents;
use crate::secrecy::remains::{holds, remains};
use crate::stores::{Database, on_both_stores};
use crate::world::World;
use people::{People, STRINGS};

on_both_stores!(
    whoever_was_erased_is_shown_by_no_dialect_and_as_of_no_instant,
    another_node_cannot_show_them_either,
    nothing_of_them_or_their_key_stays_in_the_store,
    rows_built_again_are_the_rows_that_were_served,
    a_legal_hold_keeps_whom_it_names_from_being_erased,
    nobody_signs_in_as_nobody,
    an_address_of_a_client_reaches_the_log_sealed,
);

/// Every GET of every dialect about these people, with what it is asked of.
fn questions(people: &People) -> Vec<(&'static str, String)> {
    let mut asked = Vec::new();
    for listed in listed() {
        let gets = listed.operations.iter().filter(|it| it.method == Method::GET);
        // What is sent as it is recorded has no end.
        for operation in gets.filter(|it| !it.path.ends_with("/events/live")) {
            for id in [&people.user, &people.client, &people.akamai_client] {
                let part = |part: &str| match part {
                    "{tenant}" | "{tenantId}" | "{appId}" => "default".to_owned(),
                    part if part.starts_with('{') => id.clone(),
                    part => part.to_owned(),
                };
                let path: Vec<_> = operation.path.split('/').map(part).collect();
                asked.push((listed.dialect, format!("{}{}", listed.root, path.join("/"))));
            }
        }
    }
    let record = format!("/entity?type_name=user&uuid={}", people.record);
    asked.extend([
        ("capture", record),
        ("native", "/v1/tenants/default/events?limit=1000&order=desc".to_owned()),
        ("native", "/v1/tenants/default/clients?limit=1000".to_owned()),
    ]);
    asked.sort_unstable();
    asked.dedup();
    asked
}

/// Which of the people's strings any of these answers shows.
async fn shown(world: &World, people: &People, then: Option<&str>) -> Vec<&'static str> {
    let mut shown = Vec::new();
    for (dialect, target) in questions(people) {
        let reply = ask(world, dialect, &target, then).await;
        assert!(reply.status < 500, "{dialect} {target}: {reply}");
        let text = reply.body.to_string();
        shown.extend(STRINGS.into_iter().filter(|it| text.contains(it)));
    }
    shown.sort_unstable();
    shown.dedup();
    shown
}

async fn hashes(world: &World) -> Vec<Value> {
    let path = "/v1/tenants/default/events?limit=1000";
    let reply = world.admin("GET", path, Value::Null).await;
    let events = reply.body["events"].as_array().unwrap();
    events.iter().map(|event| json!([event["ordinal"], event["leafHash"]])).collect()
}

async fn whoever_was_erased_is_shown_by_no_dialect_and_as_of_no_instant(database: Arc<Database>) {
    let world = World::start(&database).await;
    let people = People::make(&world).await;
    let mut all = STRINGS;
    all.sort_unstable();
    assert_eq!(shown(&world, &people, None).await, all, "what is looked for can be found");
    let before = hashes(&world).await;
    let then = before.last().unwrap()[0].to_string();
    assert_eq!(shown(&world, &people, Some(&then)).await, all);

    people.erase(&world).await;
    let nobody: [&str; 0] = [];
    assert_eq!(shown(&world, &people, None).await, nobody);
    assert_eq!(shown(&world, &people, Some(&then)).await, nobody);
    let after = hashes(&world).await;
    assert_eq!(after[..before.len()], before, "events stay as they are");

    for (subject, kind, events) in
        [(&people.user, "user", 3), (&people.client, "client", 1), (&people.record, "record", 1)]
    {
        let path = format!("/v1/tenants/default/erasures/{subject}");
        let report = world.admin("GET", &path, Value::Null).await;
        assert_eq!(report.status, 200, "{report}");
        let body = &report.body;
        let told = [&body["about"]["kind"], &body["command"], &body["erased"]["keys"]];
        assert_eq!(told, [&json!(kind), &json!("EraseSubject"), &json!(1)]);
        assert_eq!(body["erased"]["events"], events, "{report}");
        assert_eq!(body["erased"]["passwords"], i32::from(kind == "user"), "{report}");
        assert_eq!(body["erased"]["mails"], i32::from(kind == "user"), "{report}");
        assert_eq!(body["erasedBy"]["home"], "default", "{report}");
        let rows = match kind {
            // Of those who act for somebody, the one that is told by mail.
            "user" => json!({"users": 1, "user_sign_ins": 1, "client_access": 1}),
            "client" => json!({"tenant_clients": 1}),
            _ => json!({"records": 1}),
        };
        assert_eq!(body["erased"]["rows"], rows, "{report}");
    }
    let list = world.admin("GET", "/v1/tenants/default/erasures?limit=2", Value::Null).await;
    assert_eq!(list.body["erasures"].as_array().unwrap().len(), 2, "{list}");
    let next = list.body["next"].as_str().unwrap();
    let rest = format!("/v1/tenants/default/erasures?limit=2&after={next}");
    let rest = world.admin("GET", &rest, Value::Null).await;
    assert_eq!(
        (rest.body["erasures"].as_array().unwrap().len(), &rest.body["next"]),
        (1, &json!(null))
    );
    world.stop().await;
}

async fn another_node_cannot_show_them_either(database: Arc<Database>) {
    let world = World::start(&database).await;
    let people = People::make(&world).await;
    let other = world.beside(&database).await;
    let then = hashes(&world).await.last().unwrap()[0].to_string();
    // It has their keys at hand by now.
    let user = format!("/v1/tenants/default/users/{}", people.user);
    let reply = ask(&other, "native", &user, None).await;
    assert!(reply.body.to_string().contains(STRINGS[0]), "{reply}");
    people.erase(&world).await;
    let nobody: [&str; 0] = [];
    assert_eq!(shown(&other, &people, Some(&then)).await, nobody);
    assert_eq!(shown(&other, &people, None).await, nobody);
    let profile = json!({"user": people.user, "profile": people::profile()});
    let path = "/v1/tenants/default/commands/ReplaceUserProfile";
    let refused = other.admin("POST", path, profile).await;
    assert_eq!(refused.status, 409, "{refused}");
    other.stop().await;
    world.stop().await;
}

async fn nothing_of_them_or_their_key_stays_in_the_store(database: Arc<Database>) {
    let world = World::start(&database).await;
    let people = People::make(&world).await;
    let mut keys = Vec::new();
    for subject in people.subjects() {
        let id = format!("default/{subject}");
        keys.push(world.app.log.vault(VaultKind::SubjectKey, &id).await.unwrap().unwrap().sealed);
    }
    let dir = match &database.place {
        crate::stores::Place::DataDir(dir) => dir.clone(),
        crate::stores::Place::Url(_) => std::env::temp_dir().join("no such directory"),
    };
    std::fs::create_dir_all(&dir).unwrap();
    let left = remains(&database, &dir).await;
    assert!(keys.iter().all(|key| holds(&left, key)), "what is looked for can be found");
    assert!(STRINGS.iter().all(|text| !holds(&left, text.as_bytes())));
    people.erase(&world).await;
    wait_for_scrub(&database, &dir, &keys).await;
    for subject in people.subjects() {
        let id = format!("default/{subject}");
        assert_eq!(world.app.log.vault(VaultKind::SubjectKey, &id).await.unwrap(), None);
    }
    let mails = world.app.log.vault_of(VaultKind::Mail, &"default".parse().unwrap()).await;
    assert_eq!(mails.unwrap(), [], "a mail waits for nobody");
    world.stop().await;
}

/// The store is scrubbed aside, after the answer.
async fn wait_for_scrub(database: &Database, dir: &Path, keys: &[Vec<u8>]) {
    for _ in 0..100 {
        let left = remains(database, dir).await;
        if keys.iter().all(|key| !holds(&left, key)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("a destroyed key is still in the store");
}

async fn rows_built_again_are_the_rows_that_were_served(database: Arc<Database>) {
    let world = World::start(&database).await;
    let people = People::make(&world).await;
    people.erase(&world).await;
    // Somebody else may now have the address.
    let body =
        json!({"organization": world.credentials.organization_id, "profile": people::profile()});
    world.command("CreateUser", body).await;
    let tenant = "default".parse().unwrap();
    let views = world.app.reads.current(&tenant).await.unwrap().views;
    let served = contents(&views).await;
    for projection in projections::all() {
        world.app.projections.rebuild(projection.name(), |_| {}).await.unwrap();
    }
    let views = world.app.reads.current(&tenant).await.unwrap().views;
    let rebuilt = contents(&views).await;
    for (table, rows) in served {
        assert_eq!(rebuilt[table], rows, "{table}");
    }
    world.stop().await;
}

async fn a_legal_hold_keeps_whom_it_names_from_being_erased(database: Arc<Database>) {
    let world = World::start(&database).await;
    let people = People::make(&world).await;
    let erase = async |subject: &str| {
        let path = "/v1/tenants/default/commands/EraseSubject";
        world.admin("POST", path, json!({"subject": subject})).await
    };
    let user = people.user.as_str();
    let held = world.command("HoldSubject", json!({"subject": user, "reason": "case 7"})).await;
    assert_eq!(held["details"]["sequence"], "1", "{held}");
    let refused = erase(user).await;
    assert_eq!(refused.status, 409, "{refused}");
    assert_eq!(refused.body["type"], "urn:chancery:problem:legal_hold");
    assert!(refused.body["detail"].as_str().unwrap().contains("case 7"), "{refused}");
    assert_eq!(refused.body["blocking"][0], json!({"kind": "subject", "id": user}));
    world.command("HoldSubject", json!({"reason": "audit"})).await;
    assert_eq!(erase(&people.record).await.status, 409);
    world.command("ReleaseSubject", json!({})).await;
    assert_eq!(erase(&people.record).await.status, 200);
    assert_eq!(erase(user).await.status, 409);
    world.command("ReleaseSubject", json!({"subject": user})).await;
    let erased = erase(user).await;
    assert_eq!(erased.status, 200, "{erased}");
    assert_eq!(erased.body["report"], format!("/v1/tenants/default/erasures/{user}"));
    let history = format!("/v1/tenants/default/history/user/{user}");
    let history = world.admin("GET", &history, Value::Null).await;
    let chapters = history.body["history"].as_array().unwrap();
    let told = chapters.iter().map(|chapter| chapter["type"].as_str().unwrap());
    let told: Vec<_> = told.filter(|name| name.starts_with("subject.")).collect();
    assert_eq!(told, ["subject.held", "subject.released", "subject.erased"], "{history}");
    let events = world.events().await;
    let again = erase(user).await;
    assert_eq!((again.status, &again.body["details"]), (200, &erased.body["details"]));
    assert_eq!(world.events().await, events);
    assert_eq!(erase("A-B-0").await.status, 404);
    let viewer =
        world.viewer("POST", "/v1/tenants/default/commands/EraseSubject", json!({"subject": user}));
    assert_eq!(viewer.await.status, 403);
    world.stop().await;
}

async fn nobody_signs_in_as_nobody(database: Arc<Database>) {
    let world = World::start(&database).await;
    let people = People::make(&world).await;
    let body = json!({"name": "hers", "holder": {"user": people.user}, "rights": ["group.read"]});
    let token = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    let groups = "/v1/tenants/default/groups";
    assert_eq!(world.bearer(&token, "GET", groups, Value::Null).await.status, 200);
    people.erase(&world).await;
    assert_eq!(world.bearer(&token, "GET", groups, Value::Null).await.status, 401);
    for command in ["UnlockUser", "SetUserPassword", "ResetUserPassword"] {
        let path = format!("/v1/tenants/default/commands/{command}");
        let refused = world.admin("POST", &path, json!({"user": people.user})).await;
        assert_eq!(refused.status, 409, "{command}: {refused}");
        assert_eq!(refused.body["type"], "urn:chancery:problem:person_erased");
    }
    let user = format!("/v1/tenants/default/users/{}", people.user);
    let user = world.admin("GET", &user, Value::Null).await;
    assert_eq!((user.status, &user.body["profile"]), (200, &Value::Null), "{user}");
    // Who was deleted has a key all the same, until it is destroyed.
    let path = "/v1/tenants/default/commands/DeleteUser";
    let deleted = world.admin("POST", path, json!({"user": people.user})).await;
    assert_eq!(deleted.status, 409, "a client acts for them: {deleted}");
    let robot = json!({"client": people.acting});
    world.command("DeleteClient", robot).await;
    world.command("DeleteUser", json!({"user": people.user})).await;
    world.command("EraseSubject", json!({"subject": people.acting})).await;
    world.stop().await;
}

async fn an_address_of_a_client_reaches_the_log_sealed(database: Arc<Database>) {
    let world = World::start(&database).await;
    let people = People::make(&world).await;
    // The address stays as it is, and stands in what was before and is after all the same.
    let body = json!({"client": people.client, "oidcEnabled": true});
    world.command("UpdateClient", body).await;
    let tenant = "default".parse().unwrap();
    let place = world.app.log.placement(&tenant).await.unwrap().unwrap();
    let events = world.app.log.read_tenant(&place, 0, 10_000).await.unwrap();
    let last = events.last().unwrap();
    assert_eq!(last.event_type, "client.registration_changed");
    for event in &events {
        let payload = String::from_utf8(event.payload.clone()).unwrap();
        let open = STRINGS.iter().find(|text| payload.contains(*text));
        assert_eq!(open, None, "{}: {payload}", event.event_type);
    }
    assert!(String::from_utf8_lossy(&last.payload).contains("\"sealed\""));
    world.stop().await;
}
