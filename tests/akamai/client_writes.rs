//! API clients: created, replaced, transferred and deleted, as Terraform does it.

use std::sync::Arc;

use api::edgegrid::Credential;
use serde_json::{Value, json};

use super::client_sample::{ADA, VERA, body, id, newest, trust_owner, with};
use crate::stores::{Database, on_both_stores};
use crate::world::{IAM, World};

on_both_stores!(
    a_client_lives_as_terraform_has_it,
    a_put_replaces_everything_in_one_go,
    groups_come_back_as_they_were_sent,
    bodies_that_cannot_be_are_refused_and_write_nothing,
    nobody_out_of_reach_creates_or_replaces_a_client,
    a_client_replaces_and_deletes_itself,
);

const ALL: &str = "actions=true&groupAccess=true&apiAccess=true&credentials=true&ipAcl=true";

#[expect(clippy::too_many_lines, reason = "one story from its beginning to its end")]
async fn a_client_lives_as_terraform_has_it(database: Arc<Database>) {
    let world = World::start(&database).await;
    trust_owner(&world).await;
    let purge = json!({
        "canPurgeByCacheTag": false, "canPurgeByCpcode": true,
        "cpcodeAccess": {"allCurrentAndNewCpcodes": true, "cpcodes": null},
    });
    let plan = with(body("tf", ADA), json!({"purgeOptions": purge, "unknown": {"a": 1}}));
    let create = with(plan.clone(), json!({"createCredential": true}));
    let made = world.akamai("POST", "/api-clients", create).await;
    assert_eq!(made.status, 201, "{made}");
    let path = format!("/api-clients/{}", made.body["clientId"].as_str().unwrap());
    assert_eq!(made.header("location"), format!("{IAM}{path}"));
    assert_eq!(made.body["notificationEmails"], json!([ADA]), "whoever creates it is told");
    assert_eq!(made.body["createdBy"], ADA);
    let apis = made.body["apiAccess"]["apis"].as_array().unwrap();
    assert!(apis.len() > 1 && apis[0]["endPoint"] == "/identity-management", "{made}");
    let credential = &made.body["credentials"][0];
    let text = |member: &str| credential[member].as_str().unwrap().to_owned();
    let signer = Credential {
        client_token: text("clientToken"),
        access_token: made.body["accessToken"].as_str().unwrap().to_owned(),
        client_secret: text("clientSecret"),
    };
    let told: Vec<_> = newest(&world, 5).await.iter().map(|it| it["type"].clone()).collect();
    let expected = [
        "client.created",
        "client.access_set",
        "client.usage_changed",
        "client.notification_emails_set",
        "client.credential_created",
    ];
    assert_eq!(told, expected);

    let terms =
        json!({"expiresOn": credential["expiresOn"], "status": "ACTIVE", "description": "d"});
    let credential_path = format!("{path}/credentials/{}", credential["credentialId"]);
    let changed = world.akamai("PUT", &credential_path, terms).await;
    assert_eq!(changed.status, 200, "{changed}");
    let silent = with(plan.clone(), json!({"notificationEmails": []}));
    let put = world.akamai("PUT", &path, silent.clone()).await;
    assert_eq!((put.status, &put.body["notificationEmails"]), (200, &json!([])), "{put}");
    let locked = world.akamai("PUT", &format!("{path}/lock"), Value::Null).await;
    assert_eq!(locked.body["isLocked"], true, "{locked}");
    let refused = world.akamai_as(&signer, "GET", "/api-clients/self", Value::Null).await;
    assert_eq!(refused.status, 401, "{refused}");
    let read = world.akamai("GET", &format!("{path}?{ALL}"), Value::Null).await;
    assert_eq!(read.status, 200, "{read}");
    assert!(!read.body.to_string().contains(&signer.client_secret), "once and never again");
    assert!(read.body.get("ipAcl").is_none(), "nothing was told of it: {read}");
    assert_eq!(read.body["purgeOptions"]["canPurgeByCpcode"], true);
    assert_eq!(read.body["purgeOptions"]["cpcodeAccess"]["cpcodes"], json!([]));
    assert_eq!(
        (&read.body["actions"]["unlock"], &read.body["actions"]["lock"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(read.body["groupAccess"]["groups"][0]["groupName"], "Acme");

    world.akamai("PUT", &format!("{path}/unlock"), Value::Null).await;
    let acl = with(
        silent,
        json!({"clientDescription": "other", "ipAcl": {"enable": false, "cidr": ["192.0.2.20/24"]}}),
    );
    let put = world.akamai("PUT", &path, acl).await;
    assert_eq!(put.body["clientDescription"], "other", "{put}");
    assert_eq!(put.body["ipAcl"], json!({"enable": false, "cidr": ["192.0.2.20/24"]}));
    let seen =
        world.akamai_as(&signer, "GET", &format!("/api-clients/self?{ALL}"), Value::Null).await;
    assert_eq!((seen.status, &seen.body["ipAcl"]), (200, &put.body["ipAcl"]), "{seen}");

    let off = world.akamai("POST", &format!("{credential_path}/deactivate"), Value::Null).await;
    assert_eq!(off.status, 204, "{off}");
    let gone = world.akamai("DELETE", &path, Value::Null).await;
    assert_eq!(gone.status, 204, "{gone}");
    assert_eq!(world.akamai("GET", &path, Value::Null).await.status, 404);
    world.stop().await;
}

async fn a_put_replaces_everything_in_one_go(database: Arc<Database>) {
    let world = World::start(&database).await;
    let emails = json!({"notificationEmails": ["one@acme.example", "two@acme.example"]});
    let made = world.akamai("POST", "/api-clients", with(body("robot", ADA), emails)).await;
    assert_eq!((made.status, &made.body["credentials"]), (201, &json!([])), "{made}");
    assert_eq!(made.body["notificationEmails"].as_array().unwrap().len(), 2);
    let path = format!("/api-clients/{}", made.body["clientId"].as_str().unwrap());
    let identity = world.akamai("GET", &format!("/users/{ADA}/allowed-apis"), Value::Null).await;
    let api = json!({"apiId": identity.body[0]["apiId"], "accessLevel": "READ-ONLY"});
    let other = with(
        body("android", VERA),
        json!({
            "apiAccess": {"allAccessibleApis": false, "apis": [api]},
            "allowAccountSwitch": true, "clientType": "CLIENT",
            "notificationEmails": ["vera@acme.example"],
        }),
    );
    let put = world.akamai("PUT", &path, other.clone()).await;
    assert_eq!((put.status, &put.body["clientName"]), (200, &json!("android")), "{put}");
    assert_eq!(put.body["authorizedUsers"], json!([VERA]));
    assert_eq!(
        (&put.body["allowAccountSwitch"], &put.body["canAutoCreateCredential"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(put.body["apiAccess"]["apis"][0]["accessLevel"], "READ-ONLY");
    assert_eq!(put.body["notificationEmails"], json!(["vera@acme.example"]));
    let told = newest(&world, 5).await;
    let names: Vec<_> = told.iter().map(|event| event["type"].clone()).collect();
    let expected = [
        "client.renamed",
        "client.transferred",
        "client.access_set",
        "client.usage_changed",
        "client.notification_emails_set",
    ];
    assert_eq!(names, expected);
    assert_eq!(told[0]["payload"]["from"], "robot");
    assert_eq!(told[1]["payload"]["from"], world.credentials.user_id);
    assert_eq!(told[2]["payload"]["before"]["apis"]["all"], true);
    assert_eq!(told[3]["payload"]["before"]["allows_account_switch"], false);
    let by: Vec<_> = told.iter().map(|event| event["actor"]["kind"].clone()).collect();
    assert_eq!(by, ["client"; 5]);

    let events = world.events().await;
    let same = world.akamai("PUT", &path, other).await;
    assert_eq!((same.status, &same.body["clientName"]), (200, &json!("android")), "{same}");
    assert_eq!(world.events().await, events, "all is so already");
    let mut bare = body("unused", VERA);
    bare.as_object_mut()
        .unwrap()
        .retain(|member, _| member.ends_with("Access") || member == "authorizedUsers");
    let put = world.akamai("PUT", &path, bare).await;
    assert_eq!(put.body["clientName"], "android", "a name stays: {put}");
    assert_eq!(
        (&put.body["clientDescription"], &put.body["allowAccountSwitch"]),
        (&json!(""), &json!(false))
    );
    assert_eq!(put.body["notificationEmails"], json!([]));
    world.stop().await;
}

async fn groups_come_back_as_they_were_sent(database: Arc<Database>) {
    let world = World::start(&database).await;
    let (acme, emea, berlin) = (
        id(&world, "groups", "Acme").await,
        id(&world, "groups", "EMEA").await,
        id(&world, "groups", "Berlin").await,
    );
    let globex = id(&world, "groups", "Globex").await;
    let (admin, viewer) =
        (id(&world, "roles", "Administrator").await, id(&world, "roles", "Viewer").await);
    for below in ["subGroups", "subgroups"] {
        let groups = json!([
            {"groupId": globex, "roleId": viewer},
            {"groupId": acme, "roleId": viewer, below: [
                {"groupId": emea, "roleId": admin, below: [{"groupId": berlin, "roleId": viewer, "isBlocked": true}]},
            ]},
        ]);
        let access = json!({"groupAccess": {"cloneAuthorizedUserGroups": false, "groups": groups}});
        let made = world.akamai("POST", "/api-clients", with(body(below, ADA), access)).await;
        assert_eq!(made.status, 201, "{made}");
        let shown = &made.body["groupAccess"]["groups"];
        assert_eq!(
            (&shown[0]["groupId"], &shown[1]["groupId"]),
            (&globex, &acme),
            "in their order"
        );
        let emea_shown = &shown[1]["subGroups"][0];
        assert_eq!(
            (&emea_shown["groupId"], &emea_shown["parentGroupId"]),
            (&emea, &acme),
            "{made}"
        );
        assert_eq!(
            (&emea_shown["roleId"], &emea_shown["roleName"]),
            (&admin, &json!("Administrator"))
        );
        assert_eq!(emea_shown["subGroups"][0]["isBlocked"], true);
        assert_eq!(shown[0]["subGroups"], json!([]));
    }
    let codes = world.admin("GET", "/v1/tenants/default/events?limit=1000", Value::Null).await;
    assert!(!codes.body.to_string().contains("subgroups\":"), "{codes}");
    world.stop().await;
}

#[expect(clippy::too_many_lines, reason = "one story from its beginning to its end")]
async fn bodies_that_cannot_be_are_refused_and_write_nothing(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = world.akamai("POST", "/api-clients", body("robot", ADA)).await;
    let path = format!("/api-clients/{}", made.body["clientId"].as_str().unwrap());
    let apis = |apis: Value| json!({"apiAccess": {"allAccessibleApis": false, "apis": apis}});
    let groups = |groups: Value| json!({"groupAccess": {"cloneAuthorizedUserGroups": false, "groups": groups}});
    let identity = world.akamai("GET", &format!("/users/{ADA}/allowed-apis"), Value::Null).await;
    let api = |level: &str| json!({"apiId": identity.body[0]["apiId"], "accessLevel": level});
    let (acme, viewer) = (id(&world, "groups", "Acme").await, id(&world, "roles", "Viewer").await);
    let events = world.events().await;
    let purge = json!({"canPurgeByCacheTag": true, "canPurgeByCpcode": true, "cpcodeAccess": {"allCurrentAndNewCpcodes": true, "cpcodes": []}});
    let bad = [
        (json!({"authorizedUsers": []}), "authorizedUsers"),
        (json!({"authorizedUsers": [ADA, VERA]}), "authorizedUsers"),
        (json!({"authorizedUsers": ["nobody"]}), "authorizedUsers"),
        (json!({"authorizedUsers": [7]}), "authorizedUsers"),
        (json!({"clientName": " "}), "clientName"),
        (json!({"clientName": 7}), "clientName"),
        (json!({"clientDescription": "x".repeat(1001)}), "clientDescription"),
        (json!({"apiAccess": null}), "apiAccess"),
        (json!({"apiAccess": "all"}), "apiAccess"),
        (apis(json!([])), "apiAccess"),
        (apis(json!([{"accessLevel": "READ-ONLY"}])), "apiId"),
        (apis(json!([{"apiId": 7, "accessLevel": "READ-ONLY"}])), "apiAccess"),
        (apis(json!([api("WRITE")])), "apiAccess"),
        (apis(json!([api("READ-ONLY"), api("READ-WRITE")])), "apiAccess"),
        (
            json!({"apiAccess": {"allAccessibleApis": true, "apis": [api("READ-ONLY")]}}),
            "apiAccess",
        ),
        (json!({"groupAccess": null}), "groupAccess"),
        (groups(json!([])), "groupAccess"),
        (groups(json!([{"groupId": acme}])), "roleId"),
        (groups(json!([{"groupId": acme, "roleId": 7}])), "groupAccess"),
        (
            json!({"groupAccess": {"cloneAuthorizedUserGroups": true, "groups": [{"groupId": acme, "roleId": viewer}]}}),
            "groupAccess",
        ),
        (json!({"ipAcl": {"enable": true, "cidr": []}}), "ipAcl"),
        (json!({"ipAcl": {"enable": true, "cidr": ["1.2.3"]}}), "ipAcl"),
        (json!({"ipAcl": {"enable": "yes", "cidr": []}}), "enable"),
        (json!({"notificationEmails": ["ada"]}), "notificationEmails"),
        (with(apis(json!([api("READ-WRITE")])), json!({"purgeOptions": purge})), "purgeOptions"),
    ];
    for (change, member) in bad {
        for (method, path) in [("POST", "/api-clients"), ("PUT", &path)] {
            let reply = world.akamai(method, path, with(body("new", ADA), change.clone())).await;
            assert_eq!(reply.status, 400, "{method} {change}: {reply}");
            assert_eq!(
                reply.body["errors"][0]["errorLocation"], member,
                "{method} {change}: {reply}"
            );
        }
    }
    let kinds = [json!(null), json!("SERVICE_ACCOUNT"), json!("ROBOT")];
    for kind in kinds {
        let reply = world
            .akamai("POST", "/api-clients", with(body("new", ADA), json!({"clientType": kind})))
            .await;
        assert_eq!(reply.status, 400, "{reply}");
    }
    for (method, path) in [("POST", "/api-clients"), ("PUT", &path)] {
        let taken = world.akamai(method, path, body("owner-client", ADA)).await;
        let kind = "/identity-management/error-types/65";
        assert_eq!((taken.status, &taken.body["type"]), (400, &json!(kind)), "{taken}");
        let globex = id(&world, "groups", "Globex").await;
        let outside = groups(json!([{"groupId": globex, "roleId": viewer}]));
        let outside = world.akamai(method, path, with(body("new", VERA), outside)).await;
        let kind = "/identity-management/error-types/7";
        assert_eq!((outside.status, &outside.body["type"]), (403, &json!(kind)), "{outside}");
        let many: Value =
            (0..100).map(|id| json!({"apiId": id, "accessLevel": "READ-ONLY"})).collect();
        let many = world.akamai(method, path, with(body("new", ADA), apis(many))).await;
        assert_eq!(many.status, 403, "{many}");
    }
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn nobody_out_of_reach_creates_or_replaces_a_client(database: Arc<Database>) {
    let world = World::start(&database).await;
    let made = world.akamai("POST", "/api-clients", body("robot", ADA)).await;
    let path = format!("/api-clients/{}", made.body["clientId"].as_str().unwrap());
    let service = world.command("CreateClient", json!({"name": "service"})).await;
    let service = format!("/api-clients/{}", service["akamaiId"].as_str().unwrap());
    let viewer = world.restricted("looks on", "Acme", "Viewer").await;
    let local = world.restricted("rules Berlin", "Berlin", "Administrator").await;
    let partner = domain::TenantId::new("partner").unwrap();
    let views = world.app.reads.eventual();
    let foreign = projections::clients::all(&views, &partner).await.unwrap()[0].akamai_id.clone();
    let foreign = format!("/api-clients/{foreign}");
    let events = world.events().await;
    for path in [&foreign, "/api-clients/0123456789abcdef"] {
        let reply = world.akamai("PUT", path, body("new", ADA)).await;
        let kind = "/identity-management/error-types/2";
        assert_eq!((reply.status, &reply.body["type"]), (404, &json!(kind)), "{reply}");
    }
    for (method, path) in [("POST", "/api-clients"), ("PUT", &path)] {
        for signer in [&viewer, &local] {
            let reply = world.akamai_as(signer, method, path, body("new", ADA)).await;
            assert_eq!(reply.status, 403, "{method}: {reply}");
        }
    }
    let reply = world.akamai("PUT", &service, body("new", ADA)).await;
    assert_eq!(reply.status, 403, "a service account is not changed here: {reply}");
    let credential = with(body("new", ADA), json!({"createCredential": true}));
    let reply = world.akamai_as(&local, "POST", "/api-clients", credential).await;
    let kind = "/identity-management/error-types/3";
    assert_eq!((reply.status, &reply.body["type"]), (403, &json!(kind)), "{reply}");
    assert!(reply.body["detail"].as_str().unwrap().contains("canAutoCreateCredential"), "{reply}");
    assert_eq!(world.events().await, events);
    world.stop().await;
}

async fn a_client_replaces_and_deletes_itself(database: Arc<Database>) {
    let world = World::start(&database).await;
    trust_owner(&world).await;
    let create = with(body("robot", ADA), json!({"createCredential": true}));
    let made = world.akamai("POST", "/api-clients", create).await;
    let first = &made.body["credentials"][0];
    let signer = Credential {
        client_token: first["clientToken"].as_str().unwrap().to_owned(),
        access_token: made.body["accessToken"].as_str().unwrap().to_owned(),
        client_secret: first["clientSecret"].as_str().unwrap().to_owned(),
    };
    let put = world.akamai_as(&signer, "PUT", "/api-clients/self", body("mechanical", ADA)).await;
    assert_eq!((put.status, &put.body["clientName"]), (200, &json!("mechanical")), "{put}");
    let more = world.akamai_as(&signer, "POST", "/api-clients/self/credentials", Value::Null).await;
    assert_eq!(more.status, 201, "{more}");
    let events = world.events().await;
    let kept = world.akamai_as(&signer, "DELETE", "/api-clients/self", Value::Null).await;
    assert_eq!(kept.status, 409, "another credential is active: {kept}");
    assert_eq!(world.events().await, events);
    let other = format!("/api-clients/self/credentials/{}/deactivate", more.body["credentialId"]);
    assert_eq!(world.akamai_as(&signer, "POST", &other, Value::Null).await.status, 204);
    let gone = world.akamai_as(&signer, "DELETE", "/api-clients/self", Value::Null).await;
    assert_eq!((gone.status, &gone.body), (204, &Value::Null), "{gone}");
    let after = world.akamai_as(&signer, "GET", "/api-clients/self", Value::Null).await;
    assert!([400, 401].contains(&after.status), "{after}");
    let owner = world.akamai("DELETE", "/api-clients/self", Value::Null).await;
    assert_eq!(owner.status, 403, "the tenant's first client stays: {owner}");
    world.stop().await;
}
