//! Users: created, shown, listed, changed and deleted.

mod grants;
mod refusals;
mod terraform;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{IAM, Reply, World};

on_both_stores!(
    a_user_is_created_shown_listed_and_deleted,
    basic_info_replaces_all_that_is_known,
    an_address_waits_for_its_confirmation,
    a_first_password_is_mailed_or_shown_once,
    lists_show_whom_the_caller_may_read_of,
    a_users_own_profile_is_theirs_to_change,
);

const USERS: &str = "/user-admin/ui-identities";

/// The ids of groups and roles of the default tenant, by name.
async fn id(world: &World, list: &str, name: &str) -> Value {
    let path = format!("/v1/tenants/default/{list}");
    let rows = world.admin("GET", &path, Value::Null).await;
    rows.named(list, name)[list.trim_end_matches('s')].clone()
}

/// A body that creates somebody who looks at EMEA, with these members changed.
async fn body(world: &World, first_name: &str, change: Value) -> Value {
    let (group, role) = (id(world, "groups", "EMEA").await, id(world, "roles", "Viewer").await);
    let mut body = json!({
        "firstName": first_name, "lastName": "Doe", "country": "USA",
        "email": format!("{}@example.com", first_name.to_lowercase()),
        "additionalAuthentication": "NONE",
        "authGrants": [{"groupId": group, "roleId": role, "isBlocked": false}],
    });
    for (member, value) in change.as_object().unwrap() {
        body[member] = value.clone();
    }
    body
}

/// Creates somebody, and answers with their path and the reply.
async fn create(world: &World, first_name: &str, change: Value) -> (String, Reply) {
    let body = body(world, first_name, change).await;
    let made = world.akamai("POST", USERS, body).await;
    assert_eq!(made.status, 201, "{made}");
    (format!("{USERS}/{}", made.body["uiIdentityId"].as_str().unwrap()), made)
}

/// What is there from now on that could be read.
async fn get(world: &World, path: &str) -> Value {
    let shown = world.akamai("GET", path, Value::Null).await;
    assert_eq!(shown.status, 200, "{path}: {shown}");
    shown.body
}

/// The newest event of the default tenant.
async fn newest(world: &World) -> Value {
    let all = world.admin("GET", "/v1/tenants/default/events?limit=1000", Value::Null).await;
    all.body["events"].as_array().unwrap().last().unwrap().clone()
}

async fn a_user_is_created_shown_listed_and_deleted(database: Arc<Database>) {
    let world = World::start(&database).await;
    let everything = json!({
        "uiUserName": "jdoe", "phone": "(123) 321-1234", "mobilePhone": "+441234567891",
        "secondaryEmail": "doe@example.org", "jobTitle": "Engineer", "address": "First Street",
        "city": "Santa Clara", "state": "CA", "zipCode": "34567", "contactType": "Billing",
        "preferredLanguage": "Deutsch", "sessionTimeOut": 64800, "timeZone": "Asia/Rangoon",
        "additionalAuthentication": "TFA", "tfaEnabled": true, "nobodyKnows": 7,
        "notifications": {"enableEmailNotifications": true, "options": {
            "passwordExpiry": false, "newUserNotification": true, "proactive": ["EdgeScape"],
            "upgrade": null, "apiClientCredentialExpiryNotification": true,
        }},
    });
    let (path, made) = create(&world, "John", everything.clone()).await;
    assert_eq!(made.header("location"), format!("{IAM}{path}"));
    let user = made.body["uiIdentityId"].clone();
    let event = newest(&world).await;
    assert_eq!((&event["type"], &event["aggregate"]["id"]), (&json!("user.password_set"), &user));

    let shown =
        get(&world, &format!("{path}?authGrants=true&notifications=true&actions=true")).await;
    assert_eq!(made.body, shown, "the reply to a write is what a read shows");
    for (member, value) in everything.as_object().unwrap() {
        if !["notifications", "nobodyKnows"].contains(&member.as_str()) {
            assert_eq!(shown[member], *value, "{member}: {shown}");
        }
    }
    for (member, value) in [
        ("accountId", json!("default")),
        ("userStatus", json!("PENDING")),
        ("isLocked", json!(false)),
        ("emailUpdatePending", json!(false)),
        ("tfaConfigured", json!(false)),
        ("additionalAuthenticationConfigured", json!(false)),
    ] {
        assert_eq!(shown[member], value, "{member}");
    }
    let options = &shown["notifications"]["options"];
    assert_eq!((&options["passwordExpiry"], &options["upgrade"]), (&json!(false), &json!([])));
    assert_eq!(options["proactive"], json!(["EdgeScape"]));
    let actions = &shown["actions"];
    assert_eq!((&actions["delete"], &actions["isCloneable"]), (&json!(true), &json!(true)));
    let grant = &shown["authGrants"][0];
    assert_eq!((&grant["groupName"], &grant["roleName"]), (&json!("EMEA"), &json!("Viewer")));

    let bare = get(&world, &path).await;
    for section in ["authGrants", "notifications", "actions", "lastLoginDate"] {
        assert!(bare.get(section).is_none(), "{section} only when asked for: {bare}");
    }
    let list = get(&world, &format!("{USERS}?authGrants=true&actions=true")).await;
    let item = list.as_array().unwrap().iter().find(|it| it["uiIdentityId"] == user).unwrap();
    assert_eq!((&item["uiUserName"], &item["tfaEnabled"]), (&json!("jdoe"), &json!(true)));
    assert_eq!((&item["authGrants"], item.get("phone")), (&shown["authGrants"], None));
    let actions = &item["actions"];
    assert_eq!((&actions["canEditTFA"], &actions["canEditMFA"]), (&json!(false), &json!(true)));

    let gone = world.akamai("DELETE", &path, Value::Null).await;
    assert_eq!((gone.status, &gone.body), (204, &Value::Null), "{gone}");
    let event = newest(&world).await;
    assert_eq!(event["type"], "user.deleted");
    assert_eq!(event["payload"]["profile"]["known"]["user_name"], "jdoe", "{event}");
    let gone = world.akamai("GET", &path, Value::Null).await;
    let kind = json!("/useradmin-api/error-types/1100");
    assert_eq!((gone.status, &gone.body["type"]), (404, &kind), "{gone}");
    create(&world, "John", json!({"uiUserName": "jdoe"})).await;
    world.stop().await;
}

