//! What happened to a thing, and what changed between two instants, over HTTP.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_moved_group_had_another_parent_before,
    a_client_is_told_of_from_its_birth_to_its_deletion,
    a_person_is_told_of_to_those_who_may_read_users,
    a_history_is_read_a_page_at_a_time,
    a_comparison_is_paged_and_shows_every_kind_of_change,
    the_past_has_its_own_history_and_comparison,
    what_cannot_be_told_is_refused,
);

const ROOT: &str = "/v1/tenants/default";

async fn get(world: &World, path: &str) -> Reply {
    let reply = world.admin("GET", &format!("{ROOT}/{path}"), Value::Null).await;
    assert_eq!(reply.status, 200, "{path}: {reply}");
    reply
}

/// The events of a history by type, each with its changes on a line of text.
fn told(reply: &Reply) -> Vec<String> {
    let line = |change: &Value| {
        let member = change["member"].as_str().unwrap();
        format!("{member} {} {}", change["before"], change["after"])
    };
    let chapters = reply.body["history"].as_array().unwrap_or_else(|| panic!("{reply}"));
    let chapter = |chapter: &Value| {
        let lines: Vec<_> = chapter["changes"].as_array().unwrap().iter().map(line).collect();
        format!("{}: {}", chapter["type"].as_str().unwrap(), lines.join("; "))
    };
    chapters.iter().map(chapter).collect()
}

async fn make_group(world: &World, name: &str, parent: &Value) -> Value {
    world.command("CreateGroup", json!({"name": name, "parent": parent})).await["group"].clone()
}

