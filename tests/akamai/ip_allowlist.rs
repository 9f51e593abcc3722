//! The IP allow list. The caller's address is 127.0.0.1.

use std::sync::Arc;

use domain::{CidrBlock, TenantId};
use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{IAM, Reply, World};

on_both_stores!(
    blocks_are_created_shown_replaced_and_deleted,
    what_is_no_block_is_refused,
    a_list_that_is_on_does_not_lock_its_caller_out,
    others_see_no_more_than_they_may,
);

const LIST: &str = "/user-admin/ip-acl/allowlist";

async fn get(world: &World, tail: &str) -> Reply {
    world.akamai("GET", &format!("{LIST}{tail}"), Value::Null).await
}

async fn post(world: &World, tail: &str, body: Value) -> Reply {
    world.akamai("POST", &format!("{LIST}{tail}"), body).await
}

/// The path tail of a new block that counts.
async fn add(world: &World, cidr: &str) -> String {
    let made = post(world, "", json!({"cidrBlock": cidr, "enabled": true})).await;
    assert_eq!(made.status, 201, "{made}");
    format!("/{}", made.body["cidrBlockId"])
}

fn refused(reply: &Reply, status: u16, kind: &str) {
    assert_eq!(reply.status, status, "{reply}");
    assert_eq!(reply.body["type"], format!("/ip-acl/error-types/{kind}"), "{reply}");
    assert_eq!(
        (&reply.body["status"], &reply.body["httpStatus"]),
        (&json!(status), &json!(status))
    );
    assert!(reply.body["errors"].is_array() && reply.body["instance"] == "", "{reply}");
}

async fn blocks_are_created_shown_replaced_and_deleted(database: Arc<Database>) {
    let world = World::start(&database).await;
    assert_eq!(get(&world, "").await.body, json!([]));
    assert_eq!(get(&world, "/status").await.body, json!({"enabled": false}));
    let body = json!({"cidrBlock": "1.2.3.4/8", "enabled": true, "comments": "EMEA", "extra": 1});
    let made = post(&world, "?actions=true", body).await;
    assert_eq!(made.status, 201, "{made}");
    let tail = format!("/{}", made.body["cidrBlockId"].as_i64().unwrap());
    assert_eq!(made.header("location"), format!("{IAM}{LIST}{tail}"));
    let shown = [&made.body["cidrBlock"], &made.body["enabled"], &made.body["comments"]];
    assert_eq!(shown, [&json!("1.2.3.4/8"), &json!(true), &json!("EMEA")]);
    assert!(made.body.get("actions").is_none(), "{made}");
    assert_eq!(made.body["createdBy"], world.credentials.akamai.username, "{made}");
    let date = made.body["createdDate"].as_str().unwrap();
    assert_eq!(date.split_once('.').unwrap().1, "000Z");
    assert_eq!(get(&world, &tail).await.body, made.body);
    assert_eq!(get(&world, "?actions=false").await.body, json!([made.body]));

    let other = add(&world, "2001:DB8::1").await;
    let all = get(&world, "?actions=true").await;
    assert_eq!(all.body[1]["cidrBlock"], "2001:DB8::1", "{all}");
    assert_eq!(all.body[1]["comments"], Value::Null);
    assert!(all.body[1].as_object().unwrap().contains_key("comments"));
    assert_eq!(all.body[0]["actions"], json!({"edit": true, "delete": true}));

    let events = world.events().await;
    let body = json!({"cidrBlock": "10.0.0.0/8", "enabled": false, "comments": null});
    let put = world.akamai("PUT", &format!("{LIST}{tail}"), body.clone()).await;
    assert_eq!((put.status, &put.body["cidrBlock"]), (200, &json!("10.0.0.0/8")), "{put}");
    assert_eq!((&put.body["enabled"], &put.body["comments"]), (&json!(false), &Value::Null));
    assert_eq!(get(&world, &tail).await.body, put.body);
    let again = world.akamai("PUT", &format!("{LIST}{tail}"), body).await;
    assert_eq!(again.status, 200, "{again}");
    assert_eq!(world.events().await, events + 1, "the same block again is no event");
    let path = "/v1/tenants/default/events?limit=1000";
    let told = world.admin("GET", path, Value::Null).await;
    let told = told.body["events"].as_array().unwrap().last().unwrap().to_string();
    assert!(told.contains("allow_list.block_changed") && told.contains("1.2.3.4/8"), "{told}");

    let gone = world.akamai("DELETE", &format!("{LIST}{other}"), Value::Null).await;
    assert_eq!((gone.status, &gone.body), (204, &Value::Null), "{gone}");
    refused(&get(&world, &other).await, 404, "1010");
    let again = world.akamai("DELETE", &format!("{LIST}{other}"), Value::Null).await;
    refused(&again, 404, "1010");
    world.stop().await;
}

