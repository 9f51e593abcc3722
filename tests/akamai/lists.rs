//! Reference lists and policies.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    both_copies_answer_alike_and_as_published,
    states_are_those_of_the_named_country,
    whoever_signed_in_may_read_them,
);

const DOCUMENT: &str = include_str!("openapi.json");

/// The lists that the published document gives whole, and those it gives pieces of.
const WHOLE: [&str; 5] = [
    "contact-types",
    "notification-products",
    "password-policy",
    "supported-languages",
    "timeout-policies",
];
const PIECES: [&str; 3] = ["countries", "countries/canada/states", "timezones"];

/// What the published document answers with for example.
fn example(list: &str) -> Value {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let path = format!("/user-admin/common/{}", list.replace("canada", "{country}"));
    let answer = &document["paths"][&path]["get"]["responses"]["200"];
    answer["content"]["application/json"]["example"].clone()
}

/// The names of an object's members; none for a text.
fn members(value: &Value) -> BTreeSet<&String> {
    value.as_object().into_iter().flat_map(|object| object.keys()).collect()
}

async fn get(world: &World, copy: &str, list: &str) -> Value {
    let path = format!("/{copy}/common/{list}");
    let reply = world.akamai("GET", &path, Value::Null).await;
    assert_eq!(reply.status, 200, "{path}: {reply}");
    reply.body
}

async fn both_copies_answer_alike_and_as_published(database: Arc<Database>) {
    let world = World::start(&database).await;
    for list in WHOLE.into_iter().chain(PIECES) {
        let (shown, published) = (get(&world, "user-admin", list).await, example(list));
        assert_eq!(get(&world, "user-profile", list).await, shown, "{list}");
        if WHOLE.contains(&list) {
            assert_eq!(shown, published, "{list}");
            continue;
        }
        let (shown, published) = (shown.as_array().unwrap(), published.as_array().unwrap());
        for value in published {
            assert!(shown.contains(value), "{list}: {value}");
        }
        for value in shown {
            assert_eq!(members(value), members(&published[0]), "{list}: {value}");
        }
    }
    let zones = get(&world, "user-admin", "timezones").await;
    let is_gmt = |zone: &Value| zone["timezone"] == "GMT";
    assert_eq!(zones.as_array().unwrap().iter().filter(|zone| is_gmt(zone)).count(), 1);
    world.stop().await;
}

async fn states_are_those_of_the_named_country(database: Arc<Database>) {
    let world = World::start(&database).await;
    let events = world.events().await;
    for copy in ["user-admin", "user-profile"] {
        let states =
            async |country: &str| get(&world, copy, &format!("countries/{country}/states")).await;
        let usa = states("USA").await;
        assert_eq!((usa.as_array().unwrap().len(), states("usa").await), (52, usa.clone()));
        assert!(usa.as_array().unwrap().contains(&json!("TBD")), "{usa}");
        assert_eq!(states("CANADA").await, states("canada").await);
        assert_eq!(states("Greece").await, json!([]));
        assert_eq!(states("Lao%20People's%20Democratic%20Republ").await, json!([]));
        for unknown in ["Utopia", "%20", "1", "TBD"] {
            let path = format!("/{copy}/common/countries/{unknown}/states");
            let reply = world.akamai("GET", &path, Value::Null).await;
            let kind = json!("/useradmin-api/error-types/country_unknown");
            assert_eq!((reply.status, &reply.body["type"]), (404, &kind), "{reply}");
            assert_eq!(
                (&reply.body["status"], &reply.body["httpStatus"]),
                (&json!(404), &json!(404))
            );
            assert!(reply.body["detail"].as_str().unwrap().contains("country"), "{reply}");
        }
    }
    let broken = world.akamai("GET", "/user-admin/common/countries/%FF/states", Value::Null).await;
    assert_eq!(broken.status, 400, "{broken}");
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn whoever_signed_in_may_read_them(database: Arc<Database>) {
    let world = World::start(&database).await;
    let user = &world.credentials.user_id;
    let weak = json!({"name": "weak", "kind": "CLIENT", "authorizedUser": user});
    let weak = world.command("CreateClient", weak).await;
    let weak = world.signer(&weak["client"]).await;
    for list in WHOLE.into_iter().chain(PIECES) {
        let path = format!("/user-admin/common/{list}");
        let reply = world.akamai_as(&weak, "GET", &path, Value::Null).await;
        assert_eq!(reply.status, 200, "{path}: {reply}");
        let foreign = format!("{path}?accountSwitchKey=1-OTHER");
        let refused = world.akamai_as(&weak, "GET", &foreign, Value::Null).await;
        assert_eq!(refused.status, 403, "{foreign}: {refused}");
        let written = world.akamai_as(&weak, "POST", &path, json!({})).await;
        assert_eq!(written.status, 405, "{path}: {written}");
    }
    world.stop().await;
}
