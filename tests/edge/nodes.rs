//! Two servers on one database: what one acknowledged, the other shows at the next request.

use std::sync::Arc;

use api::serve::Server;
use api::settings::Settings;
use commands::SystemClock;
use reqwest::Method;
use serde_json::{Value, json};

use crate::program::{Home, serve_here};
use crate::stores::{Database, Store, run};

/// Sends a request of the native API to a node; the reply must be good.
async fn ask(node: &Server, admin: &str, method: Method, path: &str, body: Value) -> Value {
    let url = format!("{}/v1/tenants/default/{path}", node.url());
    let request = super::client().request(method, url).bearer_auth(admin).json(&body);
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let body = answer.text().await.unwrap();
    assert!(status.is_success(), "{path}: {status}: {body}");
    serde_json::from_str(&body).unwrap()
}

async fn nodes_show_each_others_writes(database: Arc<Database>) {
    let homes = [Home::of(&database), Home::of(&database)];
    let mut nodes = Vec::new();
    for home in &homes {
        let (place, clock) = (database.place.clone(), Arc::new(SystemClock));
        nodes.push(serve_here(home, place, clock, Settings::default()).await);
    }
    let credentials = homes[0].credentials();
    assert_eq!(homes[1].credentials(), credentials, "the start data was made twice");
    let admin = credentials["bearer"]["admin"].as_str().unwrap();

    let groups = ask(&nodes[0], admin, Method::GET, "groups", Value::Null).await;
    let root = &groups["groups"][0]["group"];
    for turn in 0..10 {
        let (writer, reader) = (&nodes[turn % 2], &nodes[(turn + 1) % 2]);
        let name = format!("Made in turn {turn}");
        let body = json!({"parent": root, "name": name});
        let made = ask(writer, admin, Method::POST, "commands/CreateGroup", body).await;
        let path = format!("groups/{}", made["group"]);
        let seen = ask(reader, admin, Method::GET, &path, Value::Null).await;
        assert_eq!(seen["name"], *name, "{seen}");

        // Its key was drawn by the other node, after this one had read the tenant's keys.
        let body = json!({"name": format!("Client of turn {turn}")});
        let made = ask(writer, admin, Method::POST, "commands/CreateClient", body).await;
        let email = json!({"client": made["client"], "email": "ops@acme.example"});
        let told = ask(reader, admin, Method::POST, "commands/UpdateClient", email).await;
        assert_eq!(told["details"]["sequence"], "2", "{told}");
    }
    for node in nodes {
        node.stop().await;
    }
}

#[test]
fn what_one_node_acknowledged_the_other_shows() {
    run(Store::Postgres, nodes_show_each_others_writes);
}
