//! Whoever may read one organization's record alone reads all of that, and learns nothing of the
//! rest.

use std::sync::Arc;

use serde_json::{Value, json};

use super::proofs::seal;
use crate::moving::live::{Stream, fast};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(
    events_of_their_organization_are_listed,
    a_live_stream_sends_what_is_theirs,
    a_history_tells_what_is_theirs,
    a_comparison_tells_of_what_is_theirs,
    their_events_are_proved_and_no_others,
    erasures_of_theirs_are_reported,
    what_is_of_all_of_the_tenant_is_refused,
);

const ROOT: &str = "/v1/tenants/default";

/// An organization with a user, and whoever may read its record and no more.
struct Party {
    organization: String,
    user: String,
    group: Value,
    token: String,
}

async fn issue(world: &World, rights: Value, organization: &str) -> String {
    let body = json!({"name": "confined", "rights": rights, "organization": organization});
    world.command("IssueToken", body).await["secret"].as_str().unwrap().to_owned()
}

impl Party {
    async fn make(world: &World) -> Self {
        let made = world.command("CreateOrganization", json!({"name": "Theirs"})).await;
        let organization = made["organization"].as_str().unwrap().to_owned();
        let groups = world.admin("GET", &format!("{ROOT}/groups"), Value::Null).await;
        let group = groups.named("groups", "Acme")["group"].clone();
        let roles = world.admin("GET", &format!("{ROOT}/roles"), Value::Null).await;
        let role = roles.named("roles", "Viewer")["role"].clone();
        let profile = |name: &str| json!({"firstName": name, "lastName": "L", "email": "u@a.test", "country": "USA"});
        let user = json!({
            "organization": organization, "profile": profile("Before"),
            "grants": [{"group": group, "role": role}],
        });
        let user = world.command("CreateUser", user).await["user"].as_str().unwrap().to_owned();
        // What others have in common with them.
        for name in ["Acme renamed", "Acme"] {
            world.command("RenameGroup", json!({"group": group, "name": name})).await;
        }
        let flags = json!({"userSchema": true});
        let body = json!({"level": "organization", "id": organization, "flags": flags});
        world.command("SetFeatures", body).await;
        let body = json!({"user": user, "profile": profile("After")});
        world.command("ReplaceUserProfile", body).await;
        let token = issue(world, json!(["events.read", "user.read"]), &organization).await;
        Self { organization, user, group, token }
    }

    async fn get(&self, world: &World, path: &str) -> Reply {
        world.bearer(&self.token, "GET", &format!("{ROOT}/{path}"), Value::Null).await
    }

    /// The ordinals of their events.
    async fn own(&self, world: &World) -> Vec<i64> {
        let path = format!("{ROOT}/events?limit=1000&owner={}", self.organization);
        let all = world.admin("GET", &path, Value::Null).await;
        ordinals(&all.body["events"])
    }

    /// One of somebody else's.
    async fn foreign(&self, world: &World) -> i64 {
        let path = format!("{ROOT}/events?limit=1&type=group.renamed&order=desc");
        ordinals(&world.admin("GET", &path, Value::Null).await.body["events"])[0]
    }
}

fn ordinals(events: &Value) -> Vec<i64> {
    events.as_array().unwrap().iter().map(|event| event["ordinal"].as_i64().unwrap()).collect()
}

/// What a refusal says, but for which request it was.
fn refusal(reply: &Reply) -> (u16, Vec<Value>) {
    let said = ["type", "title", "detail", "member"].map(|name| reply.body[name].clone());
    (reply.status, said.into())
}

async fn events_of_their_organization_are_listed(database: Arc<Database>) {
    let world = World::start(&database).await;
    let party = Party::make(&world).await;
    let reply = party.get(&world, "events").await;
    let told = |event: &Value| (event["type"].clone(), event["resourceOwner"].clone());
    let told: Vec<_> = reply.body["events"].as_array().unwrap().iter().map(told).collect();
    let types = ["organization.created", "user.created", "feature.set", "user.profile_replaced"];
    assert_eq!(told, types.map(|it| (json!(it), json!(party.organization))), "{reply}");
    for owner in ["default", &world.credentials.organization_id] {
        let reply = party.get(&world, &format!("events?owner={owner}")).await;
        assert_eq!((reply.status, &reply.body["events"]), (200, &json!([])), "{reply}");
    }
    let nobody = issue(&world, json!(["user.read"]), &party.organization).await;
    for path in ["events", "events/live", "history/group/1", "diff?from=0", "checkpoint"] {
        let reply = world.bearer(&nobody, "GET", &format!("{ROOT}/{path}"), Value::Null).await;
        assert_eq!(reply.status, 403, "{path}: {reply}");
    }
    world.stop().await;
}