async fn a_moved_group_had_another_parent_before(database: Arc<Database>) {
    let world = World::start(&database).await;
    let root = make_group(&world, "Root", &Value::Null).await;
    let (from, to) =
        (make_group(&world, "From", &root).await, make_group(&world, "To", &root).await);
    let moved = make_group(&world, "Moved", &from).await;
    world.command("MoveGroup", json!({"group": moved, "to": to})).await;
    world.command("RenameGroup", json!({"group": moved, "name": "Renamed"})).await;
    world.command("DeleteGroup", json!({"group": moved})).await;
    let history = get(&world, &format!("history/group/{moved}")).await;
    assert_eq!(
        told(&history),
        [
            format!(r#"group.created: name null "Moved"; parent null {from}"#),
            format!("group.moved: parent {from} {to}"),
            r#"group.renamed: name "Moved" "Renamed""#.to_owned(),
            format!(r#"group.deleted: name "Renamed" null; parent {to} null"#),
        ]
    );
    let second = &history.body["history"][1];
    assert_eq!((&second["command"], &second["sequence"]), (&json!("MoveGroup"), &json!("2")));
    assert_eq!(second["actor"]["authenticated"], "bearer");
    assert_eq!(second["callerAddress"], "127.0.0.1");
    let from = get(&world, &format!("history/group/{from}")).await;
    let expected = [
        format!(r#"group.created: name null "From"; parent null {root}"#),
        "group.created: ".to_owned(),
        "group.moved: ".to_owned(),
    ];
    assert_eq!(told(&from), expected, "others came and went");
    world.stop().await;
}

async fn a_client_is_told_of_from_its_birth_to_its_deletion(database: Arc<Database>) {
    let world = World::start(&database).await;
    let robot = world.robot("Robot").await;
    let client = json!({"client": robot.client});
    world.command("LockClient", client.clone()).await;
    world.command("DeleteClient", client).await;
    let history = get(&world, &format!("history/client/{}", robot.client)).await;
    let told = told(&history);
    let with = |start: &str| {
        told.iter().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{told:#?}"))
    };
    assert!(with("client.created").contains(r#"name null "Robot""#), "{told:#?}");
    assert_eq!(with("client.locked"), "client.locked: isLocked false true");
    let credential = with("client.credential_created");
    assert!(credential.contains(r#".status null "ACTIVE""#), "{credential}");
    let deleted = with("client.deleted");
    assert!(deleted.contains(r#"name "Robot" null"#) && deleted.contains("isLocked true null"));
    assert_eq!(with("token.issued"), "token.issued: ", "it only names the client");
    world.stop().await;
}

async fn a_person_is_told_of_to_those_who_may_read_users(database: Arc<Database>) {
    let world = World::start(&database).await;
    let user = world.credentials.user_id.clone();
    let profile = json!({
        "firstName": "Ada", "lastName": "King", "email": "ada@acme.example", "country": "Germany",
    });
    world.command("ReplaceUserProfile", json!({"user": user, "profile": profile})).await;
    let path = format!("history/user/{user}");
    let open = get(&world, &path).await;
    let told_of = told(&open);
    let replaced = told_of.iter().find(|line| line.starts_with("user.profile_replaced")).unwrap();
    assert!(replaced.contains(r#"profile.lastName "Admin" "King""#), "{replaced}");
    assert!(!open.body.to_string().contains("lookup"), "{open}");
    let body = json!({"name": "auditor", "rights": ["events.read"]});
    let auditor = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    let path = format!("{ROOT}/{path}");
    let closed = world.bearer(&auditor, "GET", &path, Value::Null).await;
    assert_eq!(closed.status, 200, "{closed}");
    assert!(
        told(&closed)
            .contains(&r#"user.profile_replaced: profile "(personal)" "(personal)""#.to_owned()),
        "{closed}"
    );
    assert!(!closed.body.to_string().contains("King"), "{closed}");
    assert_eq!(closed.body["history"][0]["callerAddress"], Value::Null);

    // The administrator's own token goes with the administrator.
    let body = json!({"name": "opener", "rights": ["events.read", "user.read"]});
    let opener = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    world.command("EraseSubject", json!({"subject": user})).await;
    let erased = world.bearer(&opener, "GET", &path, Value::Null).await;
    assert!(told(&erased).iter().any(|line| line.starts_with("subject.erased: ")), "{erased}");
    assert!(erased.body.to_string().contains("(erased)"), "{erased}");
    for gone in ["King", "ada@acme.example"] {
        assert!(!erased.body.to_string().contains(gone), "{erased}");
    }
    world.stop().await;
}

async fn a_history_is_read_a_page_at_a_time(database: Arc<Database>) {
    let world = World::start(&database).await;
    let group = make_group(&world, "0", &Value::Null).await;
    for number in 1..6 {
        world.command("RenameGroup", json!({"group": group, "name": number.to_string()})).await;
    }
    for order in ["asc", "desc"] {
        let path = format!("history/group/{group}?order={order}");
        let whole = get(&world, &path).await;
        let (mut paged, mut after) = (Vec::new(), String::new());
        loop {
            let page = get(&world, &format!("{path}&limit=2{after}")).await;
            paged.extend(page.body["history"].as_array().unwrap().clone());
            let Some(next) = page.body["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(&json!(paged), &whole.body["history"], "{order}");
        assert_eq!(paged.len(), 6);
    }
    world.stop().await;
}

async fn a_comparison_is_paged_and_shows_every_kind_of_change(database: Arc<Database>) {
    let world = World::start(&database).await;
    let root = make_group(&world, "Root", &Value::Null).await;
    let kept = make_group(&world, "Kept", &root).await;
    let gone = make_group(&world, "Gone", &root).await;
    let newest = get(&world, "events?order=desc&limit=1").await;
    let from = newest.body["events"][0]["ordinal"].clone();
    let instant = newest.body["events"][0]["createdAt"].as_str().unwrap();
    world.command("RenameGroup", json!({"group": kept, "name": "Kept too"})).await;
    world.command("DeleteGroup", json!({"group": gone})).await;
    let made = make_group(&world, "Made", &kept).await;
    let passing = make_group(&world, "Passing", &root).await;
    world.command("DeleteGroup", json!({"group": passing})).await;
    let change = |group: &Value, change: &str, members: Value| json!({"thing": {"kind": "group", "id": group.to_string()}, "change": change, "members": members});
    let member = |member: &str, before: Value, after: Value| json!({"member": member, "before": before, "after": after});
    let expected = [
        change(&kept, "changed", json!([member("name", json!("Kept"), json!("Kept too"))])),
        change(
            &gone,
            "removed",
            json!([
                member("name", json!("Gone"), Value::Null),
                member("parent", root.clone(), Value::Null),
            ]),
        ),
        change(
            &made,
            "created",
            json!([
                member("name", Value::Null, json!("Made")),
                member("parent", Value::Null, kept.clone()),
            ]),
        ),
    ];
    for from in [from.to_string(), instant.to_owned()] {
        let diff = get(&world, &format!("diff?from={from}")).await;
        assert!(diff.body["changes"].as_array().unwrap().starts_with(&expected), "{diff}");
        assert_eq!(diff.body["from"]["at"], instant);
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = get(&world, &format!("diff?from={from}&limit=1{cursor}")).await;
            paged.extend(page.body["changes"].as_array().unwrap().clone());
            // What comes between two pages does not count.
            make_group(&world, "Later", &Value::Null).await;
            let Some(next) = page.body["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(json!(paged), diff.body["changes"]);
    }
    let nothing = get(&world, &format!("diff?from={from}&to={from}")).await;
    assert_eq!(nothing.body["changes"], json!([]));
    world.stop().await;
}

async fn the_past_has_its_own_history_and_comparison(database: Arc<Database>) {
    let world = World::start(&database).await;
    let group = make_group(&world, "Then", &Value::Null).await;
    let newest =
        get(&world, "events?order=desc&limit=1").await.body["events"][0]["ordinal"].clone();
    world.command("RenameGroup", json!({"group": group, "name": "Now"})).await;
    let then = async |path: &str| {
        let asked = world.request("GET", &format!("{ROOT}/{path}"));
        let asked = asked.bearer_auth(&world.credentials.bearer.admin);
        Reply::of(asked.header("chancery-as-of", newest.to_string())).await
    };
    let history = then(&format!("history/group/{group}")).await;
    assert_eq!(told(&history), [r#"group.created: name null "Then""#], "{history}");
    let diff = then("diff?from=0").await;
    assert_eq!(diff.body["to"]["ordinal"], newest, "{diff}");
    assert!(!diff.body.to_string().contains("Now"), "{diff}");
    let beyond = newest.as_i64().unwrap() + 1;
    let beyond = then(&format!("diff?from=0&to={beyond}")).await;
    assert_eq!((beyond.status, &beyond.body["member"]), (400, &json!("to")), "{beyond}");
    world.stop().await;
}

async fn what_cannot_be_told_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    for (path, status, member) in [
        ("history/group/1?after=x", 400, "after"),
        ("history/group/1?after=-1", 400, "after"),
        ("history/group/1?order=up", 400, "order"),
        ("history/group/1?limit=0", 400, "limit"),
        ("diff", 400, "from"),
        ("diff?from=x", 400, "from"),
        ("diff?from=-1", 400, "from"),
        ("diff?from=999999", 400, "from"),
        ("diff?from=99999999999999999999", 400, "from"),
        ("diff?from=0&to=999999", 400, "to"),
        ("diff?from=0&to=2999-01-01T00:00:00Z", 400, "to"),
        ("diff?from=9&to=3", 400, "from"),
        ("diff?from=0&cursor=x", 400, "cursor"),
        ("diff?from=0&limit=1001", 400, "limit"),
    ] {
        let reply = world.admin("GET", &format!("{ROOT}/{path}"), Value::Null).await;
        let said = (reply.status, reply.body["member"].as_str());
        assert_eq!(said, (status, Some(member)), "{path}: {reply}");
    }
    for nobody in ["history/group/999999", "history/nothing/1", "history/group/%00"] {
        let reply = world.admin("GET", &format!("{ROOT}/{nobody}"), Value::Null).await;
        assert_eq!(reply.status, 404, "{nobody}: {reply}");
    }
    let body = json!({"name": "g", "rights": ["group.read"]});
    let other = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    for path in ["history/group/1", "diff?from=0"] {
        let reply = world.bearer(&other, "GET", &format!("{ROOT}/{path}"), Value::Null).await;
        assert_eq!(reply.status, 403, "{path}: {reply}");
        let path = format!("/v1/tenants/partner/{path}");
        let reply = world.viewer("GET", &path, Value::Null).await;
        assert_eq!(reply.status, 404, "{path}: {reply}");
    }
    world.stop().await;
}
