//! How users sign in, as they set it for themselves: by a client that acts for them.

use std::sync::Arc;

use api::edgegrid::Credential;
use futures::future::join_all;
use serde_json::{Value, json};

use super::authentication::{get, is_done, is_refused, put};
use super::parties::newest;
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    whoever_knows_their_password_replaces_it,
    five_wrong_passwords_at_once_lock_once,
    ones_own_second_factor_is_ones_own,
    a_client_that_acts_for_nobody_has_no_profile,
);

const CHANGE: &str = "/user-profile/change-password";

async fn change(world: &World, current: &str, new: &str) -> Reply {
    let body = json!({"currentPassword": current, "newPassword": new});
    world.akamai("POST", CHANGE, body).await
}

async fn whoever_knows_their_password_replaces_it(database: Arc<Database>) {
    let world = World::start(&database).await;
    let planted = world.credentials.akamai.password.clone();
    is_done(&change(&world, &planted, "correct horse 5").await);
    let event = newest(&world).await;
    assert_eq!(event["type"], "user.password_set");
    assert_eq!(event["payload"]["user"], world.credentials.user_id.as_str());

    let wrong = change(&world, &planted, "correct horse 6").await;
    is_refused(&wrong, 400, "1003");
    assert_eq!(wrong.body["errors"][0]["errorLocation"], "currentPassword", "{wrong}");
    let event = newest(&world).await;
    let payload = &event["payload"];
    assert_eq!((&event["type"], &payload["tries"]), (&json!("user.sign_in_failed"), &json!(1)));
    let events = world.events().await;
    is_refused(&change(&world, "correct horse 5", &planted).await, 400, "1508");
    is_refused(&change(&world, "correct horse 5", "short").await, 400, "1003");
    for body in
        [Value::Null, json!({"currentPassword": "correct horse 5"}), json!({"newPassword": 7})]
    {
        is_refused(&world.akamai("POST", CHANGE, body).await, 400, "1003");
    }
    assert_eq!(world.events().await, events);
    is_done(&change(&world, "correct horse 5", "correct horse 6").await);
    world.stop().await;
}

async fn five_wrong_passwords_at_once_lock_once(database: Arc<Database>) {
    let world = World::start(&database).await;
    let planted = world.credentials.akamai.password.clone();
    let tries = join_all((0..8).map(|_| change(&world, "wrong horse 5", "correct horse 5"))).await;
    let statuses: Vec<_> = tries.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 403).count(), 3, "{statuses:?}");
    let locked = "/v1/tenants/default/events?type=user.locked";
    let locked = world.admin("GET", locked, Value::Null).await;
    let events = locked.body["events"].as_array().unwrap();
    assert_eq!((events.len(), &events[0]["payload"]["reason"]), (1, &json!("failed_sign_ins")));
    assert_eq!(get(&world, "/user-profile").await["isLocked"], true, "and the client works on");

    is_refused(&change(&world, &planted, "correct horse 5").await, 403, "user_locked");
    // A second factor's reset takes back what failed tries did.
    is_done(&put(&world, "/user-profile/additionalAuthentication/reset", Value::Null).await);
    assert_eq!(get(&world, "/user-profile").await["isLocked"], false);
    is_done(&change(&world, &planted, "correct horse 5").await);
    world.stop().await;
}

async fn ones_own_second_factor_is_ones_own(database: Arc<Database>) {
    let world = World::start(&database).await;
    let own = "/user-profile/additionalAuthentication";
    is_done(&put(&world, own, json!("MFA")).await);
    assert_eq!(get(&world, "/user-profile").await["additionalAuthentication"], "MFA");
    let user = &world.credentials.user_id;
    assert_eq!(newest(&world).await["payload"]["user"], user.as_str());
    let lock = format!("/user-admin/ui-identities/{user}/lock");
    is_done(&world.akamai("POST", &lock, Value::Null).await);
    is_done(&put(&world, &format!("{own}/reset"), json!(null)).await);
    let profile = get(&world, "/user-profile").await;
    assert_eq!(profile["isLocked"], true, "what an administrator locked stays so");
    world.command("SetSignInPolicy", json!({"secondFactorRequired": true})).await;
    is_refused(&put(&world, own, json!({"value": "NONE"})).await, 403, "1001");

    // A viewer may do this about themselves too, and about nobody else.
    let plain = plain_client(&world).await;
    let chosen = world.akamai_as(&plain, "PUT", own, json!({"value": "TFA"})).await;
    is_done(&chosen);
    let theirs = world.akamai_as(&plain, "GET", "/user-profile", Value::Null).await;
    assert_eq!(theirs.body["tfaEnabled"], true, "{theirs}");
    assert_eq!(get(&world, "/user-profile").await["additionalAuthentication"], "MFA");
    world.stop().await;
}

/// What the client of the start data's viewer signs with.
async fn plain_client(world: &World) -> Credential {
    let clients = world.admin("GET", "/v1/tenants/default/clients", Value::Null).await;
    world.signer(&clients.named("clients", "plain-client")["client"]).await
}

async fn a_client_that_acts_for_nobody_has_no_profile(database: Arc<Database>) {
    let world = World::start(&database).await;
    let groups = world.admin("GET", "/v1/tenants/default/groups", Value::Null).await;
    let roles = world.admin("GET", "/v1/tenants/default/roles", Value::Null).await;
    let group = &groups.named("groups", "EMEA")["group"];
    let access = json!([{"group": group, "role": roles.named("roles", "Administrator")["role"]}]);
    let made = world.command("CreateClient", json!({"name": "nobody's", "access": access})).await;
    let nobodys = world.signer(&made["client"]).await;
    let events = world.events().await;
    for (method, path, body) in [
        ("POST", CHANGE, json!({"currentPassword": "a", "newPassword": "b"})),
        ("PUT", "/user-profile/additionalAuthentication", json!("MFA")),
        ("PUT", "/user-profile/additionalAuthentication/reset", Value::Null),
    ] {
        let reply = world.akamai_as(&nobodys, method, path, body).await;
        assert_eq!(reply.status, 403, "no API is its to call: {reply}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}
