//! Checkpoints and proofs over HTTP, believed by whoever holds the public key alone.

use std::sync::Arc;

use chrono::Utc;
use domain::TenantId;
use eventlog::Hash;
use eventlog::proof::{
    Checkpoint, Sealer, SigningKey, VerifierKey, extends, head_leaf, includes, installation_origin,
    tenant_origin,
};
use serde_json::{Value, json};

use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(
    an_event_is_in_the_checkpoint,
    checkpoints_grow_out_of_each_other,
    a_head_is_in_the_installations_tree,
    the_past_has_its_own_checkpoint,
    stored_hashes_that_mislead_are_made_again,
    bad_questions_get_clear_answers,
    proofs_are_for_those_who_may_read_the_record,
);

const TENANT: &str = "/v1/tenants/default";

pub(super) async fn seal(world: &World) {
    let (log, master) = (Arc::clone(&world.app.log), world.app.keyring.master());
    let key = SigningKey::derive(master, log.installation()).unwrap();
    let round = Sealer::new(log, key).round(Utc::now()).await.unwrap();
    assert!(round.found.is_empty(), "{round:?}");
}

async fn get(world: &World, path: &str) -> Value {
    let reply = world.admin("GET", path, Value::Null).await;
    assert_eq!(reply.status, 200, "{path}: {reply}");
    reply.body
}

/// A note as it is served.
async fn text(world: &World, path: &str) -> String {
    let request = world.request("GET", path).bearer_auth(&world.credentials.bearer.admin);
    let answer = request.send().await.unwrap();
    assert_eq!((answer.status().as_u16(), path), (200, path));
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    answer.text().await.unwrap()
}

async fn key(world: &World) -> VerifierKey {
    text(world, "/v1/proof-key").await.parse().unwrap()
}

fn hashes(value: &Value) -> Vec<Hash> {
    value.as_array().unwrap().iter().map(hash).collect()
}

fn hash(value: &Value) -> Hash {
    let text = value.as_str().unwrap();
    Hash::parse(text).unwrap()
}

async fn believed(world: &World, note: &str, tenant: Option<&str>) -> Checkpoint {
    let installation = world.app.log.installation();
    let origin = match tenant {
        Some(tenant) => tenant_origin(installation, &TenantId::new(tenant).unwrap()),
        None => installation_origin(installation),
    };
    Checkpoint::verify(note, &key(world).await, &origin).unwrap()
}

async fn an_event_is_in_the_checkpoint(database: Arc<Database>) {
    let world = World::start(&database).await;
    seal(&world).await;
    let note = text(&world, &format!("{TENANT}/checkpoint")).await;
    let checkpoint = believed(&world, &note, Some("default")).await;
    let events = get(&world, &format!("{TENANT}/events?limit=1000")).await;
    let events = events["events"].as_array().unwrap();
    assert_eq!(checkpoint.size, u64::try_from(events.len()).unwrap());
    for event in [&events[0], &events[events.len() / 2], &events[events.len() - 1]] {
        let ordinal = event["ordinal"].as_u64().unwrap();
        let path = format!("{TENANT}/proofs/inclusion?ordinal={ordinal}");
        let shown = get(&world, &path).await;
        assert_eq!((&shown["checkpoint"], &shown["leafHash"]), (&json!(note), &event["leafHash"]));
        let (leaf, proof) = (hash(&event["leafHash"]), hashes(&shown["inclusion"]));
        let (size, root) = (checkpoint.size, &checkpoint.root);
        assert!(includes(&leaf, ordinal - 1, size, &proof, root), "{ordinal}");
        assert!(!includes(&leaf, ordinal % size, size, &proof, root), "{ordinal}");
    }
    world.stop().await;
}

async fn checkpoints_grow_out_of_each_other(database: Arc<Database>) {
    let world = World::start(&database).await;
    seal(&world).await;
    let first = text(&world, &format!("{TENANT}/checkpoint")).await;
    let whole = text(&world, "/v1/checkpoint").await;
    world.command("CreateGroup", json!({"parent": 1005, "name": "LATAM"})).await;
    seal(&world).await;
    let second = text(&world, &format!("{TENANT}/checkpoint")).await;
    let old = believed(&world, &first, Some("default")).await;
    let new = believed(&world, &second, Some("default")).await;
    assert_eq!(new.size, old.size + 1);
    let again = text(&world, &format!("{TENANT}/checkpoint?size={}", old.size)).await;
    assert_eq!(again, first);
    let path = format!("{TENANT}/proofs/consistency?from={}", old.size);
    let shown = get(&world, &path).await;
    let proof = hashes(&shown["consistency"]);
    assert!(extends((old.size, &old.root), (new.size, &new.root), &proof));
    assert_eq!(shown["checkpoints"], json!({"from": first, "to": second}));

    let old = believed(&world, &whole, None).await;
    let new = believed(&world, &text(&world, "/v1/checkpoint").await, None).await;
    let shown = get(&world, &format!("/v1/proofs/consistency?from={}", old.size)).await;
    let proof = hashes(&shown["consistency"]);
    assert!(extends((old.size, &old.root), (new.size, &new.root), &proof));
    world.stop().await;
}

