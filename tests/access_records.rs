//! Access records: who was turned away in which dialect, who read the record, and how long that is
//! kept.

use std::sync::Arc;
use std::time::Duration;

use api::retention::{Gone, retain};
use chrono::{Months, TimeDelta, Utc};
use domain::TenantId;
use eventlog::{AccessFilter, AccessOutcome, AccessRecord};
use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    whoever_is_turned_away_is_recorded_whatever_the_dialect,
    whoever_reads_the_record_is_recorded,
    what_comes_too_often_is_counted,
    pages_run_both_ways_and_filters_hold,
    what_is_kept_no_longer_goes_and_state_stays,
);

const RECORDS: &str = "/v1/tenants/default/access-records";

async fn get(world: &World, query: &str) -> Reply {
    let reply = world.admin("GET", &format!("{RECORDS}?limit=1000&{query}"), Value::Null).await;
    assert_eq!(reply.status, 200, "{reply}");
    reply
}

fn list(reply: &Reply) -> Vec<Value> {
    reply.body["accessRecords"].as_array().unwrap().clone()
}

/// Asks until there are so many: they are written aside.
async fn until(world: &World, query: &str, count: usize) -> Vec<Value> {
    for _ in 0..200 {
        let found = list(&get(world, query).await);
        if found.len() >= count {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{query}: there are not {count}: {}", get(world, query).await);
}

async fn whoever_is_turned_away_is_recorded_whatever_the_dialect(database: Arc<Database>) {
    let world = World::start(&database).await;
    let held = &world.credentials;
    let groups = "/v1/tenants/default/groups";
    let (wrong, _) = held.bearer.admin.rsplit_once('_').unwrap();
    let wrong = format!("{wrong}_{}", "0".repeat(43));
    assert_eq!(world.bearer(&wrong, "GET", groups, Value::Null).await.status, 401);
    let path = "/v1/tenants/default/commands/CreateGroup";
    assert_eq!(world.viewer("POST", path, json!({"name": "x"})).await.status, 403);
    let header = world.signature(&world.owner(), "GET", "/user-admin/groups", b"", 600);
    let late = world.signed("GET", "/user-admin/groups", Vec::new(), header);
    assert_eq!(Reply::of(late).await.status, 400);
    let owner = (held.capture.owner_client_id.as_str(), "wrong");
    let reply = world.capture_as(owner, "/clients/list", &[]).await;
    assert_eq!((reply.status, &reply.body["stat"]), (200, &json!("error")), "{reply}");
    let plain = (held.capture.plain_client_id.as_str(), held.capture.plain_client_secret.as_str());
    let reply = world.capture_as(plain, "/clients/list", &[]).await;
    assert_eq!((reply.status, &reply.body["code"]), (200, &json!(403)), "{reply}");
    let clients = "/clients/v1/tenants/default/clients";
    assert_eq!(world.bearer("a.b.c", "GET", clients, Value::Null).await.status, 401);
    // gRPC says it in a trailer, or a frame.
    let method = "/zitadel.feature.v2.FeatureService/GetInstanceFeatures";
    let rpc = world.request("POST", method).header("content-type", "application/grpc-web+proto");
    assert_eq!(rpc.body(vec![0; 5]).send().await.unwrap().status(), 200);

    let mut told = until(&world, "outcome=failed", 4).await;
    told.extend(until(&world, "outcome=denied", 2).await);
    let is = |record: &Value, dialect: &str, outcome: &str, status: i64| {
        (&record["dialect"], &record["outcome"], &record["status"])
            == (&json!(dialect), &json!(outcome), &json!(status))
    };
    let found = |dialect: &str, outcome: &str, status: i64| {
        let found = told.iter().find(|it| is(it, dialect, outcome, status));
        found.unwrap_or_else(|| panic!("no {outcome} {dialect} {status} in {told:?}"))
    };
    let failed = found("native", "failed", 401);
    let id = held.bearer.admin.strip_prefix("cht_").unwrap().split('_').next().unwrap();
    assert_eq!((&failed["claimed"], &failed["actor"]), (&json!(id), &Value::Null));
    assert_eq!(
        (&failed["operation"], &failed["callerAddress"]),
        (&json!("listGroups"), &json!("127.0.0.1"))
    );
    let denied = found("native", "denied", 403);
    assert_eq!(denied["actor"]["home"], "default");
    assert_eq!(denied["operation"], "runCommand");
    found("akamai", "failed", 400);
    found("capture", "failed", 401);
    found("capture", "denied", 403);
    // The path names the tenant where no credential does.
    assert!(found("tenant_clients", "failed", 401)["claimed"].is_null());
    // Whose path names none either is told of where the operator looks.
    world.app.accesses.stop().await;
    let (system, all) = (TenantId::system(), AccessFilter::default());
    let nameless = world.app.log.accesses(&system, &all, 1_000).await.unwrap();
    let is_rpc = |it: &AccessRecord| {
        it.dialect == "zitadel rpc"
            && it.operation.contains("GetInstanceFeatures")
            && (it.outcome, it.status) == (AccessOutcome::Failed, 401)
    };
    assert!(nameless.iter().any(is_rpc), "{nameless:?}");
    assert!(nameless.iter().all(|it| it.address.is_some()), "{nameless:?}");
    world.stop().await;
}

async fn whoever_reads_the_record_is_recorded(database: Arc<Database>) {
    let world = World::start(&database).await;
    world.admin("GET", "/v1/tenants/default/events?type=group.created&limit=3", Value::Null).await;
    let past = world.request("GET", "/v1/tenants/default/groups").header("chancery-as-of", "5");
    let past = Reply::of(past.bearer_auth(&world.credentials.bearer.admin)).await;
    assert_eq!(past.status, 200, "{past}");
    // An ordinary look is nobody's business.
    world.admin("GET", "/v1/tenants/default/groups", Value::Null).await;
    let read = until(&world, "outcome=read&operation=listEvents", 1).await;
    assert_eq!(read[0]["parameters"], json!(["limit", "type"]), "{read:?}");
    let actor = read[0]["actor"]["id"].as_str().unwrap().to_owned();
    let groups = until(&world, &format!("operation=listGroups&actor={actor}"), 1).await;
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0]["parameters"], json!(["Chancery-As-Of"]));
    // So is to read these.
    let own = until(&world, "operation=listAccessRecords&order=desc", 2).await;
    assert!(own.iter().all(|it| it["outcome"] == "read" && it["leftOut"] == 0));
    let then = groups[0]["at"].as_str().unwrap();
    let past = world.request("GET", RECORDS).header("chancery-as-of", then);
    let past = Reply::of(past.bearer_auth(&world.credentials.bearer.admin)).await;
    let is_before = |it: &Value| it["at"].as_str().unwrap() <= then;
    assert!(list(&past).iter().all(is_before) && !list(&past).is_empty(), "{past}");
    world.stop().await;
}

