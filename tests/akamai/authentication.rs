//! How users sign in, as administrators set it: locks, passwords, second factors, mails.

use std::sync::Arc;

use serde_json::{Value, json};

use super::parties::{Ids, newest};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    a_locked_user_stays_out_and_their_clients_go_on_working,
    a_password_is_reset_or_set_and_does_not_come_again,
    a_second_factor_is_chosen_reset_and_kept_where_the_account_wants_one,
    notifications_are_replaced_and_said_back,
    strangers_and_malformed_requests_change_nothing,
);

const USERS: &str = "/user-admin/ui-identities";

pub(super) async fn post(world: &World, path: &str, body: Value) -> Reply {
    world.akamai("POST", path, body).await
}

pub(super) async fn put(world: &World, path: &str, body: Value) -> Reply {
    world.akamai("PUT", path, body).await
}

pub(super) async fn get(world: &World, path: &str) -> Value {
    let shown = world.akamai("GET", path, Value::Null).await;
    assert_eq!(shown.status, 200, "{path}: {shown}");
    shown.body
}

/// Whether the answer is empty, as most here are.
pub(super) fn is_done(reply: &Reply) {
    assert_eq!((reply.status, &reply.body), (204, &Value::Null), "{reply}");
}

pub(super) fn is_refused(reply: &Reply, status: u16, kind: &str) {
    let expected = format!("/useradmin-api/error-types/{kind}");
    assert_eq!((reply.status, &reply.body["type"]), (status, &json!(expected)), "{reply}");
    assert_eq!(reply.body["httpStatus"], status, "{reply}");
}

/// The path of a new user, who looks at EMEA.
pub(super) async fn somebody(world: &World) -> String {
    let ids = Ids::of(world).await;
    format!("{USERS}/{}", ids.user(world, "some", &[(ids.emea, "Viewer")]).await)
}

async fn a_locked_user_stays_out_and_their_clients_go_on_working(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = somebody(&world).await;
    let user = path.rsplit('/').next().unwrap();
    let body = json!({"name": "theirs", "kind": "CLIENT", "authorizedUser": user, "access": [
        {"group": Ids::of(&world).await.emea, "role": role(&world, "Viewer").await},
    ]});
    let client = world.command("CreateClient", body).await;
    let signer = world.signer(&client["client"]).await;

    is_done(&post(&world, &format!("{path}/lock"), Value::Null).await);
    assert_eq!(get(&world, &path).await["isLocked"], true);
    let event = newest(&world).await;
    assert_eq!(
        (&event["type"], &event["actor"]["kind"]),
        (&json!("user.locked"), &json!("client"))
    );
    assert_eq!(event["payload"]["reason"], "administrator");
    let events = world.events().await;
    is_done(&post(&world, &format!("{path}/lock"), json!({})).await);
    assert_eq!(world.events().await, events, "locked already");
    let groups = world.akamai_as(&signer, "GET", "/user-admin/groups", Value::Null).await;
    assert_eq!(groups.status, 200, "{groups}");

    is_done(&post(&world, &format!("{path}/unlock"), Value::Null).await);
    assert_eq!(get(&world, &path).await["isLocked"], false);
    assert_eq!(newest(&world).await["payload"]["before"], "administrator");
    is_done(&post(&world, &format!("{path}/unlock"), Value::Null).await);
    assert_eq!(world.events().await, events + 1);
    world.stop().await;
}

async fn role(world: &World, name: &str) -> Value {
    let roles = world.admin("GET", "/v1/tenants/default/roles", Value::Null).await;
    roles.named("roles", name)["role"].clone()
}

