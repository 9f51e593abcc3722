//! The command line against a server: signing, minting, watching, rebuilding.

use std::sync::Arc;

use serde_json::Value;
use tokio::task::spawn_blocking;

use crate::program::{Home, complaint, said};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    a_call_is_signed_and_its_exit_code_tells_how_it_went,
    a_minted_token_is_let_in,
    the_read_models_are_watched_and_rebuilt,
    the_record_is_shown,
    a_history_and_a_comparison_are_shown,
);

const GROUPS: &str = "/identity-management/v3/user-admin/groups";

async fn a_call_is_signed_and_its_exit_code_tells_how_it_went(database: Arc<Database>) {
    let test = move || {
        let home = Home::of(&database);
        let serving = home.serve(&[]);
        let edgerc = home.edgerc();
        let call =
            |arguments: &[&str]| home.run(&[&["call", "--edgerc", &edgerc], arguments].concat());

        let listed = call(&["GET", GROUPS]);
        let groups: Value = serde_json::from_str(&said(&listed)).unwrap();
        assert!(groups.as_array().is_some_and(|groups| !groups.is_empty()), "{groups}");
        assert_eq!(complaint(&listed), "HTTP/1.1 200 OK\n");

        let root = groups[0]["groupId"].as_i64().unwrap().to_string();
        let path = format!("{GROUPS}/{root}");
        let made = call(&["POST", &path, "--data", r#"{"groupName":"Signed by hand"}"#]);
        assert!(said(&made).contains("Signed by hand"));

        let shown = call(&["--include", "GET", &format!("{path}?actions=true")]);
        assert!(complaint(&shown).contains("x-request-id: "), "{}", complaint(&shown));

        let missing = call(&["GET", &format!("{GROUPS}/9007199254740991")]);
        assert_eq!(missing.status.code(), Some(1));
        assert!(complaint(&missing).starts_with("HTTP/1.1 404"), "{}", complaint(&missing));
        assert!(!missing.stdout.is_empty());

        for wrong in [&["GET"][..], &["GET", "no-slash"], &["GE T", "/"]] {
            assert_eq!(call(wrong).status.code(), Some(2), "{wrong:?}");
        }
        assert_eq!(call(&["--section", "none", "GET", "/"]).status.code(), Some(1));
        serving.stop();

        let nobody = call(&["GET", GROUPS]);
        assert_eq!(nobody.status.code(), Some(1));
        assert!(
            complaint(&nobody).contains("no connection could be made"),
            "{}",
            complaint(&nobody)
        );
    };
    spawn_blocking(test).await.unwrap();
}

async fn a_minted_token_is_let_in(database: Arc<Database>) {
    let home = Arc::new(Home::of(&database));
    let minting = Arc::clone(&home);
    let (serving, token) = spawn_blocking(move || {
        let serving = minting.serve(&[]);
        let mint = ["token", "--tenant", "default", "--role", "admin", "--ttl", "5m"];
        let token = said(&minting.tool(&mint)).trim().to_owned();
        (serving, token)
    })
    .await
    .unwrap();
    let url = format!("{}/clients/v1/tenants/default/clients?active=true", serving.url());
    let list = |token: &str| super::client().get(&url).bearer_auth(token).send();
    let answer = list(&token).await.unwrap();
    assert_eq!(answer.status(), 200);
    let body: Value = answer.json().await.unwrap();
    assert!(body["clients"].as_array().is_some_and(|clients| !clients.is_empty()), "{body}");

    let foreign = api::jwt::mint(&api::jwt::Claims::default(), "another secret").unwrap();
    assert_eq!(list(&foreign).await.unwrap().status(), 401);
    spawn_blocking(move || serving.stop()).await.unwrap();
}

async fn the_read_models_are_watched_and_rebuilt(database: Arc<Database>) {
    let test = move || {
        let home = Home::of(&database);
        let watch_and_rebuild = |how: &str| {
            let status = said(&home.tool(&["projections", "status", "--json"]));
            let status: Value = serde_json::from_str(&status).unwrap();
            let projections = status["projections"].as_array().unwrap();
            assert!(projections.iter().all(|it| it["is_live"] == true), "{how}: {status}");
            assert!(said(&home.tool(&["projections", "status"])).contains("groups_v1"));
            let rebuilt = said(&home.tool(&["projections", "rebuild", "groups"]));
            assert!(rebuilt.starts_with("groups_v1 is rebuilt: "), "{how}: {rebuilt}");
            let unknown = home.tool(&["projections", "rebuild", "nonsense"]);
            assert_eq!(unknown.status.code(), Some(1));
            assert!(complaint(&unknown).contains("there is no projection nonsense"));
        };
        let serving = home.serve(&[]);
        watch_and_rebuild("served");
        serving.stop();
        watch_and_rebuild("not served");
        let serving = home.serve(&[]);
        serving.stop();
    };
    spawn_blocking(test).await.unwrap();
}

async fn the_record_is_shown(database: Arc<Database>) {
    let test = move || {
        let home = Home::of(&database);
        let serving = home.serve(&[]);
        let tail = |more: &[&str]| said(&home.tool(&[&["events", "tail"], more].concat()));
        let lines = tail(&["--lines", "3"]);
        assert_eq!(lines.lines().count(), 3, "{lines}");
        let ordinals = tail(&["--lines", "3", "--json"]);
        let ordinals: Vec<_> = ordinals
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["ordinal"].as_i64().unwrap())
            .collect();
        assert!(ordinals.windows(2).all(|pair| pair[1] == pair[0] + 1), "{ordinals:?}");
        assert!(!tail(&["--tenant", "partner"]).is_empty());
        let unknown = home.tool(&["events", "tail", "--tenant", "nobody"]);
        assert_eq!(unknown.status.code(), Some(1));
        serving.stop();
    };
    spawn_blocking(test).await.unwrap();
}

async fn a_history_and_a_comparison_are_shown(database: Arc<Database>) {
    let test = move || {
        let home = Home::of(&database);
        let serving = home.serve(&[]);
        let edgerc = home.edgerc();
        let call = |arguments: &[&str]| {
            let run = home.run(&[&["call", "--edgerc", &edgerc], arguments].concat());
            serde_json::from_str::<Value>(&said(&run)).unwrap()
        };
        let root = call(&["GET", GROUPS])[0]["groupId"].clone();
        let path = format!("{GROUPS}/{root}");
        let made = call(&["POST", &path, "--data", r#"{"groupName":"Before"}"#])["groupId"].clone();
        let path = format!("{GROUPS}/{made}");
        call(&["PUT", &path, "--data", r#"{"groupName":"After"}"#]);
        let newest = said(&home.tool(&["events", "tail", "--lines", "1", "--json"]));
        let newest = serde_json::from_str::<Value>(&newest).unwrap()["ordinal"].as_i64().unwrap();
        let (id, from) = (made.to_string(), (newest - 1).to_string());
        let ask = |how: &str| {
            let history = said(&home.tool(&["history", "group", &id]));
            assert!(history.contains("  RenameGroup by "), "{how}: {history}");
            assert!(history.contains(r#""Before" -> "After""#), "{how}: {history}");
            let lines = said(&home.tool(&["history", "group", &id, "--json"]));
            let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
            assert_eq!(last["changes"][0]["member"], "name", "{how}: {last}");
            let nobody = home.tool(&["history", "group", "999999"]);
            assert_eq!(nobody.status.code(), Some(1), "{how}");

            let diff = said(&home.tool(&["diff", "--from", &from]));
            let expected = format!("group {id} changed\n    name");
            assert!(diff.starts_with(&expected), "{how}: {diff}");
            let nothing = home.tool(&["diff", "--from", "0", "--to", "0", "--json"]);
            assert_eq!(said(&nothing), "", "{how}");
            let wrong = home.tool(&["diff", "--from", "yesterday"]);
            assert_ne!(wrong.status.code(), Some(0), "{how}");
        };
        ask("served");
        serving.stop();
        ask("not served");
    };
    spawn_blocking(test).await.unwrap();
}
