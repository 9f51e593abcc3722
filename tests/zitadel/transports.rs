//! One table of cases over all transports: the same answers, field by field, and the same errors.

use std::sync::Arc;

use chrono::DateTime;
use serde_json::{Value, json};

use super::client::{Client, Outcome, Over};
use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(every_transport_gives_the_same_answers, the_same_flag_over_every_transport);

/// Who calls.
#[derive(Clone, Copy)]
enum Who {
    Admin,
    Viewer,
    Nobody,
}

/// A call, the code it gets, and the start of its error's detail, or a member of its reply.
type Case = (Who, &'static str, Value, i32, &'static str);

/// `ORG` and `USER` stand for ids.
fn cases() -> Vec<Case> {
    use Who::{Admin, Nobody, Viewer};
    let flags = json!({
        "organizationId": "ORG", "userSchema": true, "loginDefaultOrg": false,
        "improvedPerformance": ["IMPROVED_PERFORMANCE_PROJECT", "IMPROVED_PERFORMANCE_ORG_BY_ID"],
        "loginV2": {"required": true, "baseUri": "https://login.acme.com"},
    });
    let org = json!({"organizationId": "ORG"});
    let inherits = json!({"organizationId": "ORG", "inheritance": true});
    let user = json!({"userId": "USER"});
    let of_user = json!({"userId": "USER", "inheritance": true});
    let off = json!({"userId": "USER", "userSchema": false});
    let twice = json!({"organizationId": "ORG", "improvedPerformance": [3, 3]});
    let nowhere = json!({"organizationId": "ORG", "loginV2": {"baseUri": "nowhere"}});
    vec![
        (Admin, "SetOrganizationFeatures", org.clone(), 0, "details"),
        (Admin, "GetOrganizationFeatures", org.clone(), 5, "FEAT-N0f1g"),
        (Admin, "SetOrganizationFeatures", flags.clone(), 0, "details"),
        (Admin, "SetOrganizationFeatures", flags, 0, "details"),
        (Admin, "GetOrganizationFeatures", org.clone(), 0, "loginV2"),
        (Admin, "SetSystemFeatures", json!({"oidcTokenExchange": true}), 0, "details"),
        (Admin, "GetSystemFeatures", json!({}), 0, "oidcTokenExchange"),
        (Admin, "SetInstanceFeatures", json!({"debugOidcParentError": true}), 0, "details"),
        (Admin, "GetInstanceFeatures", json!({"inheritance": true}), 0, "debugOidcParentError"),
        (Admin, "SetUserFeatures", off, 0, "details"),
        (Admin, "GetUserFeatures", of_user, 0, "userSchema"),
        (Admin, "GetOrganizationFeatures", inherits, 0, "oidcTokenExchange"),
        (Viewer, "SetOrganizationFeatures", org.clone(), 7, "AUTH-5mWD2"),
        (Nobody, "GetInstanceFeatures", json!({}), 16, "AUTH-7fs1e"),
        (Admin, "SetInstanceFeatures", json!({}), 3, "COMMAND-Vigh1"),
        (Admin, "SetOrganizationFeatures", json!({"organizationId": "1"}), 5, "ORG-1p9wz"),
        (Admin, "GetUserFeatures", json!({"userId": "1"}), 5, "USER-4m9gs"),
        (Admin, "SetOrganizationFeatures", twice, 3, ""),
        (Admin, "SetOrganizationFeatures", nowhere, 3, ""),
        (Admin, "ResetUserFeatures", user, 0, "details"),
        (Admin, "ResetOrganizationFeatures", org, 0, "details"),
        (Admin, "ResetInstanceFeatures", json!({}), 0, "details"),
        (Admin, "ResetSystemFeatures", json!({}), 0, "details"),
    ]
}

fn filled(body: &Value, organization: &str, user: &str) -> Value {
    let text = body.to_string().replace("\"ORG\"", &format!("\"{organization}\""));
    serde_json::from_str(&text.replace("\"USER\"", &format!("\"{user}\""))).unwrap()
}

/// An outcome without what differs from one run of the table to the next: when, whose, and, where
/// a level is shared by all runs, how many changes there were before.
fn settled(mut outcome: Outcome, organization: &str) -> Outcome {
    if let Some(details) = outcome.body.get_mut("details").and_then(Value::as_object_mut) {
        let date = details.insert("changeDate".to_owned(), json!("then")).unwrap();
        assert!(DateTime::parse_from_rfc3339(date.as_str().unwrap()).is_ok(), "{date}");
        let sequence = details["sequence"].as_str().unwrap();
        assert!(sequence.parse::<u64>().unwrap() >= 1);
        if details["resourceOwner"] == organization {
            details["resourceOwner"] = json!("ORG");
        } else {
            details["sequence"] = json!("some");
        }
    }
    outcome
}

async fn run(client: &Client<'_>, over: Over, version: &str) -> Vec<Outcome> {
    let world = client.world;
    let name = format!("{over:?} {version}");
    let made = world.command("CreateOrganization", json!({"name": name})).await;
    let organization = made["organization"].as_str().unwrap();
    let mut outcomes = Vec::new();
    for (who, method, body, code, member) in cases() {
        let token = match who {
            Who::Admin => world.credentials.bearer.admin.as_str(),
            Who::Viewer => &world.credentials.bearer.viewer,
            Who::Nobody => "cht_a_b",
        };
        let body = filled(&body, organization, &world.credentials.user_id);
        let outcome = client.call(over, (version, method), token, &body).await;
        let what = format!("{name} {method} {body}");
        assert_eq!(outcome.code, code, "{what}: {outcome:?}");
        if code == 0 {
            assert!(outcome.body.get(member).is_some(), "{what}: {outcome:?}");
        } else {
            assert!(outcome.detail.starts_with(member), "{what}: {outcome:?}");
            assert_eq!(outcome.detail.is_empty(), member.is_empty(), "{what}: {outcome:?}");
        }
        outcomes.push(settled(outcome, organization));
    }
    outcomes
}

async fn every_transport_gives_the_same_answers(database: Arc<Database>) {
    let world = World::start(&database).await;
    let client = Client::of(&world).await;
    for version in ["v2beta", "v2"] {
        let expected = run(&client, Over::Rest, version).await;
        for over in Over::ALL.into_iter().skip(1) {
            let outcomes = run(&client, over, version).await;
            for (case, (expected, outcome)) in expected.iter().zip(&outcomes).enumerate() {
                assert_eq!(outcome, expected, "{over:?} {version} case {case}");
            }
        }
    }
    world.stop().await;
}

async fn the_same_flag_over_every_transport(database: Arc<Database>) {
    let world = World::start(&database).await;
    let client = Client::of(&world).await;
    let (admin, organization) =
        (world.credentials.bearer.admin.as_str(), &world.credentials.organization_id);
    let get = json!({"organizationId": organization});
    for (round, set_over) in Over::ALL.into_iter().enumerate() {
        let on = round % 2 == 0;
        let flags = json!({"organizationId": organization, "userSchema": on});
        client.call(set_over, ("v2", "SetOrganizationFeatures"), admin, &flags).await;
        let mut flag = json!({"source": "SOURCE_ORGANIZATION"});
        if on {
            flag["enabled"] = json!(true);
        }
        for get_over in Over::ALL {
            let call = ("v2beta", "GetOrganizationFeatures");
            let shown = client.call(get_over, call, admin, &get).await;
            assert_eq!(shown.body["userSchema"], flag, "{set_over:?} {get_over:?}");
            assert_eq!(shown.body["details"]["sequence"], (round + 1).to_string());
        }
    }
    world.stop().await;
}