async fn basic_info_replaces_all_that_is_known(database: Arc<Database>) {
    let world = World::start(&database).await;
    let full = json!({"jobTitle": "Engineer", "city": "Boston", "state": "MA", "phone": "1234567",
        "additionalAuthentication": "MFA"});
    let (path, made) = create(&world, "John", full).await;
    assert_eq!(made.body["address"], "TBD", "what nobody gave");
    assert_eq!(
        (&made.body["timeZone"], &made.body["preferredLanguage"]),
        (&json!("GMT"), &json!("English"))
    );
    let info = json!({
        "firstName": "Joan", "lastName": "Doe", "country": "Greece", "jobTitle": "",
        "preferredLanguage": "English", "sessionTimeOut": 900, "timeZone": "GMT",
    });
    let basic_info = format!("{path}/basic-info");
    let replaced = world.akamai("PUT", &basic_info, info.clone()).await;
    assert_eq!(replaced.status, 200, "{replaced}");
    assert_eq!(replaced.body, get(&world, &path).await);
    for gone in ["jobTitle", "city", "state", "phone"] {
        assert!(replaced.body.get(gone).is_none(), "{gone} is forgotten: {replaced}");
    }
    for (member, value) in [
        ("firstName", json!("Joan")),
        ("email", json!("john@example.com")),
        ("uiUserName", json!("john@example.com")),
        ("emailUpdatePending", json!(false)),
        ("additionalAuthentication", json!("MFA")),
        ("sessionTimeOut", json!(900)),
    ] {
        assert_eq!(replaced.body[member], value, "{member}");
    }
    let event = newest(&world).await;
    assert_eq!(event["type"], "user.profile_replaced");
    assert_eq!(event["payload"]["before"]["known"]["city"], "Boston", "{event}");
    assert_eq!(event["payload"]["after"]["known"]["first_name"], "Joan");
    assert!(!event.to_string().contains("lookup") && !event.to_string().contains("digest"));

    let events = world.events().await;
    let again = world.akamai("PUT", &basic_info, info.clone()).await;
    assert_eq!((again.status, world.events().await), (200, events), "{again}");
    let mut factor = info;
    factor["additionalAuthentication"] = json!("TFA");
    let changed = world.akamai("PUT", &basic_info, factor).await;
    assert_eq!((&changed.body["tfaEnabled"], world.events().await), (&json!(true), events + 1));
    world.stop().await;
}

async fn an_address_waits_for_its_confirmation(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (path, made) = create(&world, "John", json!({})).await;
    let info = json!({
        "firstName": "John", "lastName": "Doe", "country": "USA", "preferredLanguage": "English",
        "sessionTimeOut": 1800, "timeZone": "GMT", "email": "j.doe@example.com",
    });
    let replaced = world.akamai("PUT", &format!("{path}/basic-info"), info).await;
    assert_eq!(replaced.body["email"], "j.doe@example.com", "{replaced}");
    assert_eq!(replaced.body["emailUpdatePending"], true);
    assert_eq!(replaced.body["uiUserName"], "john@example.com", "a name stays");
    world.command("ConfirmEmail", json!({"user": made.body["uiIdentityId"]})).await;
    assert_eq!(get(&world, &path).await["emailUpdatePending"], false);
    create(&world, "Jack", json!({"email": "john@example.com", "uiUserName": "jack"})).await;
    world.stop().await;
}