async fn a_password_is_reset_or_set_and_does_not_come_again(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = somebody(&world).await;
    let shown = post(&world, &format!("{path}/reset-password?sendEmail=false"), json!({})).await;
    let password = shown.body["newPassword"].as_str().unwrap_or_else(|| panic!("{shown}"));
    assert_eq!((shown.status, password.len()), (200, 20));
    let event = newest(&world).await;
    assert_eq!(
        (&event["type"], &event["payload"]["one_time"]),
        (&json!("user.password_set"), &json!(true))
    );
    assert_eq!(event["payload"]["mail"], Value::Null);
    let detail = get(&world, &path).await;
    let expires = &detail["passwordExpiryDate"];
    let on_day = |it: &Value| it.as_str().unwrap()[..10].to_owned();
    assert_eq!(on_day(expires), on_day(&event["payload"]["expires_at"]), "{detail}");
    let all = world.admin("GET", "/v1/tenants/default/events?limit=1000", Value::Null).await;
    assert!(!format!("{detail}{all}").contains(password), "it is shown once");

    for query in ["", "?sendEmail=true", "?sendEmail=TRUE"] {
        is_done(&post(&world, &format!("{path}/reset-password{query}"), Value::Null).await);
        assert!(newest(&world).await["payload"]["mail"].is_string());
    }

    let set = async |password: &str| {
        let body = json!({"newPassword": password});
        post(&world, &format!("{path}/set-password"), body).await
    };
    is_done(&set("correct horse 5").await);
    assert_eq!(newest(&world).await["payload"]["one_time"], false);
    is_done(&set("correct horse 6").await);
    let events = world.events().await;
    for known in ["correct horse 5", "correct horse 6"] {
        let reused = set(known).await;
        is_refused(&reused, 400, "1508");
        assert_eq!(reused.body["detail"], "Must not match a previously used password.");
    }
    let short = set("s3cret").await;
    is_refused(&short, 400, "1003");
    assert_eq!(short.body["errors"][0]["errorLocation"], "newPassword", "{short}");
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn a_second_factor_is_chosen_reset_and_kept_where_the_account_wants_one(
    database: Arc<Database>,
) {
    let world = World::start(&database).await;
    let path = somebody(&world).await;
    let shown = async || {
        let user = get(&world, &path).await;
        let method = user["additionalAuthentication"].as_str().unwrap().to_owned();
        let flags = ["additionalAuthenticationConfigured", "tfaEnabled", "tfaConfigured"];
        (method, flags.map(|flag| user[flag].as_bool().unwrap()))
    };
    assert_eq!(shown().await, ("NONE".to_owned(), [false; 3]));
    let factor = format!("{path}/additionalAuthentication");
    is_done(&put(&world, &factor, json!("TFA")).await);
    assert_eq!(shown().await, ("TFA".to_owned(), [false, true, false]));
    let event = newest(&world).await;
    assert_eq!(event["type"], "user.second_factor_chosen");
    assert_eq!(
        (&event["payload"]["before"], &event["payload"]["after"]),
        (&json!("NONE"), &json!("TFA"))
    );

    let user = path.rsplit('/').next().unwrap();
    let signed_in = json!({"user": user, "method": "TFA", "outcome": "SUCCESS"});
    world.command("RecordSignIn", signed_in.clone()).await;
    assert_eq!(shown().await, ("TFA".to_owned(), [true, true, true]));
    for body in [Value::Null, json!({})] {
        is_done(&put(&world, &format!("{factor}/reset"), body).await);
        assert_eq!(shown().await, ("TFA".to_owned(), [false, true, false]));
    }
    assert_eq!(newest(&world).await["payload"]["was_configured"], true, "the second did nothing");
    world.command("RecordSignIn", signed_in).await;
    assert_eq!(shown().await.1, [true, true, true], "it was set up again");

    is_done(&put(&world, &factor, json!({"value": "MFA"})).await);
    assert_eq!(shown().await, ("MFA".to_owned(), [false; 3]));
    world.command("SetSignInPolicy", json!({"secondFactorRequired": true})).await;
    let events = world.events().await;
    is_refused(&put(&world, &factor, json!({"value": "NONE"})).await, 403, "1001");
    assert_eq!(world.events().await, events);
    world.command("SetSignInPolicy", json!({"secondFactorRequired": false})).await;
    is_done(&put(&world, &factor, json!({"value": "NONE"})).await);
    assert_eq!(shown().await, ("NONE".to_owned(), [false; 3]));
    world.stop().await;
}

async fn notifications_are_replaced_and_said_back(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = somebody(&world).await;
    let wanted = json!({
        "enableEmailNotifications": false,
        "options": {
            "newUserNotification": false, "passwordExpiry": true, "proactive": ["EdgeScape"],
            "upgrade": [], "apiClientCredentialExpiryNotification": true,
        },
    });
    for (own, detail) in [
        (format!("{path}/notifications"), path.clone()),
        ("/user-profile/notifications".to_owned(), "/user-profile".to_owned()),
    ] {
        let set = put(&world, &own, wanted.clone()).await;
        assert_eq!((set.status, &set.body), (200, &wanted), "{set}");
        let shown = get(&world, &format!("{detail}?notifications=true")).await;
        assert_eq!(shown["notifications"], wanted, "{shown}");
        let event = newest(&world).await;
        assert_eq!(event["type"], "user.notifications_set");
        assert_eq!(event["payload"]["before"]["is_enabled"], true, "{event}");
        let events = world.events().await;
        assert_eq!(put(&world, &own, wanted.clone()).await.status, 200);
        let nothing = put(&world, &own, json!({"enableEmailNotifications": "yes"})).await;
        is_refused(&nothing, 400, "1003");
        assert_eq!(world.events().await, events);
    }
    world.stop().await;
}

async fn strangers_and_malformed_requests_change_nothing(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let path = somebody(&world).await;
    let above = ids.user(&world, "above", &[(ids.acme, "Viewer")]).await;
    let foreign = foreign_user(&world).await;
    let viewer = world.restricted("looks", "EMEA", "Viewer").await;
    let admin = world.restricted("administers EMEA", "EMEA", "Administrator").await;
    let events = world.events().await;
    let bodies = [
        ("POST", "lock", Value::Null),
        ("POST", "unlock", Value::Null),
        ("POST", "reset-password", Value::Null),
        ("POST", "set-password", json!({"newPassword": "correct horse 5"})),
        ("PUT", "additionalAuthentication", json!("MFA")),
        ("PUT", "additionalAuthentication/reset", Value::Null),
        (
            "PUT",
            "notifications",
            json!({
                "enableEmailNotifications": true, "options": {"passwordExpiry": false},
            }),
        ),
    ];
    for (method, tail, body) in bodies {
        for unknown in ["A-B-1", "nobody%20at%20all", foreign.as_str()] {
            let path = format!("{USERS}/{unknown}/{tail}");
            is_refused(&world.akamai(method, &path, body.clone()).await, 404, "1100");
        }
        let own = format!("{path}/{tail}");
        let looking = world.akamai_as(&viewer, method, &own, body.clone()).await;
        assert_eq!(looking.status, 403, "{tail}: {looking}");
        let higher = format!("{USERS}/{above}/{tail}");
        let reaching = world.akamai_as(&admin, method, &higher, body.clone()).await;
        is_refused(&reaching, 403, "1001");
    }
    for (method, tail, body) in [
        ("POST", "set-password", json!({})),
        ("POST", "set-password", json!({"newPassword": 123_456_789})),
        ("POST", "set-password", json!([])),
        ("PUT", "additionalAuthentication", Value::Null),
        ("PUT", "additionalAuthentication", json!("SMS")),
        ("PUT", "additionalAuthentication", json!({"value": 7})),
        ("PUT", "additionalAuthentication", json!(["MFA"])),
        ("PUT", "notifications", Value::Null),
    ] {
        let reply = world.akamai(method, &format!("{path}/{tail}"), body.clone()).await;
        is_refused(&reply, 400, "1003");
    }
    assert_eq!(world.events().await, events);
    let lock = world.akamai_as(&admin, "POST", &format!("{path}/lock"), Value::Null).await;
    is_done(&lock);
    world.stop().await;
}

/// A user of the other tenant.
async fn foreign_user(world: &World) -> String {
    let views = world.app.reads.eventual();
    let partner = domain::TenantId::new("partner").unwrap();
    projections::users::all(&views, &partner).await.unwrap()[0].user.to_string()
}