async fn a_live_stream_sends_what_is_theirs(database: Arc<Database>) {
    let world = World::start_with(&database, fast()).await;
    let party = Party::make(&world).await;
    let own = party.own(&world).await;
    let mut stream = Stream::open(&world, &party.token, "?after=0", None).await;
    for ordinal in own {
        let shown = stream.event().await;
        assert_eq!(shown.id, Some(ordinal), "{shown:?}");
        assert_eq!(shown.data["resourceOwner"], party.organization);
    }
    // A filter asks for what is theirs and something else, and so for nothing.
    let mut other = Stream::open(&world, &party.token, "?after=0&owner=default", None).await;
    world.command("RenameGroup", json!({"group": party.group, "name": "Again"})).await;
    world.command("LockUser", json!({"user": party.user})).await;
    let shown = stream.event().await;
    let told = [&shown.data["type"], &shown.data["resourceOwner"]];
    assert_eq!(told, [&json!("user.locked"), &json!(party.organization)]);
    loop {
        let block = other.block().await.unwrap();
        assert!(block.is_comment, "{block:?}");
        if block.id == shown.id {
            break;
        }
    }
    world.stop().await;
}

async fn a_history_tells_what_is_theirs(database: Arc<Database>) {
    let world = World::start(&database).await;
    let party = Party::make(&world).await;
    let types = |reply: &Reply| -> Vec<String> {
        let chapters = reply.body["history"].as_array().unwrap_or_else(|| panic!("{reply}"));
        chapters.iter().map(|it| it["type"].as_str().unwrap().to_owned()).collect()
    };
    let user = party.get(&world, &format!("history/user/{}", party.user)).await;
    assert_eq!(types(&user), ["user.created", "user.profile_replaced"]);
    let change = json!({"member": "profile.firstName", "before": "Before", "after": "After"});
    assert_eq!(user.body["history"][1]["changes"], json!([change]), "{user}");
    // A group of the tenant is shown as far as their own events are about it.
    let group = party.get(&world, &format!("history/group/{}", party.group)).await;
    assert_eq!(
        (types(&group), &group.body["next"]),
        (vec!["user.created".to_owned()], &json!(null))
    );
    assert!(!group.body.to_string().contains("Acme"), "{group}");
    let paged = party.get(&world, &format!("history/user/{}?limit=1&order=desc", party.user)).await;
    let next = paged.body["next"].as_str().unwrap();
    let path = format!("history/user/{}?limit=1&order=desc&after={next}", party.user);
    let rest = party.get(&world, &path).await;
    let both = [types(&paged), types(&rest)].concat();
    assert_eq!(
        (both, &rest.body["next"]),
        ([types(&user)[1].clone(), types(&user)[0].clone()].into(), &json!(null))
    );

    // What was then, of what is theirs.
    let created = user.body["history"][0]["ordinal"].to_string();
    let path = format!("{ROOT}/history/user/{}", party.user);
    let then = world.request("GET", &path).bearer_auth(&party.token);
    let then = Reply::of(then.header("chancery-as-of", created)).await;
    assert_eq!(types(&then), ["user.created"], "{then}");

    let robot = world.robot("robot").await;
    let unknown = party.get(&world, "history/user/A-B-404").await;
    assert_eq!(unknown.status, 404, "{unknown}");
    let berlin = world.command("CreateGroup", json!({"name": "Berlin"})).await["group"].clone();
    for foreign in [
        format!("client/{}", robot.client),
        format!("user/{}", world.credentials.user_id),
        format!("group/{berlin}"),
        format!("organization/{}", world.credentials.organization_id),
        "tenant/default".to_owned(),
    ] {
        let seen = world.admin("GET", &format!("{ROOT}/history/{foreign}"), Value::Null).await;
        assert_eq!(seen.status, 200, "it is there: {seen}");
        let reply = party.get(&world, &format!("history/{foreign}")).await;
        assert_eq!(refusal(&reply), refusal(&unknown), "{foreign}");
    }
    world.stop().await;
}

async fn a_comparison_tells_of_what_is_theirs(database: Arc<Database>) {
    let world = World::start(&database).await;
    let party = Party::make(&world).await;
    let all = world.admin("GET", &format!("{ROOT}/diff?from=0&limit=1000"), Value::Null).await;
    let all = all.body["changes"].as_array().unwrap().clone();
    let kinds = ["feature.organization", "organization", "user"];
    let ids = [&party.organization, &party.organization, &party.user];
    let things: Vec<_> =
        kinds.iter().zip(ids).map(|(kind, id)| json!({"kind": kind, "id": id})).collect();
    let expected: Vec<_> = all.into_iter().filter(|it| things.contains(&it["thing"])).collect();
    assert_eq!(expected.len(), 3, "all of them changed");
    let whole = party.get(&world, "diff?from=0").await;
    assert_eq!((&whole.body["changes"], &whole.body["next"]), (&json!(expected), &json!(null)));
    // A page ends where theirs end, whatever lies behind.
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    for _ in 0..3 {
        let page = party.get(&world, &format!("diff?from=0&limit=1{cursor}")).await;
        paged.extend(page.body["changes"].as_array().unwrap().clone());
        let next = page.body["next"].as_str().map(|next| format!("&cursor={next}"));
        cursor = next.unwrap_or_default();
    }
    assert_eq!((paged, cursor.as_str()), (expected, ""));
    // Nothing of theirs changed, and nobody says when the others did something.
    let newest = party.foreign(&world).await.max(*party.own(&world).await.last().unwrap());
    world.command("RenameGroup", json!({"group": party.group, "name": "Again"})).await;
    let later = party.get(&world, &format!("diff?from={newest}")).await;
    assert_eq!((later.status, &later.body["changes"]), (200, &json!([])), "{later}");
    assert_eq!((&later.body["from"]["at"], &later.body["to"]["at"]), (&json!(null), &json!(null)));
    world.stop().await;
}

