//! All 96 operations, one after the other, as an administrator, an editor, a viewer, somebody
//! without a role, and an administrator's client that may only read. What each is answered stands
//! in `authorization.txt`. Where the caller may not, an administrator takes the step, so that
//! every walk gets to its end. Of every step is checked:
//!
//! - its reply is what the published document promises;
//! - a write is recorded under the caller's name, with what stood before, and a read shows it;
//! - a refusal records nothing;
//! - the other account is refused, or is told nothing of this one.

pub(crate) mod cast;
pub(crate) mod rows;

use std::collections::BTreeSet;
use std::sync::Arc;

use api::edgegrid::Credential;
use api::router::listed;
use serde_json::Value;

use crate::stores::{Database, on_both_stores};
use crate::world::published::{self, PUBLISHED};
use crate::world::{Reply, World};
use cast::Caller;
use rows::{Kind, Names, Row, filled, rows};

on_both_stores!(
    an_administrator_gets_through,
    an_editor_is_answered_as_the_table_says,
    a_viewer_is_answered_as_the_table_says,
    somebody_without_a_role_is_answered_as_the_table_says,
    a_client_that_may_only_read_is_answered_as_the_table_says,
);

#[test]
fn every_operation_is_walked_once_at_its_published_path() {
    let published: BTreeSet<_> = PUBLISHED.iter().map(|it| it.id).collect();
    let walked: Vec<_> = rows().iter().map(|row| row.id).collect();
    assert_eq!((walked.len(), walked.iter().copied().collect()), (96, published.clone()));
    assert_eq!(rows::authorization().into_keys().collect::<BTreeSet<_>>(), published);
    for row in rows() {
        let asked = published::asked(&row.published().method, row.path);
        assert_eq!(asked.map(|it| it.id), Some(row.id), "{}", row.path);
    }
}

#[test]
fn every_write_of_the_walk_says_what_comes_of_it() {
    // A question by POST changes nothing.
    let asks = "post-api-clients-users-allowed-cpcodes";
    for row in rows().iter().filter(|row| row.published().method != "GET" && row.id != asks) {
        assert!(row.event.is_some(), "{}: no event", row.id);
        // Nobody is shown a password or a second factor; `own` credentials are seen by others.
        let unseen = ["password", "reset-additional", "post-self-credentials"];
        let is_seen = !row.sees.is_empty() || row.gone.is_some();
        assert!(is_seen || unseen.iter().any(|it| row.id.contains(it)), "{}: unseen", row.id);
    }
}

async fn an_administrator_gets_through(database: Arc<Database>) {
    walk(&database, Kind::Admin).await;
}

async fn an_editor_is_answered_as_the_table_says(database: Arc<Database>) {
    walk(&database, Kind::Editor).await;
}

async fn a_viewer_is_answered_as_the_table_says(database: Arc<Database>) {
    walk(&database, Kind::Viewer).await;
}

async fn somebody_without_a_role_is_answered_as_the_table_says(database: Arc<Database>) {
    walk(&database, Kind::Nobody).await;
}

async fn a_client_that_may_only_read_is_answered_as_the_table_says(database: Arc<Database>) {
    walk(&database, Kind::ReadOnly).await;
}

async fn walk(database: &Database, kind: Kind) {
    let world = World::start(database).await;
    let admin = cast::caller(&world, Kind::Admin).await.with_credential(&world).await;
    let walker = cast::caller(&world, kind).await.with_credential(&world).await;
    let partner = cast::partner(&world).await;
    let names = cast::stage(&world).await;
    let mut walk = Walk { world: &world, names, seen: 0, faults: Vec::new() };
    walk.news().await;
    let statuses = rows::authorization();
    let listed = listed().into_iter().filter(|listed| listed.dialect == "akamai");
    let routed: BTreeSet<_> = listed.flat_map(|it| it.operations).map(|it| it.id).collect();
    for row in rows().iter().filter(|row| routed.contains(row.id)) {
        if kind == Kind::Admin {
            walk.ask_as_partner(row, &partner, &admin).await;
        }
        let spare = if row.is_spare { Some(cast::caller(&world, kind).await) } else { None };
        let stand_in =
            if row.is_spare { Some(cast::caller(&world, Kind::Admin).await) } else { None };
        walk.news().await;
        let by = spare.as_ref().unwrap_or(&walker);
        let reply = walk.call(row, &by.signer, &by.names).await;
        let expected = statuses[row.id][kind as usize];
        if reply.status != expected {
            walk.faults.push(format!("{} {kind:?}: {expected} expected, {reply}", row.id));
        }
        if reply.status < 300 {
            walk.check(row, by, &reply).await;
            continue;
        }
        walk.expect_silence(row, "a refusal").await;
        let by = stand_in.as_ref().unwrap_or(&admin);
        let reply = walk.call(row, &by.signer, &by.names).await;
        walk.check(row, by, &reply).await;
    }
    let faults = walk.faults;
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    world.stop().await;
}

struct Walk<'a> {
    world: &'a World,
    names: Names,
    /// Ordinal of the newest event that was looked at.
    seen: i64,
    faults: Vec<String>,
}

