//! Requests that nobody sends on purpose: paths, queries and bodies of all operations with ids,
//! types and texts that do not belong there. None may end in a 5xx, hang, or succeed in a way that
//! is not published.
//!
//! `FUZZ_REQUESTS` sets how many each store gets, 10,000 if absent; `FUZZ_SEED` repeats a run as
//! far as its order goes. The long run:
//!
//! `FUZZ_REQUESTS=500000 tests/run akamai::fuzz`

mod dice;
mod junk;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use api::edgegrid::Credential;
use serde_json::Value;
use tokio::sync::RwLock;
use tokio::time::timeout;

use super::walk::cast;
use super::walk::rows::{Names, Row, rows};
use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};
use dice::Dice;

on_both_stores!(nothing_that_is_sent_ends_in_a_server_error);

/// How many requests are under way at a time.
const TASKS: u64 = 16;

/// How often a request is sent whose connection breaks.
const TRIES: usize = 3;

/// What takes longer hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// Of these each hashes a password, which takes as long as a hundred others.
const SLOW: [&str; 3] =
    ["post-profile-change-password", "post-set-password", "post-reset-password"];

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

struct Fuzz {
    world: World,
    rows: Vec<Row>,
    names: Names,
    /// Signs what may put its signer out of use, and is replaced then.
    victim: RwLock<Credential>,
    victims: AtomicUsize,
    busy: AtomicUsize,
}

async fn nothing_that_is_sent_ends_in_a_server_error(database: Arc<Database>) {
    let seed = number("FUZZ_SEED").unwrap_or_else(dice::fresh_seed);
    let each = number("FUZZ_REQUESTS").unwrap_or(10_000) / TASKS;
    eprintln!("FUZZ_SEED={seed}");
    let world = World::start(&database).await;
    let names = cast::stage(&world).await;
    let victim = RwLock::new(world.robot("victim").await.signer);
    let (victims, busy) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let fuzz = Arc::new(Fuzz { world, rows: rows(), names, victim, victims, busy });
    let task = |number: u64| {
        let fuzz = Arc::clone(&fuzz);
        tokio::spawn(async move {
            let mut dice = Dice::new(seed ^ (number << 48));
            for _ in 0..each {
                fuzz.send(&mut dice).await?;
            }
            Ok::<(), String>(())
        })
    };
    let tasks: Vec<_> = (0..TASKS).map(task).collect();
    let mut faults = Vec::new();
    for task in tasks {
        faults.extend(task.await.unwrap().err());
    }
    assert!(faults.is_empty(), "FUZZ_SEED={seed}\n{}", faults.join("\n"));
    let busy = fuzz.busy.load(Ordering::Relaxed);
    assert!(busy as u64 <= each * TASKS / 100, "{busy} were told to come again");
    Arc::into_inner(fuzz).unwrap().world.stop().await;
}

impl Fuzz {
    /// Sends one request, and says what is wrong with its reply.
    async fn send(&self, dice: &mut Dice) -> Result<(), String> {
        let mut row = dice.pick(&self.rows);
        while SLOW.contains(&row.id) && !dice.is_below(5) {
            row = dice.pick(&self.rows);
        }
        let published = row.published();
        let method = published.method.as_str();
        let path = junk::path(row.path, &self.names, dice);
        let body = junk::body(method, row.body, &self.names, dice);
        let is_own = path.contains("/self") || path.starts_with("/user-profile");
        let signer = if is_own { self.victim.read().await.clone() } else { self.world.owner() };
        let what = || {
            let body: String = String::from_utf8_lossy(&body).chars().take(600).collect();
            let path: String = path.chars().take(600).collect();
            format!("{} {method} {path}\n  {body}\n ", row.id)
        };
        let reply = timeout(PATIENCE, self.reply(method, &path, &body, &signer)).await;
        let reply = reply.map_err(|_| format!("{} hangs", what()))?;
        let reply = reply.map_err(|error| format!("{} {error}", what()))?;
        if is_own && [401, 403].contains(&reply.status) {
            self.replace_victim(&signer).await;
        }
        if reply.status == 503 && !reply.header("retry-after").is_empty() {
            self.busy.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        let is_published = reply.status >= 300 || published.statuses().contains(&reply.status);
        let is_explained = reply.status < 400 || reply.body["title"].is_string();
        if reply.status < 500 && is_published && is_explained {
            Ok(())
        } else {
            Err(format!("{} {reply}", what()))
        }
    }

    /// What comes back. A server may close a connection whose body it did not want, while the
    /// next request is already on its way there; then it is sent again, as clients do.
    async fn reply(
        &self,
        method: &str,
        path: &str,
        body: &[u8],
        signer: &Credential,
    ) -> reqwest::Result<Reply> {
        for _ in 1..TRIES {
            let header = self.world.signature(signer, method, path, body, 0);
            let request = self.world.signed(method, path, body.to_vec(), header);
            if let Ok(reply) = Reply::try_of(request).await {
                return Ok(reply);
            }
        }
        let header = self.world.signature(signer, method, path, body, 0);
        Reply::try_of(self.world.signed(method, path, body.to_vec(), header)).await
    }

    async fn replace_victim(&self, ended: &Credential) {
        let mut victim = self.victim.write().await;
        if victim.client_token == ended.client_token {
            let number = self.victims.fetch_add(1, Ordering::Relaxed);
            *victim = self.world.robot(&format!("victim {number}")).await.signer;
        }
    }
}

#[test]
fn the_same_seed_throws_the_same() {
    let thrown = || {
        let mut dice = Dice::new(7);
        let rows = rows();
        let row = dice.pick(&rows);
        let names = Names::new();
        let path = junk::path(row.path, &names, &mut dice);
        (row.id, path, junk::body("POST", r#"{"a": [1, {"b": "<c>"}]}"#, &names, &mut dice))
    };
    assert_eq!(thrown(), thrown());
    let mut dice = Dice::new(8);
    let json: Value = junk::value(&mut dice);
    assert!(json.to_string().len() < 1_000_000);
}