async fn a_head_is_in_the_installations_tree(database: Arc<Database>) {
    let world = World::start(&database).await;
    seal(&world).await;
    let shown = get(&world, &format!("{TENANT}/proofs/head")).await;
    let note = |member: &str| shown[member].as_str().unwrap().to_owned();
    let head = believed(&world, &note("checkpoint"), Some("default")).await;
    let whole = believed(&world, &note("installationCheckpoint"), None).await;
    let tenant = TenantId::new("default").unwrap();
    let leaf = head_leaf(&tenant, head.size, &head.root, head.signed_at);
    let index = shown["entry"].as_u64().unwrap() - 1;
    assert!(includes(&leaf, index, whole.size, &hashes(&shown["inclusion"]), &whole.root));
    assert_eq!(shown["head"]["rootHash"], head.root.to_string());
    world.stop().await;
}

async fn the_past_has_its_own_checkpoint(database: Arc<Database>) {
    let world = World::start(&database).await;
    seal(&world).await;
    let then = text(&world, &format!("{TENANT}/checkpoint")).await;
    let size = believed(&world, &then, Some("default")).await.size;
    world.command("CreateGroup", json!({"parent": 1005, "name": "LATAM"})).await;
    seal(&world).await;
    let as_of = async |path: &str, ordinal: u64| {
        let request = world.request("GET", path).bearer_auth(&world.credentials.bearer.admin);
        let answer = request.header("chancery-as-of", ordinal.to_string()).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let path = format!("{TENANT}/checkpoint");
    assert_eq!(as_of(&path, size).await, (200, then));
    assert_eq!(as_of(&path, size - 1).await.0, 404, "none was signed by then");
    world.stop().await;
}

async fn stored_hashes_that_mislead_are_made_again(database: Arc<Database>) {
    let world = World::start(&database).await;
    for number in 0..260 {
        let body = json!({"parent": 1005, "name": format!("group {number}")});
        world.command("CreateGroup", body).await;
    }
    seal(&world).await;
    let path = format!("{TENANT}/proofs/inclusion?ordinal=300");
    let whole = get(&world, &path).await;
    database.tamper("UPDATE tree_tiles SET hashes = (SELECT leaf_hash FROM events WHERE position = 1 AND partition = 0) WHERE tree = 'default'").await;
    assert_eq!(get(&world, &path).await, whole);
    database.tamper("DELETE FROM tree_tiles").await;
    assert_eq!(get(&world, &path).await, whole);
    world.stop().await;
}

async fn bad_questions_get_clear_answers(database: Arc<Database>) {
    let world = World::start(&database).await;
    let refused = async |path: String, status: u16, code: &str, member: Value| {
        let reply = world.admin("GET", &path, Value::Null).await;
        assert_eq!(reply.status, status, "{path}: {reply}");
        assert_eq!(reply.body["type"], format!("urn:chancery:problem:{code}"), "{path}: {reply}");
        assert_eq!(reply.body["member"], member, "{path}: {reply}");
    };
    let none = Value::Null;
    for path in ["checkpoint", "proofs/head", "proofs/inclusion?ordinal=1"] {
        refused(format!("{TENANT}/{path}"), 404, "not_sealed", none.clone()).await;
    }
    refused("/v1/checkpoint".to_owned(), 404, "not_sealed", none.clone()).await;
    seal(&world).await;
    let newest = text(&world, &format!("{TENANT}/checkpoint")).await;
    let size = believed(&world, &newest, Some("default")).await.size;
    for wrong in ["0", "-1", "x", "", "99999999999999999999", "1.5"] {
        for (path, member) in [
            ("checkpoint?size=", "size"),
            ("proofs/inclusion?ordinal=", "ordinal"),
            ("proofs/consistency?from=", "from"),
            ("proofs/head?of=", "of"),
        ] {
            let path = format!("{TENANT}/{path}{wrong}");
            refused(path, 400, "out_of_range", json!(member)).await;
        }
    }
    let proofs = |rest: String| format!("{TENANT}/proofs/{rest}");
    refused(proofs("inclusion".to_owned()), 400, "missing", json!("ordinal")).await;
    refused(proofs("consistency".to_owned()), 400, "missing", json!("from")).await;
    let beyond = format!("inclusion?ordinal={}", size + 1);
    refused(proofs(beyond), 404, "not_sealed", json!("ordinal")).await;
    let between = format!("{TENANT}/checkpoint?size={}", size - 1);
    refused(between, 404, "no_checkpoint", json!("size")).await;
    let elsewhere = "/v1/tenants/nobody/checkpoint".to_owned();
    refused(elsewhere, 404, "not_found", none).await;
    world.stop().await;
}

async fn proofs_are_for_those_who_may_read_the_record(database: Arc<Database>) {
    let world = World::start(&database).await;
    seal(&world).await;
    let issued = world.command("IssueToken", json!({"name": "x", "rights": ["group.read"]})).await;
    let token = issued["secret"].as_str().unwrap();
    for path in [
        "/v1/tenants/default/checkpoint",
        "/v1/tenants/default/proofs/inclusion?ordinal=1",
        "/v1/tenants/default/proofs/consistency?from=1",
        "/v1/tenants/default/proofs/head",
        "/v1/checkpoint",
        "/v1/proofs/consistency?from=1",
    ] {
        assert_eq!(world.bearer(token, "GET", path, Value::Null).await.status, 403, "{path}");
    }
    world.stop().await;
}
