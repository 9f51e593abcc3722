//! Cases of creating users.

use domain::{Authority, GroupId, Permission};
use eventlog::TenantKeys;
use serde_json::json;

use super::*;
use crate::mint::sample;
use crate::users::sample::{organization, tenant, with_ada};

fn drawn(keys: &TenantKeys, number: i64, change: Value) -> (CreateUser, Context<FreshUser>) {
    let profile = json!({
        "firstName": "Bob", "lastName": "Byron", "email": "bob@example.com", "country": "Greece",
    });
    let mut body = json!({"organization": "5", "profile": profile});
    for (member, value) in change.as_object().unwrap() {
        body[member] = value.clone();
    }
    let mut command: CreateUser = serde_json::from_value(body).unwrap();
    let fresh = command.draw(&mut sample::mint(&tenant().id, keys, number)).unwrap();
    (command, Context::sample(fresh))
}

fn decided(change: Value) -> Result<Vec<Event>, CreateUserRejection> {
    let keys = sample::keys(&tenant().id);
    let (command, context) = drawn(&keys, 7, change);
    command.decide(&with_ada(&keys), &context)
}

fn grants(change: Value) -> Grants {
    let events = decided(change).unwrap();
    let Event::UserCreated(fact) = &events[0] else { panic!("{}", events[0].name()) };
    fact.grants.clone()
}

#[test]
fn the_lane_sees_nothing_of_the_person() {
    let keys = sample::keys(&tenant().id);
    let (command, context) =
        drawn(&keys, 7, json!({"grants": [{"group": 1, "role": 2}], "cloneFrom": null}));
    let [Event::UserCreated(fact)] = &command.decide(&tenant(), &context).unwrap()[..] else {
        panic!("not one user");
    };
    assert_eq!((fact.user.as_str(), fact.grants.groups.len()), ("A-B-7", 1));
    let stored = serde_json::to_string(fact).unwrap();
    assert!(!stored.contains("Bob") && command.profile.email.is_empty());
    let opened = keys.open_personal(&fact.profile);
    let profile = opened.known().unwrap();
    assert_eq!((&profile.user_name, profile.first_name.as_str()), (&profile.email, "Bob"));
    let writes = command.vault(&tenant(), &context);
    assert_eq!(sample::kept_and_dropped(&writes), [vec!["acme/A-B-7"], vec![]]);
}

#[test]
fn an_address_and_a_name_belong_to_one_user() {
    let ada = || UserId("A-B-1".to_owned());
    let person = |email: &str, user_name: Option<&str>| {
        let (first, last, country) = ("Ann", "Other", "Greece");
        json!({"profile": {"firstName": first, "lastName": last, "country": country,
            "email": email, "userName": user_name}})
    };
    let taken = CreateUserRejection::EmailTaken(ada());
    assert_eq!(decided(person("ADA@example.com", Some("ann"))), Err(taken));
    let taken = CreateUserRejection::UserNameTaken(ada());
    assert_eq!(decided(person("ann@example.com", Some("Ada@Example.com"))), Err(taken));
    assert!(decided(person("ann@example.com", None)).is_ok());
}

#[test]
fn grants_are_listed_or_taken_from_another_user() {
    use CreateUserRejection as No;
    assert_eq!(grants(json!({})), Grants::default());
    let blocked = json!([{"group": 4, "isBlocked": true}]);
    let both = grants(json!({"grants": blocked, "accountRoles": [6]}));
    assert!(both.groups[0].is_blocked && both.account_roles.contains(&RoleId(6)));
    let reads = Grants::roles([(GroupId(4), RoleId(2))]);
    assert_eq!(grants(json!({"cloneFrom": "Ada@example.com"})), reads);
    assert_eq!(decided(json!({"cloneFrom": "eve"})), Err(No::CloneUnknown));
    let twofold = json!({"cloneFrom": "ada@example.com", "accountRoles": [6]});
    assert_eq!(decided(twofold), Err(No::GrantsTwofold));
}

#[test]
fn notifications_are_told_where_they_are_not_the_usual_ones() {
    let wanted = |new_user: bool, product: &str| {
        json!({"notifications": {
            "isEnabled": true, "passwordExpiry": true, "newUser": new_user,
            "clientCredentialExpiry": false, "proactive": [], "upgrade": [product],
        }})
    };
    let told = |change: Value| decided(change).map(|events| events.len());
    assert_eq!(told(json!({"notifications": null})), Ok(1));
    assert_eq!(told(wanted(true, "NetStorage")), Ok(2));
    let invalid = CreateUserRejection::Notifications(NotificationsFault);
    assert_eq!(told(wanted(false, " ")), Err(invalid));
}

#[test]
fn a_first_password_works_once_and_is_shown_or_mailed() {
    let keys = sample::keys(&tenant().id);
    for (first, shown, kept) in [("shown", 1, 2), ("mailed", 0, 3)] {
        let (command, context) = drawn(&keys, 7, json!({"firstPassword": first}));
        let events = command.decide(&tenant(), &context).unwrap();
        let [_, Event::UserPasswordSet(fact)] = &events[..] else { panic!("{events:?}") };
        assert!(fact.one_time && fact.mail.is_some() == (first == "mailed"), "{first}");
        let reply = CreateUser::reply(&context.fresh);
        assert_eq!((reply.len(), &reply["user"]), (1 + shown, &json!("A-B-7")), "{first}");
        assert_eq!(command.vault(&tenant(), &context).len(), kept, "{first}: with the key");
    }
}

#[test]
fn refuses_who_belongs_nowhere_or_cannot_be() {
    use CreateUserRejection as No;
    let unknown = No::OrganizationUnknown(OrganizationId("6".to_owned()));
    assert_eq!(decided(json!({"organization": "6"})), Err(unknown));
    let unknown = json!({"grants": [{"group": 3, "role": 2}]});
    assert_eq!(decided(unknown), Err(No::Grants(GrantFault::GroupUnknown(GroupId(3)))));
    let profile = json!({"firstName": "", "lastName": "L", "email": "a@b", "country": "UK"});
    let faults = No::Profile(vec![ProfileFault::FirstName, ProfileFault::Country]);
    assert_eq!(faults.refusal(), Refusal::invalid("first_name_invalid", "firstName"));
    assert_eq!(decided(json!({"profile": profile})), Err(faults));
}

#[test]
fn refuses_to_grant_what_whoever_asks_does_not_hold() {
    let keys = sample::keys(&tenant().id);
    let (command, context) = drawn(&keys, 7, json!({"cloneFrom": "ada@example.com"}));
    let held = [Permission::UserAdmin].into();
    let context = Context { authority: Authority::On(vec![(GroupId(4), held)]), ..context };
    let (permission, group) = (Permission::Read, GroupId(4));
    let lacking = CreateUserRejection::Lacking(Lacking::On { permission, group });
    assert_eq!(command.organization, organization());
    assert_eq!(command.decide(&with_ada(&keys), &context), Err(lacking));
}