async fn what_is_no_block_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let tail = add(&world, "10.0.0.0/8").await;
    let other = add(&world, "1.1.1.1").await;
    let events = world.events().await;
    for good in ["127.0.0.1%2F20", "1.2.3.4", "::1", "2001:db8::%2F32"] {
        let reply = get(&world, &format!("/validate?cidrblock={good}")).await;
        assert_eq!((reply.status, &reply.body), (204, &Value::Null), "{good}: {reply}");
    }
    for bad in ["", "x", "1.2.3", "1.2.3.4%2F33", "10.0.0.0%2F8,1.1.1.1"] {
        refused(&get(&world, &format!("/validate?cidrblock={bad}")).await, 400, "1013");
    }
    assert_eq!(get(&world, "/validate").await.status, 400);
    assert_eq!(get(&world, "/first").await.status, 400);

    let path = format!("{LIST}{tail}");
    for method in ["POST", "PUT"] {
        let path = if method == "POST" { LIST } else { &path };
        let send = async |body: Value| world.akamai(method, path, body).await;
        for bad in ["", "10.0.0.0/33", "10.0.0.0/8 "] {
            refused(&send(json!({"cidrBlock": bad, "enabled": true})).await, 403, "1013");
        }
        let there = send(json!({"cidrBlock": "1.1.1.1/32", "enabled": true})).await;
        refused(&there, 409, "cidr_duplicate");
        assert_eq!(there.body["errors"][0]["detail"], format!("cidr_block {}", &other[1..]));
        for bad in [
            json!({"cidrBlock": "3.3.3.3"}),
            json!({"enabled": true}),
            json!({"cidrBlock": 3, "enabled": true}),
            json!({"cidrBlock": "3.3.3.3", "enabled": "true"}),
            json!({"cidrBlock": "3.3.3.3", "enabled": true, "comments": 1}),
            json!({"cidrBlock": "3.3.3.3", "enabled": true, "comments": "x".repeat(1001)}),
            json!([]),
            Value::Null,
        ] {
            let reply = send(bad.clone()).await;
            assert_eq!(reply.status, 400, "{method} {bad}: {reply}");
            assert_eq!(reply.body["type"], "/useradmin-api/error-types/1003");
        }
    }
    let body = json!({"cidrBlock": "3.3.3.3", "enabled": true});
    refused(&world.akamai("PUT", &format!("{LIST}/1"), body).await, 404, "1010");
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn a_list_that_is_on_does_not_lock_its_caller_out(database: Arc<Database>) {
    let world = World::start(&database).await;
    refused(&post(&world, "/enable", Value::Null).await, 409, "no_blocks");
    let office = add(&world, "9.9.9.9").await;
    refused(&post(&world, "/enable", json!({})).await, 403, "address_not_listed");
    let home = add(&world, "127.0.0.1/8").await;
    let header = world.signature(&world.owner(), "POST", &format!("{LIST}/enable"), b"null", 0);
    let path = format!("{LIST}/enable");
    let on = Reply::of(world.signed("POST", &path, b"null".to_vec(), header)).await;
    assert_eq!((on.status, &on.body), (204, &Value::Null), "{on}");
    assert_eq!(get(&world, "/status").await.body, json!({"enabled": true}));
    let events = world.events().await;
    assert_eq!(post(&world, "/enable", json!({})).await.status, 204);

    let actions = async |tail: &str| get(&world, &format!("{tail}?actions=true")).await;
    assert_eq!(actions(&home).await.body["actions"], json!({"edit": false, "delete": false}));
    assert_eq!(actions(&office).await.body["actions"], json!({"edit": true, "delete": true}));
    let (home, office) = (format!("{LIST}{home}"), format!("{LIST}{office}"));
    let body = json!({"cidrBlock": "8.8.8.8", "enabled": true});
    refused(&world.akamai("PUT", &home, body.clone()).await, 403, "covers_caller");
    refused(&world.akamai("DELETE", &home, Value::Null).await, 403, "covers_caller");
    assert_eq!(world.events().await, events);
    assert_eq!(world.akamai("PUT", &office, body).await.status, 200);
    assert_eq!(world.akamai("DELETE", &office, Value::Null).await.status, 204);
    refused(&world.akamai("DELETE", &home, Value::Null).await, 403, "last_block");

    assert_eq!(post(&world, "/disable", Value::Null).await.status, 204);
    assert_eq!(post(&world, "/disable", json!({})).await.status, 204);
    assert_eq!(get(&world, "/status").await.body, json!({"enabled": false}));
    assert_eq!(world.akamai("DELETE", &home, Value::Null).await.status, 204);
    assert_eq!(world.events().await, events + 4, "a change, two removals, and one switch");
    world.stop().await;
}

