//! What is refused about users, with nothing written.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{USERS, body, create, get};
use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    each_bad_member_is_named,
    what_the_reference_lists_have_is_taken_and_nothing_else,
    names_and_addresses_belong_to_one_user,
    foreign_users_and_weak_callers_are_refused,
);

/// A full body of `basic-info`.
fn info(change: Value) -> Value {
    let mut info = json!({
        "firstName": "John", "lastName": "Doe", "country": "USA", "state": "CA", "timeZone": "GMT",
        "preferredLanguage": "English", "sessionTimeOut": 900,
    });
    for (member, value) in change.as_object().unwrap() {
        info[member] = value.clone();
    }
    info
}

async fn each_bad_member_is_named(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (path, _) = create(&world, "John", json!({})).await;
    let basic_info = format!("{path}/basic-info");
    let events = world.events().await;
    let long = "x".repeat(300);
    for (member, bad) in [
        ("firstName", json!(null)),
        ("firstName", json!(7)),
        ("firstName", json!("x".repeat(51))),
        ("lastName", json!(" ")),
        ("country", json!("")),
        ("country", json!("Utopia")),
        ("state", json!("XX")),
        ("contactType", json!("Friend")),
        ("preferredLanguage", json!("Latin")),
        ("sessionTimeOut", json!(30)),
        ("sessionTimeOut", json!("900")),
        ("sessionTimeOut", json!(-900)),
        ("timeZone", json!("Mars/Olympus")),
        ("phone", json!("123456")),
        ("mobilePhone", json!("call me at 1234567")),
        ("email", json!("john")),
        ("secondaryEmail", json!(["a@b"])),
        ("jobTitle", json!("x".repeat(76))),
        ("address", json!(long)),
        ("city", json!("\u{0}")),
        ("additionalAuthentication", json!("SMS")),
    ] {
        let mut asked = vec![("PUT", basic_info.clone(), info(json!({member: bad})))];
        // What may be left out of one body and not of the other has its usual value there.
        if !bad.is_null() {
            let created = body(&world, "Jack", json!({member: bad})).await;
            asked.push(("POST", USERS.to_owned(), created));
        }
        for (method, path, body) in asked {
            let reply = world.akamai(method, &path, body).await;
            assert_eq!(reply.status, 400, "{method} {member} {bad}: {reply}");
            assert_eq!(reply.body["errors"][0]["errorLocation"], member, "{reply}");
            assert!(reply.body["detail"].as_str().unwrap().contains(member), "{reply}");
        }
    }
    let nothing = world.akamai("POST", USERS, json!({})).await;
    let named = nothing.body["errors"].as_array().unwrap().iter();
    let named: Vec<_> = named.map(|error| error["errorLocation"].as_str().unwrap()).collect();
    let required = ["firstName", "lastName", "email", "country", "additionalAuthentication"];
    assert_eq!((nothing.status, named), (400, required.to_vec()), "{nothing}");
    for text in ["{", "[]", "7", "\"x\""] {
        let header = world.signature(&world.owner(), "POST", USERS, text.as_bytes(), 0);
        let request = world.signed("POST", USERS, text.as_bytes().to_vec(), header);
        assert_eq!(request.send().await.unwrap().status(), 400, "{text}");
    }
    let notified = |value: Value| json!({"notifications": value});
    for bad in [json!({}), json!(7), json!({"enableEmailNotifications": true, "options": {}})] {
        let body = body(&world, "Jack", notified(bad)).await;
        assert_eq!(world.akamai("POST", USERS, body).await.status, 400);
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn what_the_reference_lists_have_is_taken_and_nothing_else(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (path, _) = create(&world, "John", json!({})).await;
    let list = async |name: &str| get(&world, &format!("/user-admin/common/{name}")).await;
    let ends = |list: &Value, pick: fn(&Value) -> Value| {
        let list = list.as_array().unwrap();
        [pick(&list[0]), pick(&list[list.len() - 1])]
    };
    let same = |value: &Value| value.clone();
    for (member, values) in [
        ("contactType", ends(&list("contact-types").await, same)),
        ("preferredLanguage", ends(&list("supported-languages").await, same)),
        ("sessionTimeOut", ends(&list("timeout-policies").await, |it| it["value"].clone())),
        ("timeZone", ends(&list("timezones").await, |it| it["timezone"].clone())),
        ("state", ends(&list("countries/USA/states").await, same)),
    ] {
        for value in values {
            let change = json!({member: value});
            let reply = world.akamai("PUT", &format!("{path}/basic-info"), info(change)).await;
            assert_eq!((reply.status, &reply.body[member]), (200, &value), "{member}: {reply}");
        }
    }
    for country in ends(&list("countries").await, same) {
        let change = json!({"country": country, "state": null});
        let reply = world.akamai("PUT", &format!("{path}/basic-info"), info(change)).await;
        assert_eq!((reply.status, &reply.body["country"]), (200, &country), "{reply}");
    }
    let elsewhere = info(json!({"country": "Greece"}));
    let reply = world.akamai("PUT", &format!("{path}/basic-info"), elsewhere).await;
    assert_eq!(reply.status, 400, "only two countries have states: {reply}");
    world.stop().await;
}

async fn names_and_addresses_belong_to_one_user(database: Arc<Database>) {
    let world = World::start(&database).await;
    create(&world, "John", json!({"uiUserName": "jdoe"})).await;
    let (jack, _) = create(&world, "Jack", json!({})).await;
    let events = world.events().await;
    for (change, member) in [
        (json!({"email": "JOHN@example.com"}), "email"),
        (json!({"uiUserName": "JDoe"}), "uiUserName"),
    ] {
        let reply = world.akamai("POST", USERS, body(&world, "Joe", change).await).await;
        assert_eq!(
            (reply.status, &reply.body["errors"][0]["errorLocation"]),
            (400, &json!(member))
        );
    }
    let taken = info(json!({"email": "john@example.com"}));
    let reply = world.akamai("PUT", &format!("{jack}/basic-info"), taken).await;
    assert_eq!(reply.status, 400, "{reply}");
    assert_eq!(world.events().await, events);
    // Another account has names of its own.
    create(&world, "Pat", json!({"email": "pat@partner.example"})).await;
    world.stop().await;
}

async fn foreign_users_and_weak_callers_are_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (john, _) = create(&world, "John", json!({})).await;
    let foreign = {
        let tenant = domain::TenantId::new("partner").unwrap();
        let users = projections::users::all(&world.app.reads.eventual(), &tenant).await.unwrap();
        format!("{USERS}/{}", users[0].user)
    };
    let viewer = world.restricted("looks on", "Acme", "Viewer").await;
    let grants = body(&world, "x", json!({})).await["authGrants"].clone();
    let events = world.events().await;
    for path in
        [foreign.as_str(), "/user-admin/ui-identities/A-B-1", "/user-admin/ui-identities/%20"]
    {
        for (method, suffix, body) in [
            ("GET", "", Value::Null),
            ("DELETE", "", Value::Null),
            ("PUT", "/basic-info", info(json!({}))),
            ("PUT", "/auth-grants", grants.clone()),
        ] {
            let reply = world.akamai(method, &format!("{path}{suffix}"), body).await;
            let kind = json!("/useradmin-api/error-types/1100");
            assert_eq!((reply.status, &reply.body["type"]), (404, &kind), "{method}: {reply}");
        }
    }
    for (method, path, body) in [
        ("POST", USERS.to_owned(), body(&world, "Joe", json!({})).await),
        ("DELETE", john.clone(), Value::Null),
        ("PUT", format!("{john}/basic-info"), info(json!({}))),
        ("PUT", format!("{john}/auth-grants"), grants.clone()),
    ] {
        let reply = world.akamai_as(&viewer, method, &path, body).await;
        assert_eq!(reply.status, 403, "{method} {path}: {reply}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}
