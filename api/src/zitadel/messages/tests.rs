//! What is compiled from `proto/` beside what is published.

use serde_json::json;

use super::*;
use crate::zitadel::methods::METHODS;

fn kind(name: &str) -> MessageDescriptor {
    super::kind(name).unwrap_or_else(|_| panic!("no message {name}"))
}

/// `name number/number ...` of a message's fields, as the published descriptors number them.
fn check(name: &str, fields: &str) {
    let kind = kind(name);
    let held = kind.fields().map(|field| format!("{} {}", field.json_name(), field.number()));
    assert_eq!(held.collect::<Vec<_>>().join(", "), fields, "{name}");
}

#[test]
fn every_method_has_its_messages() {
    for version in [Version::V2beta, Version::V2] {
        for method in &METHODS {
            let described = described(method, version).unwrap();
            assert_eq!(described.parent_service().full_name(), service(version));
            let response = format!("{}Response", method.name());
            assert_eq!(described.output().name(), response);
        }
        let count = POOL.get_service_by_name(service(version)).unwrap().methods().count();
        assert_eq!(count, METHODS.len());
    }
    let singular = described(&METHODS[9], Version::V2).unwrap();
    assert_eq!(singular.input().name(), "SetUserFeatureRequest");
}

#[test]
fn fields_are_numbered_as_published() {
    let package = |name: &str| format!("zitadel.feature.{name}");
    check(
        &package("v2.SetInstanceFeaturesRequest"),
        "loginDefaultOrg 1, userSchema 4, oidcTokenExchange 5, improvedPerformance 7, \
         debugOidcParentError 9, oidcSingleV1SessionTermination 10, enableBackChannelLogout 12, \
         loginV2 13, permissionCheckV2 14, consoleUseV2UserApi 15, enableRelationalTables 16",
    );
    check(
        &package("v2.GetInstanceFeaturesResponse"),
        "details 1, loginDefaultOrg 2, userSchema 5, oidcTokenExchange 6, improvedPerformance 8, \
         debugOidcParentError 10, oidcSingleV1SessionTermination 11, enableBackChannelLogout 13, \
         loginV2 14, permissionCheckV2 15, consoleUseV2UserApi 16, enableRelationalTables 17",
    );
    check(
        &package("v2.SetSystemFeaturesRequest"),
        "loginDefaultOrg 1, userSchema 4, oidcTokenExchange 5, improvedPerformance 7, \
         oidcSingleV1SessionTermination 8, enableBackChannelLogout 10, loginV2 11, \
         permissionCheckV2 12, enableRelationalTables 13",
    );
    check(
        &package("v2beta.GetSystemFeaturesResponse"),
        "details 1, loginDefaultOrg 2, userSchema 5, oidcTokenExchange 6, improvedPerformance 8, \
         oidcSingleV1SessionTermination 9",
    );
    check(
        &package("v2beta.SetInstanceFeaturesRequest"),
        "loginDefaultOrg 1, userSchema 4, oidcTokenExchange 5, improvedPerformance 7, \
         debugOidcParentError 9, oidcSingleV1SessionTermination 10",
    );
    check(&package("v2.GetUserFeaturesRequest"), "userId 1, inheritance 2");
    check(&package("v2beta.LoginV2FeatureFlag"), "required 1, baseUri 2, source 3");
    check("zitadel.object.v2.Details", "sequence 1, changeDate 2, resourceOwner 3, creationDate 4");
    check("zitadel.v1.ErrorDetail", "id 1, message 2");
}

/// Name and number of a message's fields, leaving out those below `from`.
fn numbered(name: &str, from: u32) -> Vec<(String, u32)> {
    let kind = kind(name);
    let fields = kind.fields().map(|field| (field.name().to_owned(), field.number()));
    fields.filter(|(_, number)| *number >= from).collect()
}

#[test]
fn flags_of_organizations_and_users_are_the_instances_plus_a_thousand() {
    for (ours, instances, first) in [
        ("SetOrganizationFeaturesRequest", "SetInstanceFeaturesRequest", 1),
        ("GetOrganizationFeaturesResponse", "GetInstanceFeaturesResponse", 2),
        ("SetUserFeatureRequest", "SetInstanceFeaturesRequest", 1),
        ("GetUserFeaturesResponse", "GetInstanceFeaturesResponse", 2),
    ] {
        let instances = numbered(&format!("zitadel.feature.v2.{instances}"), first);
        let moved = instances.into_iter().map(|(name, number)| (name, number + 1000));
        let moved: Vec<_> = moved.collect();
        for version in ["v2beta", "v2"] {
            let ours = format!("zitadel.feature.{version}.{ours}");
            assert_eq!(numbered(&ours, 1000), moved, "{ours}");
        }
    }
}

#[test]
fn json_is_read_as_published_clients_write_it() {
    let read = |json: Value| from_json(kind("zitadel.feature.v2.SetInstanceFeaturesRequest"), json);
    let camel = json!({"userSchema": false, "improvedPerformance": [3], "loginV2": {"x": 1}});
    let snake = json!({"user_schema": false, "nothing": [1], "login_v2": {},
        "improved_performance": ["IMPROVED_PERFORMANCE_PROJECT"]});
    assert_eq!(read(camel).unwrap(), read(snake).unwrap());
    let nothing = read(Value::Null).unwrap();
    assert_eq!(nothing, read(json!({"userSchema": null})).unwrap());
    let twice = json!({"userSchema": true, "user_schema": false});
    let unknown = json!({"improvedPerformance": ["IMPROVED_PERFORMANCE_NINJA"]});
    for bad in [json!([]), json!({"userSchema": "yes"}), json!({"loginV2": 7}), twice, unknown] {
        assert!(read(bad.clone()).is_err(), "{bad}");
    }
}

#[test]
fn what_is_unknown_on_the_wire_is_passed_over() {
    // Field 4 (user_schema) is false, field 900 is a number.
    let bytes = Bytes::from_static(&[0x20, 0x00, 0xa0, 0x38, 0x07]);
    let kind = kind("zitadel.feature.v2.SetInstanceFeaturesRequest");
    let message = from_binary(kind.clone(), bytes).unwrap();
    assert_eq!(message.get_field_by_name("user_schema").as_deref(), Some(&Field::Bool(false)));
    assert!(message.has_field_by_name("user_schema"));
    assert!(!message.has_field_by_name("login_default_org"));
    assert!(from_binary(kind, Bytes::from_static(&[0x20])).is_err());
}