async fn a_first_password_is_mailed_or_shown_once(database: Arc<Database>) {
    let world = World::start(&database).await;
    for (query, is_shown) in [("", false), ("?sendEmail=true", false), ("?sendEmail=false", true)] {
        let name = format!("John{}", query.len());
        let (path, body) = (format!("{USERS}{query}"), body(&world, &name, json!({})).await);
        let made = world.akamai("POST", &path, body).await;
        assert_eq!((made.status, made.body["newPassword"].is_string()), (201, is_shown), "{made}");
        assert!(made.body["passwordExpiryDate"].is_string(), "{made}");
        let event = newest(&world).await;
        let payload = &event["payload"];
        assert_eq!(
            (&event["type"], &payload["one_time"]),
            (&json!("user.password_set"), &json!(true))
        );
        assert_eq!(payload["mail"].is_null(), is_shown, "{event}");
        let path = format!("{USERS}/{}", made.body["uiIdentityId"].as_str().unwrap());
        assert!(get(&world, &path).await.get("newPassword").is_none(), "once");
    }
    world.stop().await;
}

async fn lists_show_whom_the_caller_may_read_of(database: Arc<Database>) {
    let world = World::start(&database).await;
    create(&world, "John", json!({})).await;
    let emails = async |world: &World, signer, query: String| {
        let list = world.akamai_as(signer, "GET", &format!("{USERS}{query}"), Value::Null).await;
        let items = list.body.as_array().unwrap_or_else(|| panic!("{list}")).clone();
        items.iter().map(|it| it["email"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let owner = world.owner();
    let (ada, vera, john) = ("ada@acme.example", "vera@acme.example", "john@example.com");
    assert_eq!(emails(&world, &owner, String::new()).await, [ada, vera, john], "by id");
    for (group, expected) in [
        ("Acme", vec![ada, vera]),
        ("EMEA", vec![ada, vera, john]),
        ("Berlin", vec![ada, vera, john]),
        ("Globex", vec![ada]),
    ] {
        let query = format!("?groupId={}", id(&world, "groups", group).await);
        assert_eq!(emails(&world, &owner, query).await, expected, "{group}");
    }
    let viewer = world.restricted("looks at EMEA", "EMEA", "Viewer").await;
    assert_eq!(emails(&world, &viewer, String::new()).await, [john], "who is above is not shown");
    let admin = format!("{USERS}/{}", world.credentials.user_id);
    let refused = world.akamai_as(&viewer, "GET", &admin, Value::Null).await;
    assert_eq!(refused.status, 403, "{refused}");
    for (group, status) in [(id(&world, "groups", "Globex").await, 403), (json!(1), 404)] {
        let path = format!("{USERS}?groupId={group}");
        let refused = world.akamai_as(&viewer, "GET", &path, Value::Null).await;
        assert_eq!(refused.status, status, "{refused}");
    }
    let wrong = world.akamai("GET", &format!("{USERS}?groupId=x"), Value::Null).await;
    assert_eq!(wrong.status, 400, "{wrong}");
    world.command("CreateUser", json!({
        "organization": world.credentials.organization_id,
        "profile": {"firstName": "No", "lastName": "Group", "email": "no@example.com", "country": "Greece"},
    })).await;
    assert_eq!(emails(&world, &owner, String::new()).await.len(), 4);
    assert_eq!(emails(&world, &viewer, String::new()).await.len(), 1);
    world.stop().await;
}

async fn a_users_own_profile_is_theirs_to_change(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (path, made) = create(&world, "John", json!({})).await;
    let (group, role) = (id(&world, "groups", "EMEA").await, id(&world, "roles", "Viewer").await);
    let client = json!({"name": "johns", "kind": "CLIENT", "authorizedUser": made.body["uiIdentityId"],
        "access": [{"group": group, "role": role}]});
    let client = world.command("CreateClient", client).await;
    let signer = world.signer(&client["client"]).await;
    let own = world.akamai_as(&signer, "GET", "/user-profile?authGrants=true", Value::Null).await;
    assert_eq!(own.body, get(&world, &format!("{path}?authGrants=true")).await);
    let info = json!({
        "firstName": "Johnny", "lastName": "Doe", "country": "Canada", "state": "QC",
        "preferredLanguage": "English", "sessionTimeOut": 1800, "timeZone": "GMT",
    });
    let basic_info = format!("{path}/basic-info");
    let refused = world.akamai_as(&signer, "PUT", &basic_info, info.clone()).await;
    assert_eq!(refused.status, 403, "{refused}");
    let replaced = world.akamai_as(&signer, "PUT", "/user-profile/basic-info", info.clone()).await;
    assert_eq!(replaced.status, 200, "{replaced}");
    assert_eq!(get(&world, &path).await["firstName"], "Johnny");

    let owned = world.akamai("DELETE", &path, Value::Null).await;
    assert_eq!(owned.status, 409, "{owned}");
    let detail = owned.body["errors"][0]["detail"].as_str().unwrap();
    assert_eq!(detail, format!("client {}", client["client"].as_str().unwrap()));
    let nobodys = world.command("CreateClient", json!({"name": "nobody's"})).await;
    let nobody = world.signer(&nobodys["client"]).await;
    for (method, path) in [("GET", "/user-profile"), ("PUT", "/user-profile/basic-info")] {
        let refused = world.akamai_as(&nobody, method, path, info.clone()).await;
        assert_eq!(refused.status, 403, "no API is its to call: {refused}");
    }
    world.stop().await;
}
