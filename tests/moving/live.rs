//! Events as they are recorded, over HTTP.

use std::sync::Arc;
use std::time::Duration;

use api::live::LivePace;
use api::settings::Settings;
use reqwest::Response;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::timeout;

use crate::program::{Home, client};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    events_arrive_as_they_are_recorded,
    filters_hold_and_the_way_back_leads_past_what_they_kept,
    whoever_may_look_no_more_is_shown_out,
    a_slow_reader_is_dropped_with_the_way_back,
    a_server_that_stops_says_so,
    what_is_no_stream_is_refused,
);

const LIVE: &str = "/v1/tenants/default/events/live";

/// A stream that is being read.
pub(crate) struct Stream {
    answer: Response,
    text: String,
}

/// One block of a stream.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    pub(crate) event: String,
    pub(crate) id: Option<i64>,
    pub(crate) data: Value,
    pub(crate) is_comment: bool,
}

impl Stream {
    pub(crate) async fn open(world: &World, token: &str, query: &str, last: Option<i64>) -> Self {
        let request = world.request("GET", &format!("{LIVE}{query}")).bearer_auth(token);
        let request = last.into_iter().fold(request, |it, id| it.header("last-event-id", id));
        Self::of(request.send().await.unwrap()).await
    }

    /// What begins with a comment, so that whoever listens knows when it begins.
    async fn of(answer: Response) -> Self {
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let mut stream = Self { answer, text: String::new() };
        assert!(stream.block().await.unwrap().is_comment);
        stream
    }

    /// The next block; `None` behind the last one.
    pub(crate) async fn block(&mut self) -> Option<Block> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (parse(block), rest.len());
                self.text.drain(..self.text.len() - rest);
                return Some(block);
            }
            let chunk = self.answer.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event, whatever comes between.
    pub(crate) async fn event(&mut self) -> Block {
        loop {
            let block = self.block().await.expect("the stream ended without a word");
            if !block.is_comment {
                return block;
            }
        }
    }
}

fn parse(text: &str) -> Block {
    let mut block =
        Block { event: "message".to_owned(), id: None, data: Value::Null, is_comment: true };
    for line in text.lines() {
        match line.split_once(": ").unwrap() {
            ("event", event) => event.clone_into(&mut block.event),
            ("id", id) => block.id = Some(id.parse().unwrap()),
            ("data", data) => {
                block.data = serde_json::from_str(data).unwrap();
                block.is_comment = false;
            }
            (name, _) => assert_eq!(name, "", "a field that nobody knows: {line}"),
        }
    }
    block
}

pub(crate) fn fast() -> Settings {
    let heartbeat = Duration::from_millis(50);
    let patience = Duration::from_millis(200);
    Settings {
        live: LivePace { heartbeat, patience, ..LivePace::default() },
        ..Settings::default()
    }
}

async fn group(world: &World, name: &str) -> i64 {
    let path = "/v1/tenants/default/commands/CreateGroup";
    let reply = world.admin("POST", path, json!({"name": name})).await;
    assert_eq!(reply.status, 200, "{reply}");
    reply.header("chancery-position").parse().unwrap()
}

async fn events_arrive_as_they_are_recorded(database: Arc<Database>) {
    let world = World::start_with(&database, fast()).await;
    let admin = world.credentials.bearer.admin.clone();
    let mut stream = Stream::open(&world, &admin, "", None).await;
    let first = group(&world, "first").await;
    let shown = stream.event().await;
    assert_eq!((shown.event.as_str(), shown.id), ("message", Some(first)));
    let path = format!("/v1/tenants/default/events?after={}&limit=1", first - 1);
    let listed = world.admin("GET", &path, Value::Null).await;
    assert_eq!(shown.data, listed.body["events"][0], "as the list of events shows it");

    // Nothing is skipped or shown twice, whatever happens between two connections.
    drop(stream);
    let mut expected = Vec::new();
    for name in ["second", "third", "fourth"] {
        expected.push(group(&world, name).await);
    }
    let mut stream = Stream::open(&world, &admin, "", Some(first)).await;
    expected.push(group(&world, "fifth").await);
    for id in expected {
        assert_eq!(stream.event().await.id, Some(id));
    }
    // A sign of life while nothing happens.
    let alive = stream.block().await.unwrap();
    assert!(alive.is_comment, "{alive:?}");
    world.stop().await;
}

async fn filters_hold_and_the_way_back_leads_past_what_they_kept(database: Arc<Database>) {
    let world = World::start_with(&database, fast()).await;
    let admin = world.credentials.bearer.admin.clone();
    let before = world.events().await;
    let query = format!("?type=organization.created&after={before}");
    let mut stream = Stream::open(&world, &admin, &query, None).await;
    let kept = group(&world, "kept back").await;
    loop {
        let block = stream.block().await.unwrap();
        assert!(block.is_comment, "{block:?}");
        if block.id == Some(kept) {
            break;
        }
    }
    world.command("CreateOrganization", json!({"name": "shown"})).await;
    let shown = stream.event().await;
    assert_eq!(shown.data["type"], "organization.created");
    world.stop().await;
}

