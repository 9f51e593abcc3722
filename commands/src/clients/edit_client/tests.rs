//! What is changed, and what is refused.

use domain::{GroupAccess, IpAcl};
use eventlog::TenantKeys;
use serde_json::{Value, json};

use super::*;
use crate::clients::sample::{ada, bob, id, with_user as tenant};
use crate::mint::sample;

/// Keys under which `ada` and `bob` are known.
fn keys() -> TenantKeys {
    let keys = sample::keys(&tenant().id);
    for user in [ada(), bob()] {
        keys.seal_new(user.as_str(), &()).unwrap();
    }
    keys
}

fn decided(
    tenant: &Tenant,
    keys: &TenantKeys,
    n: u128,
    change: Value,
) -> Result<Vec<Event>, EditClientRejection> {
    let mut body = json!({"client": id(n)});
    for (member, value) in change.as_object().unwrap() {
        body[member] = value.clone();
    }
    let mut command: EditClient = serde_json::from_value(body).unwrap();
    let fresh = command.draw(&mut sample::mint(&tenant.id, keys, 7)).unwrap();
    assert_eq!(command.notification_emails.map_or(0, |emails| emails.0.len()), 0, "all sealed");
    let command = EditClient { notification_emails: None, ..command };
    command.decide(tenant, &Context::sample(fresh))
}

/// The names of what happens.
fn names(change: Value) -> Result<Vec<&'static str>, EditClientRejection> {
    let events = decided(&tenant(), &keys(), 5, change)?;
    Ok(events.iter().map(Event::name).collect())
}

#[test]
fn nothing_happens_where_nothing_is_asked_or_all_is_so() {
    assert_eq!(names(json!({})), Ok(vec![]));
    let same = json!({
        "name": "agent", "description": "", "authorizedUser": ada(),
        "access": {"allApis": true, "clonesUser": true},
        "usage": {}, "notificationEmails": [],
    });
    assert_eq!(names(same), Ok(vec![]));
}

#[test]
fn all_that_changes_is_told_in_one_go() {
    let change = json!({
        "name": "spy", "description": "sees", "authorizedUser": ada(),
        "access": {"allApis": true, "groups": [{"group": 2, "role": 2}]},
        "usage": {"allowsAccountSwitch": true, "ipAcl": {"enabled": true, "cidrs": ["::1"]}},
        "notificationEmails": ["ada@example.com"],
    });
    let (mut tenant, keys) = (tenant(), keys());
    let events = decided(&tenant, &keys, 5, change.clone()).unwrap();
    let told: Vec<_> = events.iter().map(Event::name).collect();
    let expected = [
        "client.renamed",
        "client.described",
        "client.access_set",
        "client.usage_changed",
        "client.notification_emails_set",
    ];
    assert_eq!(told, expected);
    let Event::ClientAccessSet(set) = &events[2] else { panic!("{events:?}") };
    assert_eq!(set.before.groups, GroupAccess { clones_user: true, groups: Vec::new() });
    for event in events {
        assert!(!String::from_utf8(event.encode().unwrap()).unwrap().contains("ada@"));
        tenant.apply(&keys.opened(event));
    }
    let held = tenant.clients.get(id(5)).unwrap();
    let acl = IpAcl { enabled: true, cidrs: vec!["::1".to_owned()] };
    assert_eq!((held.name.as_str(), held.usage.ip_acl.as_ref()), ("spy", Some(&acl)));
    assert_eq!(decided(&tenant, &keys, 5, change), Ok(vec![]), "all is so by now");
    let off = json!({"usage": {}, "notificationEmails": []});
    let told = decided(&tenant, &keys, 5, off).unwrap();
    let told: Vec<_> = told.iter().map(Event::name).collect();
    assert_eq!(told, ["client.usage_changed", "client.notification_emails_set"]);
}

#[test]
fn another_user_takes_over_what_they_hold_themselves() {
    use EditClientRejection as No;
    let moved = names(json!({"authorizedUser": bob()}));
    assert_eq!(moved, Ok(vec!["client.transferred"]), "it clones whoever it acts for");
    let (mut tenant, keys) = (tenant(), keys());
    let own = json!({
        "authorizedUser": ada(), "access": {"allApis": true, "groups": [{"group": 1, "role": 2}]},
        "notificationEmails": ["ada@example.com"],
    });
    for event in decided(&tenant, &keys, 5, own).unwrap() {
        tenant.apply(&keys.opened(event));
    }
    let refused = decided(&tenant, &keys, 5, json!({"authorizedUser": bob()}));
    assert_eq!(refused, Err(No::Access(ReachFault::GroupOutOfReach(domain::GroupId(1)))));
    let clone = json!({
        "authorizedUser": bob(), "access": {"allApis": true, "clonesUser": true},
        "notificationEmails": ["ada@example.com"],
    });
    let told = decided(&tenant, &keys, 5, clone).unwrap();
    let told: Vec<_> = told.iter().map(Event::name).collect();
    let emails = "client.notification_emails_set";
    assert_eq!(told, ["client.transferred", "client.access_set", emails], "kept for bob now");
}

#[test]
fn refuses_whom_there_is_not_and_what_cannot_be() {
    use EditClientRejection as No;
    let unknown = decided(&tenant(), &keys(), 9, json!({}));
    assert_eq!(unknown, Err(No::ClientUnknown(id(9))));
    assert_eq!(
        names(json!({"name": "boss"})),
        Err(No::Name(RenameClientRejection::NameTaken(id(1))))
    );
    let long = json!({"description": "x".repeat(1001)});
    assert_eq!(names(long), Err(No::Description(DescribeClientRejection::DescriptionInvalid)));
    let nobody = UserId("A-B-9".to_owned());
    assert_eq!(names(json!({"authorizedUser": nobody})), Err(No::UserUnknown(nobody)));
    let none = json!({"access": {"clonesUser": true}});
    assert_eq!(names(none), Err(No::Access(ReachFault::ApisMissing)));
    let open = json!({"usage": {"ipAcl": {"enabled": true, "cidrs": []}}});
    assert_eq!(names(open), Err(No::Usage(UsageFault::CidrsMissing)));
    let cidr = json!({"usage": {"ipAcl": {"enabled": false, "cidrs": ["1.2.3"]}}});
    let invalid = UsageFault::CidrInvalid("1.2.3".to_owned());
    assert_eq!(names(cidr), Err(No::Usage(invalid)));
    let bad = json!({"authorizedUser": ada(), "notificationEmails": ["ada"]});
    assert_eq!(names(bad), Err(No::Emails(EmailsFault::Invalid)));
    let nobodys = json!({"notificationEmails": ["ada@example.com"]});
    assert_eq!(names(nobodys), Err(No::Emails(EmailsFault::NobodysOwn)));
}