async fn others_see_no_more_than_they_may(database: Arc<Database>) {
    let world = World::start(&database).await;
    let tail = add(&world, "127.0.0.1").await;
    let partner = TenantId::new("partner").unwrap();
    let views = world.app.reads.eventual();
    assert_eq!(projections::cidr_blocks::all(&views, &partner).await.unwrap(), []);
    let foreign = foreign_block(&world, &partner).await;
    let events = world.events().await;
    let body = json!({"cidrBlock": "3.3.3.3", "enabled": true});
    for (method, body) in [("GET", Value::Null), ("PUT", body.clone()), ("DELETE", Value::Null)] {
        let reply = world.akamai(method, &format!("{LIST}/{foreign}"), body).await;
        refused(&reply, 404, "1010");
    }
    assert_eq!(get(&world, "").await.body.as_array().unwrap().len(), 1);

    let path = format!("{LIST}{tail}");
    let enable = format!("{LIST}/enable");
    let disable = format!("{LIST}/disable");
    let writes = [
        ("POST", LIST, body.clone()),
        ("PUT", path.as_str(), body),
        ("DELETE", &path, Value::Null),
        ("POST", &enable, Value::Null),
        ("POST", &disable, Value::Null),
    ];
    let viewer = world.restricted("looks on", "Acme", "Viewer").await;
    let local = world.restricted("rules Berlin", "Berlin", "Administrator").await;
    for (who, kind) in [(&viewer, "/-/pep-authz/deny"), (&local, "/useradmin-api/error-types/1001")]
    {
        for (method, path, body) in &writes {
            let reply = world.akamai_as(who, method, path, body.clone()).await;
            assert_eq!(reply.status, 403, "{method} {path}: {reply}");
            assert!(reply.body["type"].as_str().unwrap().ends_with(kind), "{reply}");
        }
        let shown = world.akamai_as(who, "GET", &format!("{LIST}?actions=true"), Value::Null).await;
        assert_eq!(shown.body[0]["actions"], json!({"edit": false, "delete": false}), "{shown}");
        for tail in ["/status", "/validate?cidrblock=::1", tail.as_str()] {
            let reply = world.akamai_as(who, "GET", &format!("{LIST}{tail}"), Value::Null).await;
            assert!([200, 204].contains(&reply.status), "{reply}");
        }
    }
    // Two clients with a credential each were made.
    assert_eq!(world.events().await, events + 4);
    world.stop().await;
}

/// A block that another account has, made by somebody who crosses accounts.
async fn foreign_block(world: &World, tenant: &TenantId) -> i64 {
    let path = format!("/v1/tenants/{tenant}/commands/AddCidrBlock");
    let body = json!({"cidr": "5.5.5.5", "enabled": true});
    let crossing = json!({"name": "crosses", "rights": ["tenant.admin", "user.admin"]});
    let issue = "/v1/tenants/system/commands/IssueToken";
    let token = world.admin("POST", issue, crossing).await;
    let token = token.body["secret"].as_str().unwrap();
    let made = world.bearer(token, "POST", &path, body).await;
    assert_eq!(made.status, 200, "{made}");
    let views = world.app.reads.eventual();
    let rows = projections::cidr_blocks::all(&views, tenant).await.unwrap();
    let comments = None;
    let expected = CidrBlock { cidr: "5.5.5.5".to_owned(), enabled: true, comments };
    assert_eq!(rows[0].block, expected);
    made.body["block"].as_i64().unwrap()
}