async fn whoever_may_look_no_more_is_shown_out(database: Arc<Database>) {
    let world = World::start_with(&database, fast()).await;
    let body = json!({"name": "watcher", "rights": ["events.read"]});
    let issued = world.command("IssueToken", body).await;
    let token = issued["secret"].as_str().unwrap().to_owned();
    let mut stream = Stream::open(&world, &token, "", None).await;
    let seen = group(&world, "seen").await;
    assert_eq!(stream.event().await.id, Some(seen));

    world.command("RevokeToken", json!({"token": issued["token"]})).await;
    group(&world, "not for them").await;
    let end = stream.event().await;
    assert_eq!((end.event.as_str(), end.id), ("end", Some(seen)), "{end:?}");
    assert_eq!(end.data["reason"], "unauthenticated");
    assert_eq!(end.data["resume"], seen.to_string());
    assert_eq!(stream.block().await, None, "nothing stands behind the end");
    world.stop().await;
}

/// A stream on a server that serves but one: it opens when the one before it has ended.
async fn next_stream(world: &World, token: &str, last: Option<i64>) -> Stream {
    let opened = async {
        loop {
            let request = world.request("GET", LIVE).bearer_auth(token);
            let request = last.into_iter().fold(request, |it, id| it.header("last-event-id", id));
            let answer = request.send().await.unwrap();
            if answer.status() == 200 {
                return Stream::of(answer).await;
            }
            assert_eq!(answer.status(), 503);
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_mins(2), opened).await.expect("the stream before it does not end")
}

async fn a_slow_reader_is_dropped_with_the_way_back(database: Arc<Database>) {
    let settings = fast();
    let live = LivePace { streams_most: 1, ..settings.live };
    let world = World::start_with(&database, Settings { live, ..settings }).await;
    let admin = world.credentials.bearer.admin.clone();
    // A reader with a small buffer, and no frames in what it reads.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut reader = socket.connect(world.host().parse().unwrap()).await.unwrap();
    let request = format!("GET {LIVE} HTTP/1.0\r\nauthorization: Bearer {admin}\r\n\r\n");
    reader.write_all(request.as_bytes()).await.unwrap();
    let mut head = String::new();
    while !head.contains(": listening\n\n") {
        head.push(char::from(reader.read_u8().await.unwrap()));
    }
    // More than the server's buffers hold.
    let path = "/v1/tenants/default/commands/RegisterCatalog";
    let mut newest = 0;
    for page in 0..3 {
        let name = |number: i32| json!({"name": format!("{page}-{number}-{}", "x".repeat(80))});
        let products: Vec<_> = (0..5_000).map(name).collect();
        let reply = world.admin("POST", path, json!({"products": products})).await;
        assert_eq!(reply.status, 200, "{reply}");
        newest = reply.header("chancery-position").parse().unwrap();
    }
    // It is dropped before it reads on, and may then read what was sent to it.
    drop(next_stream(&world, &admin, None).await);
    let mut text = String::new();
    reader.read_to_string(&mut text).await.unwrap();
    let mut blocks: Vec<_> = text.split_terminator("\n\n").map(parse).collect();
    let end = blocks.pop().unwrap();
    blocks.retain(|block| !block.is_comment);
    let last = blocks.last().unwrap().id;
    assert_eq!(end.data["reason"], "slow");
    assert_eq!(end.id, last, "the last one that it got");
    assert!(last.is_some_and(|last| last < newest));
    let mut again = next_stream(&world, &admin, last).await;
    assert_eq!(again.event().await.id, last.map(|last| last + 1));
    world.stop().await;
}

async fn a_server_that_stops_says_so(database: Arc<Database>) {
    let home = Home::of(&database);
    let served = tokio::task::block_in_place(|| home.serve(&[]));
    let token = home.credentials()["bearer"]["admin"].as_str().unwrap().to_owned();
    let request = client().get(format!("{}{LIVE}", served.url())).bearer_auth(token);
    let mut stream = Stream::of(request.send().await.unwrap()).await;
    let log = tokio::task::block_in_place(|| served.stop());
    let end = stream.event().await;
    assert_eq!((end.event.as_str(), &end.data["reason"]), ("end", &json!("stopping")), "{log}");
    assert!(end.id.is_some());
}

async fn what_is_no_stream_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let admin = world.credentials.bearer.admin.clone();
    let get = |token: &str, path: &str| world.request("GET", path).bearer_auth(token);
    let body = json!({"name": "x", "rights": ["group.read"]});
    let reader = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    for (token, query, status, member) in [
        ("cht_x_y", "", 401, Value::Null),
        (reader.as_str(), "", 403, Value::Null),
        (admin.as_str(), "?order=desc", 400, json!("order")),
        (admin.as_str(), "?sort=time", 400, json!("order")),
        (admin.as_str(), "?limit=5", 400, json!("limit")),
        (admin.as_str(), "?until=2020-01-01T00:00:00Z", 400, json!("until")),
        (admin.as_str(), "?colour=red", 400, json!("colour")),
        (admin.as_str(), "?after=999999", 400, json!("Last-Event-ID")),
    ] {
        let refused = Reply::of(get(token, &format!("{LIVE}{query}"))).await;
        assert_eq!((refused.status, &refused.body["member"]), (status, &member), "{refused}");
    }
    for (header, value) in [("last-event-id", "x"), ("chancery-as-of", "3")] {
        let refused = Reply::of(get(&admin, LIVE).header(header, value)).await;
        assert_eq!(refused.status, 400, "{header}: {refused}");
    }
    let foreign = get(&admin, "/v1/tenants/partner/events/live");
    assert_eq!(Reply::of(foreign).await.status, 404);
    world.stop().await;
}