async fn what_comes_too_often_is_counted(database: Arc<Database>) {
    let world = World::start(&database).await;
    for _ in 0..25 {
        let path = "/v1/tenants/default/commands/CreateGroup";
        assert_eq!(world.viewer("POST", path, json!({"name": "x"})).await.status, 403);
    }
    // Ends the minute.
    world.app.accesses.stop().await;
    let denied = list(&get(&world, "outcome=denied").await);
    let counted: i64 = denied.iter().map(|it| 1 + it["leftOut"].as_i64().unwrap()).sum();
    assert_eq!(counted, 25, "{denied:?}");
    assert!(denied.len() <= 20, "a few of each minute, and one for the rest: {}", denied.len());
    world.stop().await;
}

async fn pages_run_both_ways_and_filters_hold(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = "/v1/tenants/default/commands/CreateGroup";
    for _ in 0..7 {
        world.viewer("POST", path, json!({"name": "x"})).await;
    }
    until(&world, "outcome=denied", 7).await;
    let walk = async |order: &str| {
        let (mut ids, mut after) = (Vec::new(), String::new());
        loop {
            let query = format!("{RECORDS}?outcome=denied&order={order}&limit=3&after={after}");
            let page = world.admin("GET", &query, Value::Null).await;
            ids.extend(list(&page).iter().map(|it| it["id"].clone()));
            match page.body["next"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => return ids,
            }
        }
    };
    let (up, mut down) = (walk("asc").await, walk("desc").await);
    down.reverse();
    assert_eq!((up.len(), &up), (7, &down));
    assert_eq!(list(&get(&world, "outcome=denied&address=127.0.0.1").await).len(), 7);
    assert_eq!(list(&get(&world, "outcome=denied&address=192.0.2.1").await).len(), 0);
    let now = (Utc::now() + TimeDelta::hours(1)).format("%Y-%m-%dT%H:%M:%SZ");
    assert_eq!(list(&get(&world, &format!("outcome=denied&since={now}")).await).len(), 0);
    assert_eq!(list(&get(&world, &format!("outcome=denied&until={now}")).await).len(), 7);
    for bad in ["outcome=odd", "after=7", "order=up", "address=here", "since=now", "limit=0"] {
        let refused = world.admin("GET", &format!("{RECORDS}?{bad}"), Value::Null).await;
        let member = bad.split('=').next().unwrap();
        assert_eq!((refused.status, &refused.body["member"]), (400, &json!(member)), "{refused}");
    }
    let body = json!({"name": "reader", "rights": ["events.read"]});
    let reader = world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned();
    let shown = world.bearer(&reader, "GET", RECORDS, Value::Null).await;
    assert!(list(&shown).iter().all(|it| it["callerAddress"].is_null()), "{shown}");
    let asked = format!("{RECORDS}?address=127.0.0.1");
    assert_eq!(world.bearer(&reader, "GET", &asked, Value::Null).await.status, 403);
    assert_eq!(
        world.viewer("GET", "/v1/tenants/partner/access-records", Value::Null).await.status,
        404
    );
    world.stop().await;
}