async fn their_events_are_proved_and_no_others(database: Arc<Database>) {
    let world = World::start(&database).await;
    seal(&world).await;
    let head = world.admin("GET", &format!("{ROOT}/proofs/head"), Value::Null).await;
    let size = head.body["head"]["size"].as_i64().unwrap();
    let party = Party::make(&world).await;
    seal(&world).await;
    let own = party.own(&world).await;
    let paths = |ordinal: i64| {
        [format!("events/{ordinal}/proof"), format!("proofs/inclusion?ordinal={ordinal}")]
    };
    for ordinal in own {
        for path in paths(ordinal) {
            let theirs = party.get(&world, &path).await;
            assert_eq!(theirs.status, 200, "{path}: {theirs}");
            let all = world.admin("GET", &format!("{ROOT}/{path}"), Value::Null).await;
            assert_eq!(theirs.body, all.body);
        }
    }
    let foreign = party.foreign(&world).await;
    for (foreign, unknown) in paths(foreign).into_iter().zip(paths(999_999)) {
        let (foreign, unknown) =
            (party.get(&world, &foreign).await, party.get(&world, &unknown).await);
        assert_eq!(refusal(&foreign), refusal(&unknown));
        assert_eq!(foreign.status, 404, "{foreign}");
    }
    let grown = format!("proofs/consistency?from={size}");
    for path in ["checkpoint", &grown, "proofs/head"] {
        let ours = world.admin("GET", &format!("{ROOT}/{path}"), Value::Null).await;
        let theirs = party.get(&world, path).await;
        assert_eq!((theirs.status, &theirs.body), (200, &ours.body), "{path}");
    }
    for path in ["/v1/checkpoint", "/v1/proof-key"] {
        let reply = world.bearer(&party.token, "GET", path, Value::Null).await;
        assert_eq!(reply.status, 200, "{path}: {reply}");
    }
    // Too new for a proof, but theirs.
    world.command("LockUser", json!({"user": party.user})).await;
    let newest = *party.own(&world).await.last().unwrap();
    let reply = party.get(&world, &format!("events/{newest}/proof")).await;
    let code = "urn:chancery:problem:not_sealed";
    assert_eq!((reply.status, &reply.body["type"]), (404, &json!(code)), "{reply}");
    world.stop().await;
}

async fn erasures_of_theirs_are_reported(database: Arc<Database>) {
    let world = World::start(&database).await;
    let party = Party::make(&world).await;
    let profile = json!({
        "firstName": "F", "lastName": "L", "email": "f@a.test", "country": "USA",
    });
    let other = json!({"organization": world.credentials.organization_id, "profile": profile});
    let other = world.command("CreateUser", other).await["user"].clone();
    for subject in [&other, &json!(party.user)] {
        world.command("EraseSubject", json!({"subject": subject})).await;
    }
    let reply = party.get(&world, "erasures?limit=1").await;
    let listed = reply.body["erasures"].as_array().unwrap();
    assert_eq!((listed.len(), &listed[0]["subject"]), (1, &json!(party.user)), "{reply}");
    let next = reply.body["next"].as_str().unwrap();
    let rest = party.get(&world, &format!("erasures?limit=1&after={next}")).await;
    assert_eq!((&rest.body["erasures"], &rest.body["next"]), (&json!([]), &json!(null)));
    let theirs = party.get(&world, &format!("erasures/{}", party.user)).await;
    assert_eq!(theirs.body["erased"]["rows"]["users"], 1, "{theirs}");
    let foreign = party.get(&world, &format!("erasures/{}", other.as_str().unwrap())).await;
    let unknown = party.get(&world, "erasures/A-B-404").await;
    assert_eq!(refusal(&foreign), refusal(&unknown));
    world.stop().await;
}

async fn what_is_of_all_of_the_tenant_is_refused(database: Arc<Database>) {
    let world = World::start(&database).await;
    let party = Party::make(&world).await;
    let export = party.get(&world, "export").await;
    assert_eq!(export.status, 403, "{export}");
    assert!(export.body["detail"].as_str().unwrap().contains("would prove nothing"), "{export}");
    assert_eq!(party.get(&world, "access-records").await.status, 403);
    world.stop().await;
}
