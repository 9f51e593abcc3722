//! Credentials: made, rotated, switched on and off, ended, deleted.

use std::sync::Arc;

use api::edgegrid::Credential;
use chrono::{DateTime, Months, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{IAM, Reply, World};

on_both_stores!(
    a_credential_goes_from_its_making_to_its_deletion,
    several_work_at_once_and_whoever_signs_may_end_its_own,
    an_edit_is_held_to_what_a_credential_may_be,
    a_reset_of_the_secret_ends_credentials_for_good,
    what_is_anothers_or_unknown_is_refused_and_nothing_is_written,
);

const OWN: &str = "/api-clients/self/credentials";

/// What signs with a credential as it came back.
async fn signer(world: &World, client: &str, made: &Reply) -> Credential {
    let shown = world.akamai("GET", &format!("/api-clients/{client}"), Value::Null).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Credential {
        client_token: text(&made.body["clientToken"]),
        access_token: text(&shown.body["accessToken"]),
        client_secret: text(&made.body["clientSecret"]),
    }
}

async fn create(world: &World, path: &str) -> Reply {
    let made = world.akamai("POST", path, Value::Null).await;
    assert_eq!(made.status, 201, "{made}");
    made
}

async fn check(world: &World, method: &str, path: &str, body: Value, status: u16) -> Reply {
    let reply = world.akamai(method, path, body).await;
    assert_eq!(reply.status, status, "{method} {path}: {reply}");
    reply
}

/// Whether calls that it signs are let in.
async fn works(world: &World, signer: &Credential) -> bool {
    let reply = world.akamai_as(signer, "GET", "/api-clients/self", Value::Null).await;
    assert!([200, 400, 401].contains(&reply.status), "{reply}");
    reply.status == 200
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The newest event of the default tenant.
async fn newest(world: &World) -> Value {
    let all = world.admin("GET", "/v1/tenants/default/events?limit=1000", Value::Null).await;
    all.body["events"].as_array().unwrap().last().unwrap().clone()
}

#[expect(clippy::too_many_lines, reason = "one story from its beginning to its end")]
async fn a_credential_goes_from_its_making_to_its_deletion(database: Arc<Database>) {
    let world = World::start(&database).await;
    let id = world.credentials.akamai.client_id.clone();
    for own in [OWN.to_owned(), format!("/api-clients/{id}/credentials")] {
        let made = create(&world, &own).await;
        let path = format!("{own}/{}", made.body["credentialId"]);
        let expected = format!("{IAM}{own}/{}", made.body["credentialId"]);
        assert_eq!(made.header("location"), expected);
        let secret = made.body["clientSecret"].as_str().unwrap().to_owned();
        assert_eq!(
            (&made.body["description"], &made.body["status"]),
            (&json!(""), &json!("ACTIVE"))
        );
        let instant = |member: &str| {
            let text = made.body[member].as_str().unwrap();
            assert!(text.contains(".000Z"), "{made}");
            DateTime::parse_from_rfc3339(text).unwrap().to_utc()
        };
        assert_eq!(instant("createdOn") + Months::new(24), instant("expiresOn"));
        let created = newest(&world).await;
        assert_eq!(created["type"], "client.credential_created");
        assert!(!created.to_string().contains(&secret));

        let shown = check(&world, "GET", &format!("{path}?actions=true"), Value::Null, 200).await;
        assert!(shown.body.get("clientSecret").is_none(), "{shown}");
        let latest = shown.body["maxAllowedExpiry"].as_str().unwrap();
        let latest = DateTime::parse_from_rfc3339(latest).unwrap().to_utc();
        assert!(latest > Utc::now() + TimeDelta::days(729), "{shown}");
        let may = |actions: [bool; 5]| {
            let [activate, deactivate, delete, description, expiry] = actions;
            json!({
                "activate": activate, "deactivate": deactivate, "delete": delete,
                "editDescription": description, "editExpiration": expiry,
            })
        };
        assert_eq!(shown.body["actions"], may([false, true, false, true, true]));

        let refused = check(&world, "DELETE", &path, Value::Null, 409).await;
        assert!(refused.body["detail"].as_str().unwrap().contains("deactivate"), "{refused}");
        let until = text(Utc::now() + TimeDelta::days(30));
        let until = until.replace('Z', "000001Z");
        let body = json!({"expiresOn": until, "status": "INACTIVE", "description": "old", "x": 1});
        let edited = check(&world, "PUT", &path, body, 200).await;
        let cut = format!("{}.000Z", until.split('.').next().unwrap());
        let expected = json!({"description": "old", "expiresOn": cut, "status": "INACTIVE"});
        assert_eq!(edited.body, expected);
        let event = newest(&world).await;
        assert_eq!(event["type"], "client.credential_changed");
        assert_eq!(event["payload"]["before"]["status"], "ACTIVE", "{event}");
        assert_eq!(event["payload"]["after"]["description"], "old");
        let shown = check(&world, "GET", &format!("{path}?actions=true"), Value::Null, 200).await;
        assert_eq!(shown.body["actions"], may([true, false, true, true, true]));
        assert_eq!(shown.body["expiresOn"], cut);
        let body = json!({"expiresOn": cut, "status": "ACTIVE"});
        let edited = check(&world, "PUT", &path, body, 200).await;
        assert_eq!(edited.body, json!({"expiresOn": cut, "status": "ACTIVE"}));
        for body in [Value::Null, json!({})] {
            check(&world, "POST", &format!("{path}/deactivate"), body, 204).await;
        }
        let shown = check(&world, "GET", &path, Value::Null, 200).await;
        assert_eq!(
            (&shown.body["status"], &shown.body["description"]),
            (&json!("INACTIVE"), &json!("old"))
        );

        check(&world, "DELETE", &path, Value::Null, 204).await;
        assert_eq!(newest(&world).await["payload"]["before"]["status"], "INACTIVE");
        let list = check(&world, "GET", &format!("{own}?actions=true"), Value::Null, 200).await;
        let held = list.body.as_array().unwrap();
        assert!(held.is_sorted_by_key(|it| it["credentialId"].as_i64()), "{list}");
        let gone = held.iter().find(|it| it["credentialId"] == made.body["credentialId"]).unwrap();
        assert_eq!((&gone["status"], &gone["actions"]), (&json!("DELETED"), &may([false; 5])));
        let events = world.events().await;
        let body = json!({"expiresOn": cut, "status": "ACTIVE"});
        check(&world, "PUT", &path, body, 409).await;
        check(&world, "DELETE", &path, Value::Null, 409).await;
        check(&world, "POST", &format!("{path}/deactivate"), Value::Null, 409).await;
        assert_eq!(world.events().await, events);
        for reply in [&shown, &list] {
            assert!(!reply.to_string().contains(&secret));
        }
    }
    world.stop().await;
}

async fn several_work_at_once_and_whoever_signs_may_end_its_own(database: Arc<Database>) {
    let world = World::start(&database).await;
    let robot = world.robot("robot").await;
    let path = format!("/api-clients/{}/credentials", robot.akamai_id);
    let count = async || {
        let shown = format!("/api-clients/{}", robot.akamai_id);
        check(&world, "GET", &shown, Value::Null, 200).await.body["activeCredentialCount"].clone()
    };
    let (one, other) = (create(&world, &path).await, create(&world, &path).await);
    let (one_id, other_id) = (&one.body["credentialId"], &other.body["credentialId"]);
    let first = signer(&world, &robot.akamai_id, &one).await;
    let second = signer(&world, &robot.akamai_id, &other).await;
    assert_eq!(first.access_token, robot.signer.access_token, "it stays through a rotation");
    for signer in [&robot.signer, &first, &second] {
        assert!(works(&world, signer).await);
    }
    assert_eq!(count().await, 3);

    let today = text(Utc::now() - TimeDelta::seconds(2));
    let lapsed = json!({"expiresOn": today, "status": "ACTIVE"});
    let lapsed = check(&world, "PUT", &format!("{path}/{one_id}"), lapsed, 200).await;
    assert_eq!(lapsed.body["status"], "INACTIVE", "it expired: {lapsed}");
    assert!(!works(&world, &first).await && works(&world, &second).await);
    assert_eq!(count().await, 2);
    check(&world, "DELETE", &format!("{path}/{one_id}"), Value::Null, 204).await;
    assert!(!works(&world, &first).await);

    let off = format!("{OWN}/{other_id}/deactivate");
    let itself = world.akamai_as(&second, "POST", &off, Value::Null).await;
    assert_eq!(itself.status, 204, "{itself}");
    let refused = world.akamai_as(&second, "GET", OWN, Value::Null).await;
    assert_eq!((refused.status, &refused.body["detail"]), (401, &json!("Inactive client token")));
    let body = json!({"expiresOn": text(Utc::now() + TimeDelta::days(1)), "status": "ACTIVE"});
    check(&world, "PUT", &format!("{path}/{other_id}"), body, 200).await;
    assert!(works(&world, &second).await);

    let all = world.akamai_as(&second, "POST", &format!("{OWN}/deactivate"), json!({})).await;
    assert_eq!(all.status, 204, "{all}");
    assert!(!works(&world, &second).await && !works(&world, &robot.signer).await);
    assert_eq!(count().await, 0);
    let events = world.events().await;
    check(&world, "POST", &format!("{path}/deactivate"), Value::Null, 204).await;
    assert_eq!(world.events().await, events, "what is inactive already does not change");
    let list = check(&world, "GET", &path, Value::Null, 200).await;
    let states: Vec<_> = list.body.as_array().unwrap().iter().map(|it| &it["status"]).collect();
    assert_eq!(states, ["INACTIVE", "DELETED", "INACTIVE"], "the client and the rows stay");
    world.stop().await;
}

async fn an_edit_is_held_to_what_a_credential_may_be(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = create(&world, OWN).await;
    let path = format!("{OWN}/{}", made.body["credentialId"]);
    let events = world.events().await;
    let now = Utc::now();
    let midnight = now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    let good = json!({"expiresOn": text(now + TimeDelta::days(9)), "status": "ACTIVE"});
    let with = |member: &str, value: Value| {
        let mut body = good.clone();
        body[member] = value;
        body
    };
    let whole = (now + TimeDelta::days(9)).to_rfc3339_opts(SecondsFormat::Secs, true);
    for (member, value) in [
        ("expiresOn", Value::Null),
        ("expiresOn", json!(7)),
        ("expiresOn", json!("")),
        ("expiresOn", json!(whole)),
        ("expiresOn", json!(text(midnight - TimeDelta::seconds(1)))),
        ("expiresOn", json!(text(now + Months::new(24) + TimeDelta::days(1)))),
        ("status", Value::Null),
        ("status", json!("DELETED")),
        ("status", json!("active")),
        ("status", json!([])),
        ("description", json!({})),
        ("description", json!("x".repeat(1001))),
    ] {
        let refused = check(&world, "PUT", &path, with(member, value), 400).await;
        assert_eq!(refused.body["errors"][0]["errorLocation"], member, "{refused}");
    }
    for body in [Value::Null, json!({})] {
        check(&world, "PUT", &path, body, 400).await;
    }
    assert_eq!(world.events().await, events);
    let unchanged = json!({"expiresOn": made.body["expiresOn"], "status": "ACTIVE"});
    check(&world, "PUT", &path, unchanged, 200).await;
    assert_eq!(world.events().await, events, "the fraction that was cut off does not count");
    let shown = check(&world, "GET", &path, Value::Null, 200).await;
    let latest = with("expiresOn", shown.body["maxAllowedExpiry"].clone());
    check(&world, "PUT", &path, latest, 200).await;
    check(&world, "PUT", &path, with("description", json!("kept")), 200).await;
    check(&world, "PUT", &path, good.clone(), 200).await;
    let shown = check(&world, "GET", &path, Value::Null, 200).await;
    assert_eq!(shown.body["description"], "kept", "{shown}");
    check(&world, "PUT", &path, with("description", json!("")), 200).await;
    let shown = check(&world, "GET", &path, Value::Null, 200).await;
    assert_eq!(shown.body["description"], "", "{shown}");
    world.stop().await;
}

async fn a_reset_of_the_secret_ends_credentials_for_good(database: Arc<Database>) {
    let world = World::start(&database).await;
    let robot = world.robot("robot").await;
    let path = format!("/api-clients/{}/credentials", robot.akamai_id);
    let made = create(&world, &path).await;
    let path = format!("{path}/{}", made.body["credentialId"]);
    let soon = text(Utc::now() + TimeDelta::hours(2));
    let put = |expiry: &str, status: &str| json!({"expiresOn": expiry, "status": status});
    check(&world, "PUT", &path, put(&soon, "INACTIVE"), 200).await;
    world.command("ResetClientSecret", json!({"client": robot.client, "hoursToLive": 5})).await;
    let later = text(Utc::now() + TimeDelta::hours(6));
    let refused = check(&world, "PUT", &path, put(&later, "ACTIVE"), 400).await;
    assert_eq!(refused.body["errors"][0]["errorLocation"], "expiresOn", "{refused}");
    check(&world, "PUT", &path, put(&soon, "ACTIVE"), 200).await;
    let signer = signer(&world, &robot.akamai_id, &made).await;
    assert!(works(&world, &signer).await, "its grace lasts");
    world.command("ResetClientSecret", json!({"client": robot.client, "hoursToLive": 0})).await;
    assert!(!works(&world, &signer).await);
    let shown = check(&world, "GET", &format!("{path}?actions=true"), Value::Null, 200).await;
    assert_eq!(shown.body["status"], "INACTIVE", "{shown}");
    assert_eq!(
        (&shown.body["actions"]["activate"], &shown.body["actions"]["delete"]),
        (&json!(false), &json!(true))
    );
    let events = world.events().await;
    let ended = text(
        DateTime::parse_from_rfc3339(shown.body["expiresOn"].as_str().unwrap()).unwrap().to_utc(),
    );
    check(&world, "PUT", &path, put(&ended, "ACTIVE"), 409).await;
    assert_eq!(world.events().await, events);
    check(&world, "DELETE", &path, Value::Null, 204).await;
    world.stop().await;
}

async fn what_is_anothers_or_unknown_is_refused_and_nothing_is_written(database: Arc<Database>) {
    let world = World::start(&database).await;
    let robot = world.robot("robot").await;
    let own = world.akamai("GET", OWN, Value::Null).await.body[0]["credentialId"].clone();
    let viewer = world.restricted("looks on", "Acme", "Viewer").await;
    let local = world.restricted("rules Berlin", "Berlin", "Administrator").await;
    let itself = world.akamai_as(&viewer, "GET", "/api-clients/self", Value::Null).await;
    let itself = itself.body["clientId"].as_str().unwrap().to_owned();
    let partner = domain::TenantId::new("partner").unwrap();
    let views = world.app.reads.eventual();
    let all = projections::clients::all(&views, &partner).await.unwrap();
    let foreign = all.iter().find(|client| client.credentials > 0).unwrap_or(&all[0]);
    let held =
        projections::clients::credentials_of(&views, &partner, foreign.client).await.unwrap();
    let theirs = held.first().map_or(1, |held| held.credential.0);

    let events = world.events().await;
    let body = json!({"expiresOn": text(Utc::now() + TimeDelta::days(9)), "status": "INACTIVE"});
    let each = |client: &str, credential: &Value| {
        let path = format!("/api-clients/{client}/credentials");
        let one = format!("{path}/{credential}");
        [
            ("GET", path.clone()),
            ("POST", path.clone()),
            ("POST", format!("{path}/deactivate")),
            ("GET", one.clone()),
            ("PUT", one.clone()),
            ("POST", format!("{one}/deactivate")),
            ("DELETE", one),
        ]
    };
    let kind = |number: u8| json!(format!("/identity-management/error-types/{number}"));
    for (client, credential) in
        [(foreign.akamai_id.as_str(), json!(theirs)), ("nobody", own.clone())]
    {
        for (method, path) in each(client, &credential) {
            let refused = check(&world, method, &path, body.clone(), 404).await;
            assert_eq!(
                (&refused.body["type"], &refused.body["title"]),
                (&kind(2), &json!("invalid open identity"))
            );
        }
    }
    for (client, credential) in [("self", json!(theirs)), (&robot.akamai_id, own.clone())] {
        for (method, path) in &each(client, &credential)[3..] {
            let refused = check(&world, method, path, body.clone(), 404).await;
            assert_eq!(
                (&refused.body["type"], &refused.body["title"]),
                (&kind(25), &json!("ERROR_NO_CREDENTIAL"))
            );
        }
    }
    for (method, path) in &each("self", &json!(0.5))[3..] {
        check(&world, method, path, body.clone(), 400).await;
    }
    for signer in [&viewer, &local] {
        for (method, path) in each(&robot.akamai_id, &own) {
            let refused = world.akamai_as(signer, method, &path, body.clone()).await;
            let reads = method == "GET" && std::ptr::eq(signer, &raw const viewer);
            let expected = if reads { [200, 404] } else { [403, 403] };
            assert!(expected.contains(&refused.status), "{method} {path}: {refused}");
        }
    }
    assert_eq!(world.events().await, events);
    let more = world
        .akamai_as(&viewer, "POST", &format!("/api-clients/{itself}/credentials"), Value::Null)
        .await;
    assert_eq!(more.status, 201, "its own are its own affair: {more}");
    world.stop().await;
}