async fn what_is_kept_no_longer_goes_and_state_stays(database: Arc<Database>) {
    let world = World::start(&database).await;
    let path = "/v1/tenants/default/commands/CreateGroup";
    world.viewer("POST", path, json!({"name": "x"})).await;
    world.command("CreateOrganization", json!({"name": "Kept"})).await;
    let addresses = async |world: &World| {
        let path = "/v1/tenants/default/events?type=organization.created&limit=1000";
        let events = world.admin("GET", path, Value::Null).await;
        let events = events.body["events"].as_array().unwrap().clone();
        events.iter().filter(|it| it["callerAddress"] == "127.0.0.1").count()
    };
    until(&world, "outcome=denied", 1).await;
    assert_eq!(addresses(&world).await, 1);
    let other = world.beside(&database).await;
    assert_eq!(addresses(&other).await, 1);
    // To look is recorded, under a key of the month that is about to go.
    world.app.accesses.stop().await;
    other.app.accesses.stop().await;

    let now = Utc::now();
    let almost = now.checked_add_months(Months::new(13)).unwrap();
    assert_eq!(retain(&world.app, now).await.unwrap(), Gone::default());
    assert_eq!(retain(&world.app, almost).await.unwrap().months, 0, "thirteen whole months");
    let after = now.checked_add_months(Months::new(14)).unwrap();
    let gone = retain(&world.app, after).await.unwrap();
    assert!(gone.months > 0 && gone.access_records == 0 || after - now > TimeDelta::days(400));
    // The other node does the same, and finds nothing left.
    assert_eq!(retain(&other.app, after).await.unwrap().months, 0);
    assert_eq!((addresses(&world).await, addresses(&other).await), (0, 0));
    let events = world.events().await;
    world.command("CreateOrganization", json!({"name": "Later"})).await;
    assert_eq!((world.events().await, addresses(&world).await), (events + 1, 1));

    let long_after = now + TimeDelta::days(401);
    retain(&world.app, long_after).await.unwrap();
    assert!(list(&get(&world, "outcome=denied").await).is_empty());
    assert_eq!(world.events().await, events + 1, "state stays");
    other.stop().await;
    world.stop().await;
}
