//! Who can reach an asset and who is kept from it, written and read from either side.

use std::sync::Arc;

use serde_json::{Value, json};

use super::parties::{Ids, foreign_group, newest};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    whoever_holds_a_role_on_the_group_can_reach_the_asset,
    blocks_written_on_either_side_show_on_the_other,
    terraform_creates_reads_changes_and_clears_blocked_properties,
    blocks_go_with_an_asset_that_moves,
    blocks_that_cannot_be_are_refused_and_write_nothing,
);

fn of_asset(asset: i64, more: &str) -> String {
    format!("/user-admin/properties/{asset}/users{more}")
}

fn of_user(user: &str, group: i64) -> String {
    format!("/user-admin/ui-identities/{user}/groups/{group}/blocked-properties")
}

async fn get(world: &World, path: &str) -> Value {
    let reply = world.akamai("GET", path, Value::Null).await;
    assert_eq!(reply.status, 200, "{path}: {reply}");
    reply.body
}

/// First names of the users of an asset, of those with a `Case` for a last name.
async fn named(world: &World, asset: i64, user_type: &str) -> Vec<String> {
    let all = get(world, &of_asset(asset, user_type)).await;
    let mine = all.as_array().unwrap().iter().filter(|user| user["lastName"] == "Case");
    let mut names: Vec<_> =
        mine.map(|user| user["firstName"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

async fn block(world: &World, asset: i64, users: &[&String]) -> Reply {
    let body = users.iter().map(|user| json!({"uiIdentityId": user})).collect();
    world.akamai("PUT", &of_asset(asset, "/block"), body).await
}

async fn whoever_holds_a_role_on_the_group_can_reach_the_asset(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    ids.user(&world, "above", &[(ids.acme, "Viewer")]).await;
    ids.user(&world, "below", &[(ids.berlin, "Editor")]).await;
    ids.user(&world, "here", &[(ids.emea, "Viewer"), (ids.acme, "Editor")]).await;
    ids.user(&world, "elsewhere", &[(ids.globex, "Administrator")]).await;
    let kept = ids.user(&world, "kept", &[(ids.emea, "Viewer")]).await;
    let outside = ids.user(&world, "outside", &[]).await;
    assert_eq!(named(&world, ids.shop, "").await, ["above", "here", "kept"]);
    assert_eq!(named(&world, ids.berlin_site, "?userType=all").await.len(), 4);

    let blocked = block(&world, ids.shop, &[&kept, &outside]).await;
    assert_eq!(blocked.status, 200, "{blocked}");
    assert!(blocked.body.as_array().unwrap().iter().all(|user| user["isBlocked"] == true));
    for (user_type, expected) in [
        ("", &["above", "here", "kept", "outside"][..]),
        ("?userType=", &["above", "here", "kept", "outside"]),
        ("?userType=all", &["above", "here", "kept", "outside"]),
        ("?userType=assigned", &["above", "here"]),
        ("?userType=gainAccess", &["above", "here"]),
        ("?userType=blocked", &["kept", "outside"]),
        ("?userType=lostAccess", &["kept", "outside"]),
    ] {
        assert_eq!(named(&world, ids.shop, user_type).await, expected, "{user_type}");
    }
    let only = get(&world, &of_asset(ids.shop, "?userType=blocked")).await;
    assert_eq!(only.as_array().unwrap().len(), 2);
    let name = "kept@case.example";
    let shown = json!({
        "uiIdentityId": kept, "uiUserName": name, "firstName": "kept", "lastName": "Case",
        "isBlocked": true,
    });
    assert!(only.as_array().unwrap().contains(&shown), "{only}");
    let wrong = of_asset(ids.shop, "?userType=some");
    assert_eq!(world.akamai("GET", &wrong, Value::Null).await.status, 400);
    world.stop().await;
}

async fn blocks_written_on_either_side_show_on_the_other(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let grants = [(ids.acme, "Viewer")];
    let one = ids.user(&world, "one", &grants).await;
    let two = ids.user(&world, "two", &grants).await;
    let (one_emea, two_emea) = (of_user(&one, ids.emea), of_user(&two, ids.emea));

    let set = world.akamai("PUT", &one_emea, json!([ids.shop])).await;
    assert_eq!((set.status, &set.body), (200, &json!([ids.shop])), "{set}");
    assert_eq!(named(&world, ids.shop, "?userType=blocked").await, ["one"]);
    let event = newest(&world).await;
    assert_eq!(event["type"], "user.blocked_assets_set");
    let payload = &event["payload"];
    assert_eq!((&payload["user"], &payload["group"]), (&json!(one), &json!(ids.emea)));
    assert_eq!((&payload["before"], &payload["after"]), (&json!([]), &json!([ids.shop])));
    let client = &event["actor"];
    assert_eq!(client["kind"], "client", "{event}");

    let events = world.events().await;
    let both = block(&world, ids.shop, &[&two, &one, &two]).await;
    assert_eq!(both.body.as_array().unwrap().len(), 2, "the users named, each once: {both}");
    assert_eq!(world.events().await, events + 1, "who was blocked before stays so");
    assert_eq!(get(&world, &two_emea).await, json!([ids.shop]));
    assert_eq!(get(&world, &of_user(&two, ids.apac)).await, json!([]), "in that group only");

    let cleared = world.akamai("PUT", &one_emea, json!([])).await;
    assert_eq!((cleared.status, &cleared.body), (200, &json!([])), "{cleared}");
    assert_eq!(named(&world, ids.shop, "?userType=blocked").await, ["two"]);
    assert_eq!(newest(&world).await["payload"]["before"], json!([ids.shop]));
    let nobody = block(&world, ids.shop, &[]).await;
    assert_eq!((nobody.status, &nobody.body), (200, &json!([])), "{nobody}");

    world.command("RemoveAsset", json!({"asset": ids.shop})).await;
    assert_eq!(newest(&world).await["payload"]["blocked"], json!([two]));
    assert_eq!(get(&world, &two_emea).await, json!([]));
    world.stop().await;
}

/// The provider reads first and gives up where something is blocked already; it has no delete.
async fn terraform_creates_reads_changes_and_clears_blocked_properties(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let user = ids.user(&world, "one", &[(ids.acme, "Viewer")]).await;
    let path = of_user(&user, ids.acme);
    assert_eq!(get(&world, &path).await, json!([]), "before create");
    let body = json!({"name": "more.acme.example", "kind": "property", "group": ids.acme});
    let more = world.command("AddAsset", body).await["asset"].clone();
    let assets = get(&world, &format!("/user-admin/properties?groupId={}", ids.acme)).await;
    let first = assets[0]["propertyId"].clone();
    let put = async |body: Value| {
        let reply = world.akamai("PUT", &path, body).await;
        assert_eq!(reply.status, 200, "{reply}");
        reply.body
    };
    assert_eq!(put(json!([more, first])).await, json!([first, more]), "by id");
    assert_eq!(get(&world, &path).await, json!([first, more]));
    assert_eq!(put(json!([more])).await, json!([more]), "the list replaces the one before");
    assert_eq!(get(&world, &path).await, json!([more]));
    // What Go sends for an empty list.
    let header = world.signature(&world.owner(), "PUT", &path, b"null", 0);
    let cleared = Reply::of(world.signed("PUT", &path, b"null".to_vec(), header)).await;
    assert_eq!((cleared.status, &cleared.body), (200, &json!([])), "{cleared}");
    assert_eq!(get(&world, &path).await, json!([]));
    world.stop().await;
}

async fn blocks_go_with_an_asset_that_moves(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let user = ids.user(&world, "one", &[(ids.acme, "Viewer")]).await;
    assert_eq!(block(&world, ids.shop, &[&user]).await.status, 200);
    let body = json!({"sourceGroupId": ids.emea, "destinationGroupId": ids.apac});
    let path = format!("/user-admin/properties/{}", ids.shop);
    assert_eq!(world.akamai("PUT", &path, body).await.status, 204);
    assert_eq!(get(&world, &of_user(&user, ids.emea)).await, json!([]));
    assert_eq!(get(&world, &of_user(&user, ids.apac)).await, json!([ids.shop]));
    assert_eq!(named(&world, ids.shop, "?userType=blocked").await, ["one"]);
    let stale = world.akamai("PUT", &of_user(&user, ids.emea), json!([ids.shop])).await;
    assert_eq!(stale.status, 400, "it lies elsewhere: {stale}");
    world.stop().await;
}

async fn blocks_that_cannot_be_are_refused_and_write_nothing(database: Arc<Database>) {
    let world = World::start(&database).await;
    let ids = Ids::of(&world).await;
    let user = ids.user(&world, "one", &[(ids.acme, "Viewer")]).await;
    let viewer = world.restricted("looks on", "Acme", "Viewer").await;
    let made = json!({"name": "Users only", "grantedRoles": [1003]});
    world.command("CreateRole", made).await;
    let warden = world.restricted("wards EMEA", "EMEA", "Users only").await;
    let partners = world.app.reads.eventual();
    let partner = domain::TenantId::new("partner").unwrap();
    let stranger = projections::users::all(&partners, &partner).await.unwrap()[0].user.to_string();
    let theirs = foreign_group(&world).await;
    let events = world.events().await;

    let own = of_user(&user, ids.emea);
    let error = |number: i64| format!("/useradmin-api/error-types/{number}");
    for (path, body, status, number) in [
        (of_user("A-B-0", ids.emea), json!([]), 404, 1100),
        (of_user(&stranger, ids.emea), json!([]), 404, 1100),
        (of_user(&user, theirs), json!([]), 404, 1700),
        (of_user(&user, 1), json!([]), 404, 1700),
        (own.clone(), json!([ids.sydney]), 400, 1003),
        (own.clone(), json!([ids.shop, 1]), 400, 1003),
        (own.clone(), json!(["1"]), 400, 1003),
        (own.clone(), json!([1.5]), 400, 1003),
        (own.clone(), json!({"properties": []}), 400, 1003),
        (own.replace(&ids.emea.to_string(), "x"), json!([]), 400, 1003),
        (
            of_asset(ids.shop, "/block"),
            json!([{"uiIdentityId": user}, {"uiIdentityId": stranger}]),
            404,
            1100,
        ),
        (of_asset(ids.shop, "/block"), json!([{"uiIdentityId": 7}]), 400, 1003),
        (of_asset(ids.shop, "/block"), json!([user]), 400, 1003),
        (of_asset(ids.shop, "/block"), json!({"uiIdentityId": user}), 400, 1003),
        (of_asset(1, "/block"), json!([{"uiIdentityId": user}]), 404, 1806),
    ] {
        let reply = world.akamai("PUT", &path, body.clone()).await;
        assert_eq!(
            (reply.status, &reply.body["type"]),
            (status, &json!(error(number))),
            "{path} {body}: {reply}"
        );
    }
    for path in [of_user(&stranger, ids.emea), of_user(&user, theirs)] {
        assert_eq!(world.akamai("GET", &path, Value::Null).await.status, 404, "{path}");
    }
    for (signer, asset, group, status) in
        [(&viewer, ids.shop, ids.emea, 403), (&warden, ids.sydney, ids.apac, 403)]
    {
        let body = json!([{"uiIdentityId": user}]);
        let refused = world.akamai_as(signer, "PUT", &of_asset(asset, "/block"), body).await;
        assert_eq!(refused.status, status, "{refused}");
        let refused = world.akamai_as(signer, "PUT", &of_user(&user, group), json!([asset])).await;
        assert_eq!(refused.status, status, "{refused}");
    }
    assert_eq!(world.events().await, events);
    let body = json!([{"uiIdentityId": user}]);
    let granted = world.akamai_as(&warden, "PUT", &of_asset(ids.shop, "/block"), body).await;
    assert_eq!(granted.status, 200, "user.admin on the asset's group is enough: {granted}");
    world.stop().await;
}