impl Walk<'_> {
    async fn call(&self, row: &Row, signer: &Credential, own: &Names) -> Reply {
        let mut names = self.names.clone();
        names.extend(own.clone());
        let (path, body) = (filled(row.path, &names), filled(row.body, &names));
        self.send(&row.published().method, &path, body, signer).await
    }

    async fn send(&self, method: &str, path: &str, body: String, signer: &Credential) -> Reply {
        let header = self.world.signature(signer, method, path, body.as_bytes(), 0);
        Reply::of(self.world.signed(method, path, body.into_bytes(), header)).await
    }

    /// What was recorded since this was asked last.
    async fn news(&mut self) -> Vec<Value> {
        let path = format!("/v1/tenants/default/events?limit=1000&after={}", self.seen);
        let reply = self.world.admin("GET", &path, Value::Null).await;
        let events = reply.body["events"].as_array().unwrap().clone();
        if let Some(ordinal) = events.last().and_then(|event| event["ordinal"].as_i64()) {
            self.seen = ordinal;
        }
        events
    }

    async fn expect_silence(&mut self, row: &Row, why: &str) {
        let news = self.news().await;
        if !news.is_empty() {
            self.faults.push(format!("{}: {why} recorded {news:?}", row.id));
        }
    }

    /// A step that was taken: as published, recorded, and seen.
    async fn check(&mut self, row: &Row, by: &Caller, reply: &Reply) {
        let mut faults = Vec::new();
        let published = row.published();
        if reply.status >= 300 {
            self.faults.push(format!("{}: nobody got through: {reply}", row.id));
            return;
        }
        let unlike = published.faults(row.path, reply);
        if !unlike.is_empty() {
            faults.push(format!("{unlike:?}: {reply}"));
        }
        for (name, pointer) in &row.keeps {
            let Some(found) = reply.body.pointer(pointer) else {
                faults.push(format!("no {pointer} in {reply}"));
                continue;
            };
            let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
            self.names.insert((*name).to_owned(), text);
        }
        let news = self.news().await;
        match row.event {
            None if !news.is_empty() => faults.push(format!("a read recorded {news:?}")),
            None => {}
            Some((kind, before)) => faults.extend(unrecorded(kind, before, by, &news)),
        }
        faults.extend(self.unseen(row, by).await);
        self.faults.extend(faults.into_iter().map(|fault| format!("{}: {fault}", row.id)));
    }

    /// What reads do not show.
    async fn unseen(&self, row: &Row, by: &Caller) -> Vec<String> {
        let (mut faults, mut names) = (Vec::new(), self.names.clone());
        names.extend(by.names.clone());
        let owner = self.world.owner();
        for (path, pointer, expected) in &row.sees {
            // What is somebody's own, only they are shown.
            let signer = if path.starts_with("/user-profile") { &by.signer } else { &owner };
            let reply = self.send("GET", &filled(path, &names), String::new(), signer).await;
            let expected: Value = serde_json::from_str(&filled(expected, &names)).unwrap();
            let pointer = if *pointer == "/" { "" } else { pointer };
            if reply.body.pointer(pointer) != Some(&expected) {
                faults.push(format!("{path} shows no {expected} at {pointer}: {reply}"));
            }
        }
        if let Some(path) = row.gone {
            let reply = self.send("GET", &filled(path, &names), String::new(), &owner).await;
            if reply.status != 404 {
                faults.push(format!("{path} is still there: {reply}"));
            }
        }
        faults
    }

    /// The other account asks the same, with this one's ids.
    async fn ask_as_partner(&mut self, row: &Row, partner: &Credential, own: &Caller) {
        let is_read = row.published().method == "GET";
        if !is_read && !row.names_something() {
            // That would be about the other account, which is free to do it.
            return;
        }
        let reply = self.call(row, partner, &own.names).await;
        let names_nothing = reply.body == Value::Array(Vec::new());
        if row.names_something() && reply.status < 300 && !(is_read && names_nothing) {
            self.faults.push(format!("{}: the other account is answered {reply}", row.id));
        }
        if !row.names_something() && reply.body.to_string().to_lowercase().contains("acme") {
            self.faults.push(format!("{}: the other account is told {reply}", row.id));
        }
        if reply.status >= 500 || reply.status == 401 {
            self.faults.push(format!("{}: the other account is answered {reply}", row.id));
        }
        self.expect_silence(row, "the other account").await;
    }
}

/// What is missing in the record of a write.
fn unrecorded(kind: &str, before: Option<&str>, by: &Caller, news: &[Value]) -> Vec<String> {
    let mut faults = Vec::new();
    let is_kind = |event: &&Value| {
        let found = event["type"].as_str().unwrap_or_default();
        kind.strip_suffix('*').map_or(found == kind, |prefix| found.starts_with(prefix))
    };
    let Some(event) = news.iter().find(is_kind) else {
        return vec![format!("no {kind} was recorded: {news:?}")];
    };
    if before.is_some_and(|member| event["payload"][member].is_null()) {
        faults.push(format!("{kind} does not tell what stood before: {event}"));
    }
    if let Some(other) = news.iter().find(|event| event["actor"]["id"] != by.client.as_str()) {
        faults.push(format!("somebody else is said to have done it: {other}"));
    }
    faults
}
