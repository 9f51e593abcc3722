//! The calls that Terraform's user resource makes, in the form its SDK sends them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{USERS, id, newest};
use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(a_user_is_created_read_changed_imported_and_destroyed);

/// What the SDK always sends of a person, however little is configured.
fn sent(change: Value) -> Value {
    let mut sent = json!({
        "firstName": "Jane", "lastName": "Doe", "email": "jane.doe@example.com",
        "jobTitle": "", "tfaEnabled": false, "country": "USA", "additionalAuthentication": "NONE",
    });
    for (member, value) in change.as_object().unwrap() {
        sent[member] = value.clone();
    }
    sent
}

async fn read(world: &World, path: &str) -> Value {
    let path = format!("{path}?actions=false&authGrants=true&notifications=true");
    let shown = world.akamai("GET", &path, Value::Null).await;
    assert_eq!(shown.status, 200, "{shown}");
    shown.body
}

/// The grants as the state keeps them: in the words of requests, without what is empty.
fn kept(grants: &Value) -> Value {
    let one = |shown: &Value| {
        let mut kept_one = json!({
            "groupId": shown.get("groupId").cloned().unwrap_or(json!(0)),
            "isBlocked": shown["isBlocked"] == true,
        });
        for member in ["roleId", "subGroups"] {
            match &shown[member] {
                Value::Null => {}
                Value::Array(below) if below.is_empty() => {}
                Value::Array(_) => kept_one[member] = kept(&shown[member]),
                value => kept_one[member] = value.clone(),
            }
        }
        kept_one
    };
    grants.as_array().unwrap().iter().map(one).collect()
}

async fn a_user_is_created_read_changed_imported_and_destroyed(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (acme, emea) = (id(&world, "groups", "Acme").await, id(&world, "groups", "EMEA").await);
    let berlin = id(&world, "groups", "Berlin").await;
    let (viewer, auditor) =
        (id(&world, "roles", "Viewer").await, id(&world, "roles", "Auditor").await);
    let grants = json!([{"groupId": acme, "isBlocked": false, "roleId": viewer, "subGroups": [
        {"groupId": emea, "isBlocked": false, "subGroups": [{"groupId": berlin, "isBlocked": true}]},
    ]}]);
    let body = sent(json!({"authGrants": grants, "phone": "(111) 111-1111"}));
    let made = world.akamai("POST", &format!("{USERS}?sendEmail=true"), body).await;
    assert_eq!(made.status, 201, "{made}");
    let path = format!("{USERS}/{}", made.body["uiIdentityId"].as_str().unwrap());

    let state = read(&world, &path).await;
    assert_eq!(kept(&state["authGrants"]), grants);
    let usual = json!({"enableEmailNotifications": true, "options": {
        "newUserNotification": true, "passwordExpiry": true, "proactive": [], "upgrade": [],
        "apiClientCredentialExpiryNotification": false,
    }});
    assert_eq!(state["notifications"], usual);
    assert_eq!(
        (&state["phone"], &state["userStatus"]),
        (&json!("(111) 111-1111"), &json!("PENDING"))
    );

    // Only what changed is sent, with what was read before.
    let computed = ["timeZone", "preferredLanguage", "sessionTimeOut", "address", "uiUserName"];
    let mut info = sent(json!({
        "lastName": "Roe", "phone": "+49 30 1234567", "additionalAuthentication": "TFA",
        "tfaEnabled": true, "jobTitle": "Engineer",
    }));
    for member in computed {
        info[member] = state[member].clone();
    }
    let changed = world.akamai("PUT", &format!("{path}/basic-info"), info.clone()).await;
    assert_eq!(changed.status, 200, "{changed}");
    assert_eq!(newest(&world).await["actor"]["kind"], "client");
    let state = read(&world, &path).await;
    for member in ["lastName", "phone", "jobTitle", "tfaEnabled", "email", "address"] {
        assert_eq!(state[member], info[member], "{member}: {state}");
    }
    assert_eq!(state["emailUpdatePending"], false);

    let grants = json!([
        {"groupId": acme, "isBlocked": false, "roleId": viewer},
        {"groupId": emea, "isBlocked": false, "roleId": viewer},
        {"groupId": 0, "isBlocked": false, "roleId": auditor},
    ]);
    let changed = world.akamai("PUT", &format!("{path}/auth-grants"), grants.clone()).await;
    assert_eq!((changed.status, kept(&changed.body)), (200, grants.clone()), "{changed}");
    assert_eq!(kept(&read(&world, &path).await["authGrants"]), grants, "an import reads the same");

    assert_eq!(world.akamai("DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(world.akamai("GET", &path, Value::Null).await.status, 404);
    world.stop().await;
}
