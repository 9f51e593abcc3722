//! `chancery events tail --follow`, whatever happens to the server meanwhile.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use api::data_dir::{DataDir, Running};
use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::{Home, Serving, client};
use crate::stores::{Database, Place, on_both_stores};

on_both_stores!(whoever_follows_misses_nothing_and_is_told_nothing_twice);

const PATIENCE: Duration = Duration::from_mins(1);

/// The program, following.
struct Follower {
    child: Child,
    lines: Receiver<String>,
}

impl Follower {
    fn start(home: &Home, more: &[&str]) -> Self {
        let data_dir = home.data_dir.display().to_string();
        let usual = ["events", "tail", "--follow", "--json", "--data-dir", &data_dir];
        let mut command = home.command(&[&usual, more].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (send, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || out.lines().try_for_each(|line| send.send(line.unwrap())));
        Self { child, lines }
    }

    /// The next event that it shows.
    fn event(&self) -> Value {
        serde_json::from_str(&self.lines.recv_timeout(PATIENCE).unwrap()).unwrap()
    }

    /// Its exit code, and what it said beside the events, all of which must have been taken.
    fn end(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let code = self.child.wait().unwrap().code();
        assert_eq!(self.lines.iter().collect::<Vec<_>>(), [""; 0], "{said}");
        (code, said)
    }

    fn interrupt(self) -> (Option<i32>, String) {
        let kill = format!("kill -INT {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        self.end()
    }
}

async fn create(home: &Home, served: &Serving, name: &str) {
    let token = home.credentials()["bearer"]["admin"].as_str().unwrap().to_owned();
    let url = format!("{}/v1/tenants/default/commands", served.url());
    let send = async |command: &str, body: Value| {
        let request = client().post(format!("{url}/{command}")).bearer_auth(&token).json(&body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json::<Value>().await.unwrap()
    };
    let made = send("CreateGroup", json!({"name": name})).await;
    let renamed = format!("{name} again");
    send("RenameGroup", json!({"group": made["group"], "name": renamed})).await;
}

async fn whoever_follows_misses_nothing_and_is_told_nothing_twice(database: Arc<Database>) {
    let home = Home::of(&database);
    let name = |event: &Value| event["payload"]["name"].as_str().unwrap().to_owned();
    let mut served = block_in_place(|| home.serve(&[]));
    create(&home, &served, "first").await;
    let more = ["--lines", "1", "--type", "group.created", "--command", "CreateGroup"];
    let follower = Follower::start(&home, &more);
    assert_eq!(name(&block_in_place(|| follower.event())), "first");
    create(&home, &served, "second").await;
    assert_eq!(name(&block_in_place(|| follower.event())), "second");
    let again = |served: Serving, is_killed: bool| {
        block_in_place(|| {
            let _ = if is_killed { served.kill() } else { served.stop() };
            home.serve(&[])
        })
    };
    for (before, after, is_killed) in [("third", "fourth", false), ("fifth", "sixth", true)] {
        create(&home, &served, before).await;
        served = again(served, is_killed);
        create(&home, &served, after).await;
        for expected in [before, after] {
            assert_eq!(name(&block_in_place(|| follower.event())), expected);
        }
    }
    let (code, said) = block_in_place(|| follower.interrupt());
    assert_eq!(code, Some(0), "{said}");
    if matches!(database.place, Place::DataDir(_)) {
        assert!(said.contains("the server ended the stream: the server is stopping"), "{said}");
        assert!(said.contains("; trying again"), "{said}");
    }
    let wrong = block_in_place(|| home.tool(&["events", "tail", "--thing", "group"]));
    assert_eq!(wrong.status.code(), Some(2));
    block_in_place(|| served.stop());
}

/// Answers requests one after the other, each on a connection of its own; what was asked.
fn play(listener: &TcpListener, answers: &[String]) -> Vec<String> {
    let mut asked = Vec::new();
    for answer in answers {
        let (mut connection, _) = listener.accept().unwrap();
        let mut head = BufReader::new(connection.try_clone().unwrap());
        let mut request = String::new();
        while !request.ends_with("\r\n\r\n") {
            assert_ne!(head.read_line(&mut request).unwrap(), 0, "{request}");
        }
        asked.push(request.to_ascii_lowercase());
        connection.write_all(answer.as_bytes()).unwrap();
    }
    asked
}

fn answer(status: &str, kind: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n{body}")
}

#[test]
fn every_end_of_a_stream_is_gone_on_from_until_the_server_refuses() {
    let path = std::env::temp_dir().join(format!("chancery-home-{}", uuid::Uuid::now_v7()));
    let home = Home::at(&Place::DataDir(path.clone()));
    let (data_dir, listener) = (DataDir::new(&path), TcpListener::bind("127.0.0.1:0").unwrap());
    data_dir.create().unwrap();
    let lock = data_dir.lock().unwrap();
    let running = json!({"address": listener.local_addr().unwrap(), "token": "cho_1", "pid": 1});
    lock.announce(&serde_json::from_value::<Running>(running).unwrap()).unwrap();
    let follower = Follower::start(&home, &["--lines", "0", "--actor", "ada"]);

    let (json, stream) = ("application/problem+json", "text/event-stream");
    let problem = |detail: &str| json!({"detail": detail}).to_string();
    let slow = json!({"reason": "slow", "detail": "it is too slow"});
    let asked = play(
        &listener,
        &[
            answer("200 OK", json, &json!({"events": [{"ordinal": 7}], "next": null}).to_string()),
            // Broken off in the midst of an event.
            answer(
                "200 OK",
                stream,
                ": listening\n\nid: 8\ndata: {\"ordinal\":8}\n\nid: 9\ndata: {\"ord",
            ),
            answer("503 Service Unavailable", json, &problem("too much is waiting")),
            // Not known: that server may have been started again, and this may be an old token.
            answer("401 Unauthorized", json, &problem("the token is not known")),
            answer(
                "200 OK",
                stream,
                &format!("id: 9\ndata: {{\"ordinal\":9}}\n\nevent: end\nid: 11\ndata: {slow}\n\n"),
            ),
            answer("403 Forbidden", json, &problem("the caller may not read the record")),
        ],
    );
    assert_eq!(
        [follower.event(), follower.event()],
        [json!({"ordinal": 8}), json!({"ordinal": 9})]
    );
    let (code, said) = follower.end();
    assert_eq!(code, Some(1), "{said}");
    for why in ["broke off", "too much is waiting", "it is too slow"] {
        assert!(said.contains(why), "{why}: {said}");
    }
    let last = said.lines().last().unwrap();
    assert!(last.contains("403 Forbidden: the caller may not read the record"), "{said}");
    let behind = ["last-event-id: 7", "last-event-id: 8", "last-event-id: 8", "last-event-id: 8"];
    for (asked, behind) in asked.iter().skip(1).zip(behind.iter().chain(&["last-event-id: 11"])) {
        assert!(asked.contains(behind) && asked.contains("/events/live?actor=ada "), "{asked}");
    }
    drop(lock);
    std::fs::remove_dir_all(path).unwrap();
}
