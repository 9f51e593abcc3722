//! Users' passwords: set, replaced, kept as hashes only, and refused where the policy says so.

use std::sync::Arc;

use argon2::password_hash::PasswordVerifier;
use argon2::{Argon2, PasswordHash};
use domain::TenantId;
use eventlog::VaultKind;
use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(a_password_takes_the_place_of_the_one_before, what_is_no_password_is_refused);

const SET: &str = "/v1/tenants/default/commands/SetUserPassword";
const EVENTS: &str = "/v1/tenants/default/events?type=user.password_set";

/// The public ids of the hashes that this password makes, and of the others.
async fn verified(world: &World, password: &str) -> [Vec<String>; 2] {
    let default = TenantId::new("default").unwrap();
    let rows = world.app.log.vault_of(VaultKind::Password, &default).await.unwrap();
    let keys = world.app.keyring.tenant(&default).await.unwrap();
    let mut found = [vec![], vec![]];
    for row in rows {
        let hash = String::from_utf8(keys.open(&row).unwrap()).unwrap();
        let hash = PasswordHash::new(&hash).unwrap();
        let fits = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
        found[usize::from(!fits)].push(row.public_id);
    }
    found
}

async fn a_password_takes_the_place_of_the_one_before(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (user, planted) = (&world.credentials.user_id, &world.credentials.akamai.password);
    let id = |generation| format!("default/{user}.{generation}");
    assert_eq!(verified(&world, planted).await, [vec![id(1)], vec![]]);

    let body = json!({"user": user, "newPassword": "correct horse 5"});
    let set = world.command("SetUserPassword", body).await;
    assert_eq!(set["details"]["sequence"], "3", "created, planted, set");
    assert_eq!(set["details"]["resourceOwner"], world.credentials.organization_id.as_str());
    let shown =
        world.viewer("GET", &format!("/v1/tenants/default/users/{user}"), json!(null)).await;
    assert_eq!(shown.body["details"], set["details"], "{shown}");
    assert_eq!(verified(&world, "correct horse 5").await, [vec![id(2)], vec![id(1)]]);

    let drawn = world.command("SetUserPassword", json!({"user": user})).await;
    let drawn = drawn["newPassword"].as_str().unwrap();
    assert_eq!(verified(&world, drawn).await, [vec![id(3)], vec![id(1), id(2)]]);
    let again = json!({"user": user, "newPassword": "correct horse 5"});
    let reused = world.admin("POST", SET, again).await;
    let kind = "urn:chancery:problem:password_reused";
    assert_eq!((reused.status, &reused.body["type"]), (400, &json!(kind)), "{reused}");

    let events = world.admin("GET", EVENTS, Value::Null).await;
    let payload = &events.body["events"][1]["payload"];
    let organization = &world.credentials.organization_id;
    let expires_at = &payload["expires_at"];
    assert!(expires_at.is_string(), "{events}");
    let expected = json!({
        "user": user, "organization": organization, "one_time": false,
        "expires_at": expires_at, "mail": null,
    });
    assert_eq!(*payload, expected, "{events}");
    world.stop().await;
}

async fn what_is_no_password_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (user, events) = (&world.credentials.user_id, world.events().await);
    for (user, password, status, code, member) in [
        (user.as_str(), json!("s3cret"), 400, "password_too_short", "newPassword"),
        (user, json!("s3cret7".repeat(30)), 400, "password_too_long", "newPassword"),
        (user, json!("secretive"), 400, "password_without_digit", "newPassword"),
        (user, json!("123456789"), 400, "password_without_letter", "newPassword"),
        (user, json!("s3cretttt"), 400, "password_repeats", "newPassword"),
        (user, json!(123_456_789), 400, "body_invalid", "newPassword"),
        ("A-B-1", json!("s3cretive"), 404, "user_unknown", "user"),
    ] {
        let body = json!({"user": user, "newPassword": password});
        let reply = world.admin("POST", SET, body).await;
        assert_eq!((reply.status, &reply.body["member"]), (status, &json!(member)), "{reply}");
        assert_eq!(reply.body["type"], format!("urn:chancery:problem:{code}"), "{reply}");
        let password = password.as_str().map_or_else(|| password.to_string(), str::to_owned);
        assert!(!reply.body.to_string().contains(&password), "{reply}");
    }
    let body = json!({"user": user, "newPassword": "s3cretive"});
    assert_eq!(world.viewer("POST", SET, body).await.status, 403);
    assert_eq!(world.events().await, events);
    let planted = &world.credentials.akamai.password;
    assert_eq!(verified(&world, planted).await[1], Vec::<String>::new());
    world.stop().await;
}
