//! The record, searched over HTTP.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    events_are_found_by_each_member_and_by_pairs_of_them,
    pages_follow_each_other_in_both_orders_and_by_both_cursors,
    what_arrives_later_is_read_from_where_a_reader_stopped,
    everything_that_touches_a_thing_is_found,
    a_search_of_the_past_shows_what_there_was,
    what_cannot_be_searched_is_refused,
);

const PATH: &str = "/v1/tenants/default/events";

async fn page(world: &World, query: &str) -> Reply {
    let reply = world.admin("GET", &format!("{PATH}?{query}"), Value::Null).await;
    assert_eq!(reply.status, 200, "{query}: {reply}");
    reply
}

fn events(reply: &Reply) -> &Vec<Value> {
    reply.body["events"].as_array().unwrap()
}

fn ordinals<'a>(events: impl IntoIterator<Item = &'a Value>) -> Vec<i64> {
    events.into_iter().map(|event| event["ordinal"].as_i64().unwrap()).collect()
}

/// The filters that an event can be found by, each with its value.
fn filters(event: &Value) -> Vec<(&'static str, String)> {
    let text = |pointer: &str| event.pointer(pointer).unwrap().as_str().unwrap_or("").to_owned();
    let (kind, id) = (text("/aggregate/kind"), text("/aggregate/id"));
    let all = [
        ("aggregate", kind.clone()),
        ("aggregate", format!("{kind}:{id}")),
        ("type", text("/type")),
        ("actor", text("/actor/id")),
        ("command", text("/command")),
        ("commandId", text("/commandId")),
        ("correlation", text("/correlation")),
        ("address", text("/callerAddress")),
        ("owner", text("/resourceOwner")),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn query(filters: &[(&str, String)]) -> String {
    let pairs = filters.iter().map(|(name, value)| {
        let value: String = form_encoded(value);
        format!("{name}={value}")
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn form_encoded(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
    text.chars()
        .map(|c| if plain(c) { c.to_string() } else { format!("%{:02X}", c as u32) })
        .collect()
}

async fn events_are_found_by_each_member_and_by_pairs_of_them(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = world.command("CreateGroup", json!({"name": "Searched", "parent": null})).await;
    world.command("RenameGroup", json!({"group": made["group"], "name": "Found"})).await;
    world.robot("searched").await;
    let all = events(&page(&world, "limit=1000").await).clone();
    assert!(all.iter().any(|event| event["callerAddress"] == "127.0.0.1"));
    let newest = all.len() - 1;
    for number in [0, newest / 2, newest - 3, newest] {
        let mine = filters(&all[number]);
        for (at, one) in mine.iter().enumerate() {
            for other in &mine[at..] {
                if one.0 == other.0 && one != other {
                    continue;
                }
                let wanted =
                    if one == other { vec![one.clone()] } else { vec![one.clone(), other.clone()] };
                let is_one = |event: &&Value| {
                    let held = filters(event);
                    wanted.iter().all(|filter| held.contains(filter))
                };
                let expected = ordinals(all.iter().filter(is_one));
                let query = query(&wanted);
                let found = page(&world, &format!("{query}&limit=1000")).await;
                assert_eq!(ordinals(events(&found)), expected, "{query}");
                assert_eq!(found.body["next"], Value::Null, "{query}");
            }
        }
    }
    let several = page(&world, "type=group.renamed&type=tenant.created&limit=1000").await;
    assert_eq!(events(&several).len(), 2, "{several}");
    world.stop().await;
}

async fn pages_follow_each_other_in_both_orders_and_by_both_cursors(database: Arc<Database>) {
    let world = World::start(&database).await;
    for filter in
        ["", "type=group.created&", "aggregate=client&", "actor=chancery&type=role.created&"]
    {
        for order in ["asc", "desc"] {
            for sort in ["ordinal", "time"] {
                let query = format!("{filter}order={order}&sort={sort}");
                let whole = page(&world, &format!("{query}&limit=1000")).await;
                let (mut paged, mut cursor) = (Vec::new(), String::new());
                loop {
                    let next = page(&world, &format!("{query}&limit=3{cursor}")).await;
                    let is_log_order = (order, sort) == ("asc", "ordinal");
                    assert_eq!(next.body["resume"].is_string(), is_log_order, "{next}");
                    paged.extend(events(&next).clone());
                    let Some(next) = next.body["next"].as_str() else { break };
                    cursor = format!("&cursor={next}");
                }
                assert_eq!(&paged, events(&whole), "{query}");
                let times: Vec<_> =
                    paged.iter().map(|it| it["createdAt"].as_str().unwrap()).collect();
                let is_sorted =
                    if order == "asc" { times.is_sorted() } else { times.iter().rev().is_sorted() };
                assert!(is_sorted && paged.len() > 2, "{query}: {times:?}");
            }
        }
    }
    let bounded = page(&world, "after=3&before=7").await;
    assert_eq!(ordinals(events(&bounded)), [4, 5, 6]);
    let bounded = page(&world, "order=desc&after=7&before=3").await;
    assert_eq!(ordinals(events(&bounded)), [6, 5, 4]);
    world.stop().await;
}

async fn what_arrives_later_is_read_from_where_a_reader_stopped(database: Arc<Database>) {
    let world = World::start(&database).await;
    let first = page(&world, "type=group.renamed").await;
    assert_eq!((events(&first).len(), &first.body["next"]), (0, &Value::Null));
    let made = world.command("CreateGroup", json!({"name": "New", "parent": null})).await;
    world.command("RenameGroup", json!({"group": made["group"], "name": "Newer"})).await;
    let resume = first.body["resume"].as_str().unwrap();
    let second = page(&world, &format!("type=group.renamed&cursor={resume}")).await;
    assert_eq!(events(&second)[0]["payload"]["to"], "Newer", "{second}");
    // The same under the name that `next` was always given back by.
    let again = page(&world, &format!("type=group.renamed&after={resume}")).await;
    assert_eq!(again.body["events"], second.body["events"]);
    world.stop().await;
}

async fn everything_that_touches_a_thing_is_found(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = async |name: &str, parent: Value| {
        world.command("CreateGroup", json!({"name": name, "parent": parent})).await["group"].clone()
    };
    let root = made("Root", Value::Null).await;
    let (from, to) = (made("From", root.clone()).await, made("To", root).await);
    let moved = made("Moved", from.clone()).await;
    world.command("MoveGroup", json!({"group": moved, "to": to})).await;
    let types = async |thing: &Value| {
        let reply = page(&world, &format!("thing=group:{thing}")).await;
        let types = events(&reply).iter().map(|event| {
            let (kind, id) = (event["type"].as_str().unwrap(), &event["aggregate"]["id"]);
            format!("{kind} {}", id.as_str().unwrap())
        });
        types.collect::<Vec<_>>()
    };
    let born = |group: &Value| format!("group.created {group}");
    let move_of = format!("group.moved {moved}");
    assert_eq!(types(&from).await, [born(&from), born(&moved), move_of.clone()]);
    assert_eq!(types(&to).await, [born(&to), move_of.clone()]);
    assert_eq!(types(&moved).await, [born(&moved), move_of]);
    world.stop().await;
}

async fn a_search_of_the_past_shows_what_there_was(database: Arc<Database>) {
    let world = World::start(&database).await;
    let before = page(&world, "order=desc&limit=1").await.body["events"][0]["ordinal"].clone();
    world.command("CreateGroup", json!({"name": "Later", "parent": null})).await;
    let asked = world.request("GET", &format!("{PATH}?type=group.created&order=desc"));
    let asked = asked.bearer_auth(&world.credentials.bearer.admin);
    let then = Reply::of(asked.header("chancery-as-of", before.to_string())).await;
    assert!(events(&then).iter().all(|event| event["payload"]["name"] != "Later"), "{then}");
    assert!(!events(&then).is_empty());
    assert_eq!(then.header("chancery-position"), before.to_string());
    world.stop().await;
}

async fn what_cannot_be_searched_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let cursor = page(&world, "type=group.created&limit=1").await.body["next"].clone();
    let cursor = cursor.as_str().unwrap();
    let many = vec!["type=a"; 17].join("&");
    for (query, member) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("after=x", "after"),
        ("after=-1", "after"),
        ("after=99999999999999999999", "after"),
        ("before=x", "before"),
        ("before=-3", "before"),
        ("cursor=17", "cursor"),
        ("cursor=%00", "cursor"),
        (&format!("cursor={cursor}"), "cursor"),
        (&format!("cursor={cursor}&type=group.moved"), "cursor"),
        (&format!("after={cursor}&type=group.created&order=desc"), "after"),
        (&format!("cursor={cursor}&type=group.created&sort=time"), "cursor"),
        (&format!("cursor={}&type=group.created", &cursor[2..]), "cursor"),
        ("order=sideways", "order"),
        ("order=asc&order=desc", "order"),
        ("sort=size", "sort"),
        ("since=yesterday", "since"),
        ("since=2999-01-01T00:00:00Z", "since"),
        ("until=2999-01-01T00:00:00Z", "until"),
        ("since=2001-01-01T00:00:00Z&until=2000-01-01T00:00:00Z", "since"),
        ("thing=group", "thing"),
        ("thing=:1", "thing"),
        ("aggregate=group:", "aggregate"),
        ("commandId=12", "commandId"),
        ("address=localhost", "address"),
        ("adress=127.0.0.1", "adress"),
        (&many, "type"),
    ] {
        let reply = world.admin("GET", &format!("{PATH}?{query}"), Value::Null).await;
        let said = (reply.status, &reply.body["member"]);
        assert_eq!(said, (400, &json!(member)), "{query}: {reply}");
    }
    for nothing in [
        "actor=nobody",
        "address=192.0.2.7",
        "type=%00",
        "since=2000-01-01T00:00:00Z&until=2001-01-01T00:00:00Z",
    ] {
        assert_eq!(events(&page(&world, nothing).await).len(), 0, "{nothing}");
    }
    for tenant in ["nobody", "no%20tenant", "partner"] {
        let path = format!("/v1/tenants/{tenant}/events");
        let reply = world.viewer("GET", &path, Value::Null).await;
        assert_eq!(reply.status, 404, "{tenant}: {reply}");
    }
    // Whoever may not see addresses cannot try them out either.
    let body = json!({"name": "auditor", "rights": ["events.read"]});
    let auditor = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    let path = format!("{PATH}?address=127.0.0.1");
    let reply = world.bearer(&auditor, "GET", &path, Value::Null).await;
    assert_eq!(reply.status, 403, "{reply}");
    world.stop().await;
}
